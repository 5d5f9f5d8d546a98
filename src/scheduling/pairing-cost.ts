/**
 * What it costs to give a task to a session: C = E[D] / p̂ + verification, the expected time until
 * the task is done when failed attempts are repeated. Lower is better; the unit is that of durations.
 */
import { type DispatchBoard } from './dispatch-board.ts';

/** Terms of a pairing, for decisions and for their explanation. */
export interface PairingCost {
  readonly expected_duration: number;
  readonly success: number;
  readonly cost: number;
}

/** The cost of a task at a capable session. A success below 1 % counts as 1 %. */
export function pairingCost(board: DispatchBoard, task: number, session: number): PairingCost {
  const row = board.sessions.classes[board.tasks.taskClass[task]!]!;
  const duration = board.expectedDuration(task, session);
  const success = Math.max(0.01, row.success.get(session) ?? 1);
  return { expected_duration: duration, success, cost: duration / success };
}
