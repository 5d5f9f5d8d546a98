/**
 * The leases of one worker. The same assignment may arrive in several replies; it is taken once.
 * Invariants: under one incarnation a lease number is taken at most once, even after it ended; no more tasks run than
 * there are slots. A server that lost its log counts leases from the start again, so a new incarnation knows none.
 */
import type { AssignmentView } from '../contract/views/task-view.ts';
import { HeldTask } from './held-task.ts';

/** Ended leases that are remembered: a reply that repeats an older one than these cannot still be under way. */
const ENDED_KEPT = 1000;

/** The leases that a worker holds and the slots they run in. */
export class LeaseTable {
  readonly slots: number;
  readonly #held = new Set<HeldTask>();
  /** Lease numbers of the present incarnation: those held. */
  readonly #taken = new Map<number, HeldTask>();
  readonly #ended = new Set<number>();
  readonly #running = new Set<HeldTask>();
  readonly #waiting: { readonly task: HeldTask; readonly go: (mine: boolean) => void }[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(slots: number) {
    this.slots = slots;
  }

  /** The tasks held now, in the order they came. */
  get held(): readonly HeldTask[] {
    return [...this.#held];
  }

  /** Tasks that could be taken now. */
  get free(): number {
    return Math.max(0, this.slots - this.#held.size);
  }

  /** Takes an assignment; null when its lease was taken before. */
  take(assignment: AssignmentView): HeldTask | null {
    if (this.#taken.has(assignment.lease) || this.#ended.has(assignment.lease)) return null;
    const task = new HeldTask(assignment);
    this.#held.add(task);
    this.#taken.set(task.lease, task);
    return task;
  }

  /** A new incarnation begins: what is held still ends by itself, but its numbers may come again. */
  renew(): void {
    this.#taken.clear();
    this.#ended.clear();
  }

  /** The task held under this id, if any; the newest lease when an older one is still ending. */
  find(taskId: string): HeldTask | null {
    return this.held.findLast((each) => each.task.id === taskId) ?? null;
  }

  /** Waits for a slot; false when the task was withdrawn before it got one. */
  slotFor(task: HeldTask): Promise<boolean> {
    if (task.withdrawal !== null) return Promise.resolve(false);
    if (this.#running.size < this.slots) {
      this.#running.add(task);
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      this.#waiting.push({ task, go: resolve });
      task.signal.addEventListener('abort', () => this.#forget(task));
    });
  }

  /** Ends a lease and frees its slot. */
  end(task: HeldTask): void {
    task.enter('ended');
    this.#held.delete(task);
    if (this.#taken.get(task.lease) === task) {
      this.#taken.delete(task.lease);
      this.#ended.add(task.lease);
    }
    for (const oldest of this.#ended) {
      if (this.#ended.size <= ENDED_KEPT) break;
      this.#ended.delete(oldest);
    }
    if (this.#running.delete(task)) this.#startNext();
    for (const tell of Array.from(this.#listeners)) tell();
  }

  /** Resolves when the condition holds, at once or after a lease ended, or when the signal aborts. */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    if (condition() || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#listeners.delete(check);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const check = (): void => {
        if (condition()) end();
      };
      this.#listeners.add(check);
      signal?.addEventListener('abort', end);
    });
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running.add(next.task);
    next.go(true);
  }

  #forget(task: HeldTask): void {
    const index = this.#waiting.findIndex((each) => each.task === task);
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.go(false);
  }
}
