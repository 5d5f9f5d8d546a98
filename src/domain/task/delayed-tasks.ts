/**
 * Tasks that must not start before a time: a binary heap by that time. An entry whose task moved on is stale.
 * Invariants: every pending task with due_at > 0 has an entry; the first entry is never stale.
 */

interface Delay {
  readonly due_at: number;
  readonly task_id: string;
}

/** Delayed tasks, the next one first. */
export interface DelayedTasks {
  readonly heap: Delay[];
}

/** No delays. */
export function createDelayedTasks(): DelayedTasks {
  return { heap: [] };
}

/** When the next delay ends, or Infinity. */
export function nextDue(delayed: DelayedTasks): number {
  return delayed.heap[0]?.due_at ?? Infinity;
}

/** Adds a delay. */
export function delay(delayed: DelayedTasks, taskId: string, dueAt: number): void {
  const heap = delayed.heap;
  const entry = { due_at: dueAt, task_id: taskId };
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above] as Delay;
    if (parent.due_at <= dueAt) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

/** Removes stale entries from the front: to be called whenever a delay ended, for whatever reason. */
export function dropStale(delayed: DelayedTasks, isLive: (taskId: string, dueAt: number) => boolean): void {
  for (let first = delayed.heap[0]; first !== undefined && !isLive(first.task_id, first.due_at); first = delayed.heap[0]) {
    removeFirst(delayed.heap);
  }
}

/** The tasks whose delay ended by `time`, in order, without removing them. */
export function dueTasks(delayed: DelayedTasks, time: number): string[] {
  const due: Delay[] = [];
  const visit = (index: number): void => {
    const entry = delayed.heap[index];
    if (entry === undefined || entry.due_at > time) return;
    due.push(entry);
    visit(2 * index + 1);
    visit(2 * index + 2);
  };
  visit(0);
  return due.toSorted((a, b) => a.due_at - b.due_at).map((entry) => entry.task_id);
}

function removeFirst(heap: Delay[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const smaller = right < heap.length && (heap[right] as Delay).due_at < (heap[left] as Delay).due_at ? right : left;
    const child = heap[smaller] as Delay;
    if (child.due_at >= last.due_at) break;
    heap[index] = child;
    index = smaller;
  }
  heap[index] = last;
}
