/**
 * Where attempts at a task came to nothing, so that the next one is made elsewhere: who lost a lease on it or failed at it
 * gets it again only when nobody else is idle, and who was too slow only after as long again while others work.
 * Invariant: only unfinished tasks have setbacks; one per session, of its last attempt.
 */
import type { ReleaseReason } from '../../contract/events/task-events.ts';
import type { SwarmState } from '../state.ts';
import type { Setback } from './setback.ts';
import type { Lease, Task } from './state.ts';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 300_000;

/** Ways to lose a lease that say nothing of who had it. */
const BLAMELESS: ReadonlySet<ReleaseReason> = new Set(['deregistered', 'waiting_for_person', 'budget_exhausted', 'copy_won', 'rebalanced']);
/** Ways that would be repeated by whoever is as slow. */
const TOO_SLOW: ReadonlySet<ReleaseReason> = new Set(['stalled', 'straggling', 'claim_timeout']);

/** True for the ways to lose a lease that may be the task's own fault. */
export function countsAsLost(reason: ReleaseReason): boolean {
  return reason === 'session_offline' || reason === 'stalled' || reason === 'replaced';
}

/** True for the ways to lose a lease that tell that a session does not get its work done. */
export function isOwnFault(reason: ReleaseReason): boolean {
  return reason === 'stalled' || reason === 'claim_timeout';
}

/** A lease was taken away at `time`; or, without a reason, the attempt failed. */
export function noteSetback(state: SwarmState, task: Task, time: number, reason: ReleaseReason | null): void {
  const { lease } = task;
  if (lease === null || (reason !== null && BLAMELESS.has(reason))) return;
  const others = state.setbacks.get(task.id)?.filter(({ session_id }) => session_id !== lease.session_id) ?? [];
  const until = reason !== null && TOO_SLOW.has(reason) ? time + patience(lease, time) : 0;
  state.setbacks.set(task.id, [...others, { session_id: lease.session_id, until }]);
}

/** The setback of a task at a session. */
export function setbackAt({ setbacks }: SwarmState, taskId: string, sessionId: string): Setback | undefined {
  return setbacks.size === 0 ? undefined : setbacks.get(taskId)?.find(({ session_id }) => session_id === sessionId);
}

function patience(lease: Lease, time: number): number {
  return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, time - lease.assigned_at));
}
