/**
 * Tasks one behind the other. Links run through the tasks themselves, so that a task enters and leaves without a look-up.
 * Invariant: a task is in one list at a time, and `before` and `after` are its neighbours there.
 */
import type { Task } from './state.ts';

/** Some tasks in the order in which they came. */
export interface TaskList {
  first: Task | null;
  last: Task | null;
  size: number;
}

/** No tasks. */
export function createTaskList(): TaskList {
  return { first: null, last: null, size: 0 };
}

/** Puts a task at the end. */
export function append(list: TaskList, task: Task): void {
  task.before = list.last;
  if (list.last === null) list.first = task;
  else list.last.after = task;
  list.last = task;
  list.size += 1;
}

/** Puts a task before all others. */
export function prepend(list: TaskList, task: Task): void {
  task.after = list.first;
  if (list.first === null) list.last = task;
  else list.first.before = task;
  list.first = task;
  list.size += 1;
}

/** Takes a task out, wherever it stands. */
export function unlink(list: TaskList, task: Task): void {
  if (task.before === null) list.first = task.after;
  else task.before.after = task.after;
  if (task.after === null) list.last = task.before;
  else task.after.before = task.before;
  task.before = null;
  task.after = null;
  list.size -= 1;
}

/** The tasks, the first one first. */
export function* tasksIn(list: TaskList | undefined): Generator<Task> {
  for (let task = list?.first ?? null; task !== null; task = task.after) yield task;
}
