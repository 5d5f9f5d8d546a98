/**
 * Keeps a session that urgent work needs soon from beginning something long that is less urgent: an urgent task whose last
 * predecessor runs gets the place where it would end first, if that is idle now and the wait is at most half of what it
 * takes there. Nothing is kept beyond the time at which the predecessor should have ended, so nobody waits for one that hangs.
 * What it costs goes by the urgent tasks that run and the sessions that are idle, not by how many there are of either.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import { type DispatchDecision } from './dispatch-decision.ts';
import { pairingCost } from './pairing-cost.ts';
import { TASK_STATE, URGENT_BAND } from './task-table.ts';

/** Longest wait for an urgent task, as a part of what it is expected to take; chosen by comparing variants on published instances. */
const WAIT_SHARE = 0.5;

/** Coming tasks, and idle sessions, that one decision looks at. */
const COMPARED = 32;

interface Coming {
  readonly task: number;
  readonly at: number;
}

/** What is known within one decision: who is spoken for, and when what it started is expected to end, by session. */
interface Moment {
  readonly now: number;
  readonly taken: Set<number>;
  readonly started: ReadonlyMap<number, number>;
}

/** Reserves idle sessions for the rest of a decision, for urgent tasks that become ready soon. */
export function keepForUrgent(decision: DispatchDecision, now: number): void {
  const { board } = decision;
  if (board.tasks.dependent === 0) return;
  const coming = comingUrgent(decision, now);
  if (coming.length === 0) return;
  const moment: Moment = { now, taken: new Set(), started: startedEnds(decision, now) };
  for (const { task, at } of coming) {
    const session = firstToEnd(board, { task, at }, moment);
    if (session < 0) continue;
    moment.taken.add(session);
    if (board.sessions.freeSlots(session) === 0 || !isSoon(board, { task, at }, session, now)) continue;
    decision.reserve(session);
    board.keptFor.set(session, { task, until: at });
    board.reconsiderAt = Math.min(board.reconsiderAt, at);
  }
}

function isSoon(board: DispatchBoard, { task, at }: Coming, session: number, now: number): boolean {
  return at - now <= WAIT_SHARE * board.expectedDuration(task, session);
}

/** Urgent tasks that wait for one predecessor, which runs and is not overdue; the first to become ready first. */
function comingUrgent({ board, assignments }: DispatchDecision, now: number): Coming[] {
  const { tasks } = board;
  const idle = [...board.sessions.idle].sort((a, b) => a - b).slice(0, COMPARED);
  const coming: Coming[] = [];
  const add = (before: number, at: number): void => {
    for (const task of tasks.successors[before]!) if (at > now && isComing(board, { task, at }, idle, now)) coming.push({ task, at });
  };
  for (const before of board.urgentRunning) add(before, tasks.expectedEnd.get(before)!);
  for (const { task, session } of assignments)
    if (tasks.inherited[task]! >= URGENT_BAND) add(task, now + board.expectedDuration(task, session));
  return coming.sort((a, b) => a.at - b.at || a.task - b.task).slice(0, COMPARED);
}

/** Only where one that could take it soon is idle is there anything to keep. */
function isComing(board: DispatchBoard, coming: Coming, idle: readonly number[], now: number): boolean {
  const { tasks, sessions } = board;
  const { task } = coming;
  if (tasks.state[task] !== TASK_STATE.waiting || tasks.waiting[task] !== 1 || tasks.inherited[task]! < URGENT_BAND) return false;
  const row = sessions.classes[tasks.taskClass[task]!]!.pool;
  return row.idleSlots > 0 && idle.some((session) => row.factor.has(session) && isSoon(board, coming, session, now));
}

/** When the first task that this decision started on a session is expected to end. */
function startedEnds({ board, assignments }: DispatchDecision, now: number): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { task, session } of assignments) {
    ends.set(session, Math.min(ends.get(session) ?? Number.POSITIVE_INFINITY, now + board.expectedDuration(task, session)));
  }
  return ends;
}

/** The session, of those not taken, at which the task is expected to end first; -1 for none. */
function firstToEnd(board: DispatchBoard, { task, at }: Coming, { now, taken, started }: Moment): number {
  const { sessions, tasks } = board;
  let best = -1;
  let bestEnd = Number.POSITIVE_INFINITY;
  for (const session of sessions.classes[tasks.taskClass[task]!]!.pool.sessions) {
    if (taken.has(session)) continue;
    const { cost } = pairingCost(board, task, session);
    if (at + cost >= bestEnd) continue;
    const row = sessions.session(session);
    let free = now;
    if (row.used >= row.spec.slots) {
      free = started.get(session) ?? Number.POSITIVE_INFINITY;
      for (const other of row.running) free = Math.min(free, Math.max(now, tasks.expectedEnd.get(other)!));
    }
    const end = Math.max(at, free) + cost;
    if (end < bestEnd) {
      best = session;
      bestEnd = end;
    }
  }
  return best;
}
