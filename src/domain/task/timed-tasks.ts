/**
 * Tasks for which something happens at a time: the end of a delay, a deadline. The next one first.
 * Invariant: a task has at most one time here, and it is taken out as soon as it no longer counts.
 */
import { type Expiring, expiredBy, insertExpiry, removeExpiry } from '../expiry-heap.ts';

interface TimedTask extends Expiring {
  readonly task_id: string;
}

/** Tasks by their times. */
export interface TimedTasks {
  readonly heap: TimedTask[];
  readonly by_task: Map<string, TimedTask>;
}

/** No task has a time. */
export function createTimedTasks(): TimedTasks {
  return { heap: [], by_task: new Map() };
}

/** The next time, or Infinity. */
export function nextTime(timed: TimedTasks): number {
  return timed.heap[0]?.expires_at ?? Infinity;
}

/** Gives a task its time, in place of an earlier one. */
export function setTime(timed: TimedTasks, taskId: string, time: number): void {
  clearTime(timed, taskId);
  const entry = { task_id: taskId, expires_at: time, place: -1 };
  timed.by_task.set(taskId, entry);
  insertExpiry(timed.heap, entry);
}

/** Takes a task out, if it is there. */
export function clearTime(timed: TimedTasks, taskId: string): void {
  if (timed.heap.length === 0) return;
  const entry = timed.by_task.get(taskId);
  if (entry === undefined) return;
  timed.by_task.delete(taskId);
  removeExpiry(timed.heap, entry);
}

/** The tasks whose time has come, the earliest first, without removing them. */
export function timedBy(timed: TimedTasks, time: number): string[] {
  return expiredBy(timed.heap, time).map(({ task_id }) => task_id);
}
