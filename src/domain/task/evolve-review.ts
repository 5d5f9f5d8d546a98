/**
 * What a review does to the state: the task's history knows of it, nothing else changes.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { taskOf } from './evolve.ts';

/** A person looked at its work. */
export function onTaskReviewed(state: SwarmState, event: EventOf<'task_reviewed'>): void {
  taskOf(state, event);
}
