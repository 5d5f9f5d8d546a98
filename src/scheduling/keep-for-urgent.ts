/**
 * Keeps a session that urgent work needs soon from beginning something long that is less urgent: an urgent task whose last
 * predecessor runs gets the place where it would end first, if that is idle now and the wait is at most half of what it
 * takes there. Nothing is kept beyond the time at which the predecessor should have ended, so nobody waits for one that hangs.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import { type DispatchDecision } from './dispatch-decision.ts';
import { pairingCost } from './pairing-cost.ts';
import { TASK_STATE } from './task-table.ts';

/** The band from which work is urgent. */
export const URGENT_BAND = 9;
/** Longest wait for an urgent task, as a part of what it is expected to take; chosen by comparing variants on published instances. */
const WAIT_SHARE = 0.5;

/** Coming tasks that one decision looks at. */
const COMPARED = 32;

interface Coming {
  readonly task: number;
  readonly at: number;
}

/** Reserves idle sessions for the rest of a decision, for urgent tasks that become ready soon. */
export function keepForUrgent(decision: DispatchDecision, now: number): void {
  const { board } = decision;
  if (board.tasks.dependent === 0) return;
  const taken = new Set<number>();
  for (const { task, at } of comingUrgent(decision, now)) {
    const session = firstToEnd(decision, { task, at }, { taken, now });
    if (session < 0) continue;
    taken.add(session);
    if (board.sessions.freeSlots(session) === 0 || at - now > WAIT_SHARE * board.expectedDuration(task, session)) continue;
    decision.reserve(session);
    board.keptFor.set(session, { task, until: at });
    board.reconsiderAt = Math.min(board.reconsiderAt, at);
  }
}

/** Urgent tasks that wait for one predecessor, which runs and is not overdue; the first to become ready first. */
function comingUrgent({ board, assignments }: DispatchDecision, now: number): Coming[] {
  const coming: Coming[] = [];
  const add = (before: number, at: number): void => {
    for (const task of board.tasks.successors[before]!) if (isComing(board, task) && at > now) coming.push({ task, at });
  };
  for (const session of board.sessions.sessions) {
    if (session !== undefined) for (const before of session.running) add(before, board.tasks.expectedEnd[before]!);
  }
  for (const { task, session } of assignments) add(task, now + board.expectedDuration(task, session));
  return coming.sort((a, b) => a.at - b.at || a.task - b.task).slice(0, COMPARED);
}

/** Only where one that could take it is idle is there anything to keep. */
function isComing({ tasks, sessions }: DispatchBoard, task: number): boolean {
  if (tasks.state[task] !== TASK_STATE.waiting || tasks.waiting[task] !== 1 || tasks.inherited[task]! < URGENT_BAND) return false;
  return sessions.classes[tasks.taskClass[task]!]!.idleSlots > 0;
}

/** The session, of those not taken, at which the task is expected to end first; -1 for none. */
function firstToEnd(
  { board, assignments }: DispatchDecision,
  { task, at }: Coming,
  { taken, now }: { readonly taken: ReadonlySet<number>; readonly now: number },
): number {
  const { sessions, tasks } = board;
  let best = -1;
  let bestEnd = Number.POSITIVE_INFINITY;
  for (const session of sessions.classes[tasks.taskClass[task]!]!.sessions) {
    if (taken.has(session)) continue;
    const row = sessions.session(session);
    let free = now;
    if (row.used >= row.spec.slots) {
      free = Number.POSITIVE_INFINITY;
      for (const other of row.running) free = Math.min(free, Math.max(now, tasks.expectedEnd[other]!));
      for (const other of assignments) {
        if (other.session === session) free = Math.min(free, now + board.expectedDuration(other.task, session));
      }
    }
    const end = Math.max(at, free) + pairingCost(board, task, session).cost;
    if (end < bestEnd) {
      best = session;
      bestEnd = end;
    }
  }
  return best;
}
