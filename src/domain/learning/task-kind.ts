/**
 * What estimates are learned by: the type of a task, apart for tasks that came with an estimate and those that did not.
 */
import type { Task } from '../task/state.ts';

/** What a task without an estimate is taken to last, before anything is learned: half an hour, in ms. */
const NOMINAL_MS = 1_800_000;
const HOUR_MS = 3_600_000;

/** The kind of a task. A type has no space in it, so kinds never meet. */
export function kindOf(task: Pick<Task, 'type' | 'estimated_hours'>): string {
  return task.estimated_hours === null ? task.type : `${task.type} estimated`;
}

/** What a task is taken to last by its own word, in ms: the base that learned factors multiply. */
export function nominalDuration(task: Pick<Task, 'estimated_hours'>): number {
  return task.estimated_hours === null ? NOMINAL_MS : task.estimated_hours * HOUR_MS;
}
