/**
 * What puts a task where it stands among the ready ones, by the same functions that decide.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import { dispatchKey } from './dispatch-decision.ts';
import { TASK_STATE } from './task-table.ts';

/** Own and inherited priority, rank, bottleneck, fair share and the turn of its group; band and key while it is ready. */
export function orderTerms(board: DispatchBoard, task: number): Record<string, number> {
  const { tasks, sessions, ready } = board;
  const taskClass = tasks.taskClass[task]!;
  const { group } = sessions.classes[taskClass]!;
  const terms: Record<string, number> = {
    priority: tasks.priority[task]!,
    inherited: tasks.inherited[task]!,
    rank: tasks.rank[task]!,
    bottleneck: sessions.bottleneck(taskClass),
    fair_share: 0 - board.shares.penalty(group),
    ...(board.shares.busy < 2 ? {} : { group_ahead: board.shares.ahead(group) }),
  };
  return tasks.state[task] === TASK_STATE.ready ? { ...terms, band: ready.bandOf(task), key: dispatchKey(board, task) } : terms;
}
