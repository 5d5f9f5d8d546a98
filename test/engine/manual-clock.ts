/** Time that passes only when a test lets it: timers run in order, each at its exact time. */
import type { CancelTimer, Clock } from '../../src/contract/ports.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock for tests. `soon` is real: it runs once the test waits. */
export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();
  /** Timers that ran. */
  fired = 0;

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): CancelTimer {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets time pass; between two timers everything that they began comes to rest. */
  async advance(ms: number): Promise<void> {
    await rest();
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      this.fired += 1;
      timer.run();
      await rest();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}

/** Lets everything that waits for nothing but its turn come to rest. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
