/**
 * What puts a task where it stands among the ready ones, by the same functions that decide.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import { dispatchKey } from './dispatch-decision.ts';
import { fairSharePenalty } from './fair-share.ts';
import { TASK_STATE } from './task-table.ts';

/** Own and inherited priority, rank, bottleneck, fair share; band and key while it is ready. */
export function orderTerms(board: DispatchBoard, task: number): Record<string, number> {
  const { tasks, sessions, ready } = board;
  const taskClass = tasks.taskClass[task]!;
  const terms: Record<string, number> = {
    priority: tasks.priority[task]!,
    inherited: tasks.inherited[task]!,
    rank: tasks.rank[task]!,
    bottleneck: sessions.bottleneck(taskClass),
    fair_share: 0 - fairSharePenalty(board, sessions.classes[taskClass]!.group),
  };
  return tasks.state[task] === TASK_STATE.ready ? { ...terms, band: ready.bandOf(task), key: dispatchKey(board, task) } : terms;
}
