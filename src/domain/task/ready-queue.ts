/**
 * The ready tasks, by required capability and priority, first come first served within each.
 * Links run through the tasks themselves, so that entering, leaving and finding the first cost the same
 * however long the queue is. Whatever keeps a task from being given out keeps it out of here: who follows what is ready
 * follows the queue.
 */
import type { Task } from './state.ts';

const PRIORITIES = 11;

/** Tasks of one capability and one priority. */
interface Lane {
  first: Task | null;
  last: Task | null;
}

/** The ready tasks of one capability ('' for tasks that need none). */
interface Shelf {
  readonly lanes: Lane[];
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
  const lane = shelf.lanes[task.priority] as Lane;
  if (lane.first === null || lane.last === null) {
    lane.first = task;
    lane.last = task;
  } else if (atFront) {
    task.after = lane.first;
    lane.first.before = task;
    lane.first = task;
  } else {
    task.before = lane.last;
    lane.last.after = task;
    lane.last = task;
  }
  task.queued = true;
  shelf.size += 1;
  queue.size += 1;
  queue.onChange?.(task);
}

/** Takes a task out, wherever it stands. Its priority must be the one it entered with. */
export function dequeue(queue: ReadyQueue, task: Task): void {
  if (!task.queued) return;
  const shelf = shelfOf(queue, task.required_capability ?? '');
  const lane = shelf.lanes[task.priority] as Lane;
  if (task.before === null) lane.first = task.after;
  else task.before.after = task.after;
  if (task.after === null) lane.last = task.before;
  else task.after.before = task.before;
  task.before = null;
  task.after = null;
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
    for (let task = shelf.lanes[priority]?.first ?? null; task !== null; task = task.after) yield task;
  }
}

function shelfOf(queue: ReadyQueue, capability: string): Shelf {
  let shelf = queue.shelves.get(capability);
  if (shelf === undefined) {
    shelf = { lanes: Array.from({ length: PRIORITIES }, () => ({ first: null, last: null })), size: 0 };
    queue.shelves.set(capability, shelf);
  }
  return shelf;
}
