/**
 * Checks that a report on a task comes from the one who holds it: by lease number, by credential, or by session id.
 * A stale lease changes nothing.
 */
import type { Refusal } from '../../contract/failure.ts';
import type { Caller } from '../../contract/caller.ts';
import { refusal } from '../refuse.ts';
import type { Lease, Task } from './state.ts';

/** What a report names. */
export interface Claimant {
  readonly session_id: string;
  readonly task_id: string;
  readonly lease?: number | undefined;
}

/** The lease that the report speaks for, or why it may not. */
export function leaseHeldBy(task: Task, claimant: Claimant, caller: Caller): Lease | Refusal {
  const { lease } = task;
  const stale = refusal('lease_stale', { lease: claimant.lease ?? null, task_id: task.id });
  if (claimant.lease !== undefined && lease?.number !== claimant.lease) return stale;
  if (lease === null || lease.session_id !== claimant.session_id) {
    return refusal('not_holder', { session_id: claimant.session_id, task_id: task.id });
  }
  if (caller.credential !== null && caller.credential.incarnation !== lease.incarnation) {
    return refusal('incarnation_stale', { session_id: claimant.session_id });
  }
  return lease;
}
