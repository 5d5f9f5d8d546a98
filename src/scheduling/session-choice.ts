/**
 * Which session a task of the list rule goes to: the cheapest idle one, among equals the one that
 * other work needs least. Where a busy session is so much faster that waiting for it ends sooner,
 * the task waits, but all its waiting together never takes longer than twice what it would run on the idle one.
 */
import { TOP_BAND } from './ageing.ts';
import { type DispatchBoard } from './dispatch-board.ts';
import { pairingCost } from './pairing-cost.ts';

/** All waiting for busy sessions together, in durations on the idle one. With 1 a task that others overtook once went to a slow session. */
const KEPT_AT_MOST = 2;

/** The best of some idle sessions for a task; -1 for none. */
export function chooseSession(board: DispatchBoard, task: number, idle: readonly number[]): number {
  const { sessions } = board;
  let best = -1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const session of idle) {
    const { cost } = pairingCost(board, task, session);
    const difference = cost - bestCost || sessions.contention(session) - sessions.contention(best) || session - best;
    if (best < 0 || difference < 0) {
      best = session;
      bestCost = cost;
    }
  }
  return best;
}

/**
 * Until when a task should wait for a busy session that would end it sooner, or 0 when it should not. Nobody waits for
 * one that should have been free already, and a task in the top band waits for nobody.
 */
export function worthWaitingUntil(board: DispatchBoard, task: number, now: number, idleCost: number): number {
  const { sessions, tasks, ready } = board;
  const pool = sessions.classes[tasks.taskClass[task]!]!.pool;
  if (pool.uniform || ready.bandOf(task) >= TOP_BAND) return 0;
  const latest = (board.keptSince.get(task) ?? now) + KEPT_AT_MOST * idleCost;
  const { costs } = pool;
  const below = (idleCost / tasks.duration[task]!) * (1 - 1e-12);
  for (let place = pool.leastCost < below ? 0 : costs.length; place < costs.length; place++) {
    if (costs[place]! >= below) continue;
    const session = pool.sessions[place]!;
    const row = sessions.session(session);
    if (row.running.size < row.spec.slots || board.setbacks.until(task, session) !== undefined) continue;
    const { cost } = pairingCost(board, task, session);
    let free = Number.POSITIVE_INFINITY;
    for (const other of row.running) free = Math.min(free, tasks.expectedEnd.get(other)!);
    const wait = free - now;
    // A moment in ms since 1970 is coarser than a duration.
    if (wait > 0 && wait <= cost * (1 + 1e-6) && wait + cost < idleCost && free <= latest) return free;
  }
  return 0;
}
