/**
 * What it costs to give a task to a session: C = E[D] / p̂ + verification, the expected time until
 * the task is done when failed attempts are repeated. Lower is better; the unit is that of durations.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import { countedSuccess } from './session-table.ts';

/** Terms of a pairing, for decisions and for their explanation. */
export interface PairingCost {
  readonly expected_duration: number;
  readonly success: number;
  readonly cost: number;
}

/** The cost of a task at the capable session where it costs least, busy or not; infinite where nobody is capable. */
export function leastCost(board: DispatchBoard, task: number): number {
  return board.tasks.duration[task]! * board.sessions.classes[board.tasks.taskClass[task]!]!.pool.leastCost;
}

/** The cost of a task at a capable session. */
export function pairingCost(board: DispatchBoard, task: number, session: number): PairingCost {
  const row = board.sessions.classes[board.tasks.taskClass[task]!]!.pool;
  const duration = board.expectedDuration(task, session);
  const success = countedSuccess(row.success.get(session) ?? 1);
  return { expected_duration: duration, success, cost: duration / success };
}
