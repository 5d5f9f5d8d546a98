/**
 * Owns time under simulation: everything that will happen, in one heap. Between two events all that waits for nothing
 * but its turn comes to rest, so the real code's promises run to where they wait for the next event.
 * Invariant: events of the same moment run in an order that the seed decides.
 */
import type { CancelTimer } from '../../src/contract/ports.ts';
import type { SeededRandom } from './seeded-random.ts';

interface Event {
  readonly at: number;
  readonly tie: number;
  run: (() => void) | null;
}

/** When every simulation begins, ms since 1970. */
export const BEGINNING = 1_800_000_000_000;

/** The one time of a simulated world. */
export class VirtualTime {
  #now = BEGINNING;
  #events = 0;
  readonly #heap: Event[] = [];
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** ms since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Events that have run. */
  get events(): number {
    return this.#events;
  }

  /** Runs once, `ms` from now. */
  after(ms: number, run: () => void): CancelTimer {
    const event: Event = { at: this.#now + Math.max(0, ms), tie: this.#random.next(), run };
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  /** Resolves `ms` from now. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Lets time pass until this moment, or until `stop` says so after an event. */
  async runUntil(moment: number, stop: () => boolean = () => false): Promise<void> {
    await turn();
    for (let next = this.#heap[0]; next !== undefined && next.at <= moment; next = this.#heap[0]) {
      this.#pop();
      const { run } = next;
      if (run === null) continue;
      next.run = null;
      this.#now = next.at;
      this.#events += 1;
      run();
      await turn();
      if (stop()) return;
    }
    this.#now = Math.max(this.#now, moment);
  }

  /** Nothing will happen any more: whoever still holds this time holds nothing with it. */
  end(): void {
    for (const event of this.#heap.splice(0)) event.run = null;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[index] = heap[parent] as Event;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right] as Event, heap[left] as Event) ? right : left;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[index] = heap[child] as Event;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

/** All promises that can go on do so before the next macrotask. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
