/**
 * Speculative copies of attempts that hang: a copy is a task of its own with its own lease, which names the task that it
 * speculates on. The first of the two to complete wins; the other is told to stop.
 *
 * States of a copy: runs (given out in the decision that adds it) → completed: the original is completed with its result
 *                   runs → cancelled: the original ended otherwise, or the copy lost its lease or failed
 * What follows from their ends is decided in settle-copies.ts.
 * Invariants: a task has at most one live copy, and one for each of its leases; a copy never stands in the queue between
 * two decisions; while a task's copy runs the task itself is given to nobody else; a task completes once.
 */
import type { SwarmState } from '../state.ts';
import { isTerminal, type Task } from './state.ts';

/** The copy of a task that has not ended without a result; null when there is none. */
export function copyOf(state: SwarmState, task: Task): Task | null {
  const record = state.copies.size === 0 ? undefined : state.copies.get(task.id);
  const copy = record === undefined ? undefined : state.tasks.get(record.copy_id);
  return copy === undefined || copy.status === 'failed' || copy.status === 'cancelled' ? null : copy;
}

/** A copy was added. */
export function noteCopy(state: SwarmState, { id, options }: Task): void {
  const original = options.speculates_on === null ? undefined : state.tasks.get(options.speculates_on);
  if (original !== undefined) state.copies.set(original.id, { copy_id: id, lease: original.lease?.number ?? 0 });
}

/** A task ended: its copy is remembered until both have. Returns the original that may go on without its copy. */
export function forgetCopy(state: SwarmState, task: Task): Task | null {
  if (state.copies.size === 0) return null;
  const copy = state.tasks.get(state.copies.get(task.id)?.copy_id ?? '');
  if (copy === undefined || isTerminal(copy.status)) state.copies.delete(task.id);
  const original = state.tasks.get(task.options.speculates_on ?? '');
  if (original === undefined || task.status === 'completed') return null;
  if (isTerminal(original.status)) state.copies.delete(original.id);
  return original;
}
