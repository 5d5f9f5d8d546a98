/**
 * Checks that a report on a task comes from the one who holds it: by lease number, by credential, or by session id.
 * A stale lease changes nothing.
 */
import type { Refusal } from '../../contract/failure.ts';
import type { Caller } from '../../contract/caller.ts';
import { type DecideContext, NO_NAMES } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { liveSession } from '../session/live-session.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { isTerminal, type Lease, type Task } from './state.ts';

/** What a report names. */
interface Claimant {
  readonly session_id: string;
  readonly task_id: string;
  readonly lease?: number | undefined;
}

/** A task, the session that holds it, and the lease that a report speaks for. */
export interface Held {
  readonly session: Session;
  readonly task: Task;
  readonly lease: Lease;
}

/** The task that a report names, when it has left memory. */
export function namedTask(state: SwarmState, input: { readonly task_id: string }): readonly string[] {
  return state.tasks.has(input.task_id) ? NO_NAMES : [input.task_id];
}

/** The live session that the caller speaks for, and the task in memory, or why not. */
export function sessionAndTask(state: SwarmState, input: Claimant, context: DecideContext): Omit<Held, 'lease'> | Refusal {
  const session = liveSession(state, input.session_id, context.caller);
  if (isRefused(session)) return session;
  const task = state.tasks.get(input.task_id);
  return task === undefined ? missing(input.task_id, context) : { session, task };
}

/** The task that the session holds, or why it may not report on it. */
export function heldTask(state: SwarmState, input: Claimant, context: DecideContext): Held | Refusal {
  const subject = sessionAndTask(state, input, context);
  if (isRefused(subject)) return subject;
  const { task } = subject;
  if (task.status === 'cancelled') return refusal('task_cancelled', { task_id: task.id, reason: task.ending?.failure ?? '' });
  if (isTerminal(task.status) && input.lease === undefined) return terminal(task);
  const lease = leaseHeldBy(task, input, context.caller);
  return isRefused(lease) ? lease : { ...subject, lease };
}

/** It has ended. */
export function terminal(task: { readonly id: string; readonly status: string }): Refusal {
  return refusal('task_terminal', { task_id: task.id, status: task.status });
}

/** It is not in memory: unknown, or ended long ago. */
function missing(id: string, context: DecideContext): Refusal {
  const retired = context.retired.get(id);
  return retired === undefined ? refusal('task_unknown', { task_id: id }) : terminal(retired);
}

/** The lease that the report speaks for, or why it may not. */
export function leaseHeldBy(task: Task, claimant: Claimant, caller: Caller): Lease | Refusal {
  const { lease } = task;
  if (claimant.lease !== undefined && lease?.number !== claimant.lease) {
    return refusal('lease_stale', { lease: claimant.lease, task_id: task.id });
  }
  if (lease === null || lease.session_id !== claimant.session_id) {
    return refusal('not_holder', { session_id: claimant.session_id, task_id: task.id });
  }
  if (caller.credential !== null && caller.credential.incarnation !== lease.incarnation) {
    return refusal('incarnation_stale', { session_id: claimant.session_id });
  }
  return lease;
}
