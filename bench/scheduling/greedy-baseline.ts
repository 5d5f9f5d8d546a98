/**
 * The policy `greedy` on a board, as the yardstick of the measurements: tasks by priority and arrival, each on the capable
 * session with the highest score. All sessions here are equally good and idle when they are free, so the score is the cap
 * of 1 for each, and the first one is taken.
 */
import { type DispatchBoard } from '../../src/scheduling/dispatch-board.ts';
import { type Assignment, DispatchDecision } from '../../src/scheduling/dispatch-decision.ts';
import { TASK_STATE } from '../../src/scheduling/task-table.ts';

/** What to start now; the board is left as it was. */
export function greedyBaseline(board: DispatchBoard): Assignment[] {
  const { tasks, sessions } = board;
  const ready: number[] = [];
  for (let task = 0; task < tasks.size; task++) if (tasks.state[task] === TASK_STATE.ready) ready.push(task);
  ready.sort((a, b) => tasks.priority[b]! - tasks.priority[a]! || tasks.sequence[a]! - tasks.sequence[b]!);
  const decision = new DispatchDecision(board);
  for (const task of ready) {
    const taskClass = tasks.taskClass[task]!;
    if (!board.resourcesFit(taskClass)) continue;
    const free = sessions.classes[taskClass]!.sessions.filter((session) => sessions.freeSlots(session) > 0);
    if (free.length > 0) decision.start(task, Math.min(...free), 'list');
  }
  return decision.close();
}
