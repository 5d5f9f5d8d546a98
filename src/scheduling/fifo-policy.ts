/**
 * The policy `fifo`: tasks in the order of arrival, each on the first capable session with a free
 * slot. The plainest rule there is, for comparison and for people who want exactly that.
 */
import { type Assignment, DispatchDecision } from './dispatch-decision.ts';
import { type DispatchBoard } from './dispatch-board.ts';

/** What to start now; the board (in order `arrival`) is left as it was. */
export function fifoPolicy(board: DispatchBoard): Assignment[] {
  const decision = new DispatchDecision(board);
  for (let task = decision.nextTask(); task >= 0; task = decision.nextTask()) {
    let first = -1;
    for (const session of board.sessions.classes[board.tasks.taskClass[task]!]!.sessions) {
      if (board.sessions.freeSlots(session) > 0 && (first < 0 || session < first)) first = session;
    }
    decision.start(task, first, 'fifo');
  }
  return decision.close();
}
