/**
 * The ready tasks, by required capability and priority, first come first served within each.
 * Links run through the tasks themselves, so that entering, leaving and finding the first cost the same
 * however long the queue is. Whatever keeps a task from being given out keeps it out of here: who follows what is ready
 * follows the queue.
 */
import type { Task } from './state.ts';
import { append, createTaskList, prepend, type TaskList, tasksIn, unlink } from './task-list.ts';

const PRIORITIES = 11;

/** The ready tasks of one capability ('' for tasks that need none). */
interface Shelf {
  /** By priority. */
  readonly lanes: TaskList[];
  size: number;
}

/** All ready tasks. */
export interface ReadyQueue {
  readonly shelves: Map<string, Shelf>;
  size: number;
  /** Is told of every task that enters or leaves. Not part of the state. */
  onChange: ((task: Task) => void) | null;
}

/** An empty queue. */
export function createReadyQueue(): ReadyQueue {
  return { shelves: new Map(), size: 0, onChange: null };
}

/** Puts a task at the end of its lane, or at its front when it has waited before. */
export function enqueue(queue: ReadyQueue, task: Task, atFront = false): void {
  if (task.queued) return;
  const shelf = shelfOf(queue, task.required_capability ?? '');
  const lane = shelf.lanes[task.priority] as TaskList;
  if (atFront) prepend(lane, task);
  else append(lane, task);
  task.queued = true;
  shelf.size += 1;
  queue.size += 1;
  queue.onChange?.(task);
}

/** Takes a task out, wherever it stands. Its priority must be the one it entered with. */
export function dequeue(queue: ReadyQueue, task: Task): void {
  if (!task.queued) return;
  const shelf = shelfOf(queue, task.required_capability ?? '');
  unlink(shelf.lanes[task.priority] as TaskList, task);
  task.queued = false;
  shelf.size -= 1;
  queue.size -= 1;
  queue.onChange?.(task);
}

/** The task that stands first for a capability: highest priority, then longest there. */
export function firstOf(queue: ReadyQueue, capability: string): Task | null {
  const shelf = queue.shelves.get(capability);
  if (shelf === undefined || shelf.size === 0) return null;
  for (let priority = PRIORITIES - 1; priority > 0; priority -= 1) {
    const first = shelf.lanes[priority]?.first;
    if (first) return first;
  }
  return null;
}

/** Ready tasks of a capability in the order they would be served. */
export function* readyTasks(queue: ReadyQueue, capability: string): Generator<Task> {
  const shelf = queue.shelves.get(capability);
  if (shelf === undefined) return;
  for (let priority = PRIORITIES - 1; priority > 0; priority -= 1) {
    yield* tasksIn(shelf.lanes[priority]);
  }
}

function shelfOf(queue: ReadyQueue, capability: string): Shelf {
  let shelf = queue.shelves.get(capability);
  if (shelf === undefined) {
    shelf = { lanes: Array.from({ length: PRIORITIES }, createTaskList), size: 0 };
    queue.shelves.set(capability, shelf);
  }
  return shelf;
}
