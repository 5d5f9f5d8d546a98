/**
 * Owns a simulated process: running ⇄ paused → dead. What would run in a paused process runs when it goes on; what would
 * run in a dead one never does. Its clock may be wrong and may jump; its timers are not affected by jumps.
 */
import type { CancelTimer, Clock, Random } from '../../src/contract/ports.ts';
import type { SeededRandom } from './seeded-random.ts';
import { BEGINNING, type VirtualTime } from './virtual-time.ts';

/** How a machine's clock differs from true time: `rate` ms of it pass in one true ms, `offset_ms` it began wrong. */
export interface ClockError {
  readonly rate: number;
  readonly offset_ms: number;
}

/** A simulated process. */
export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly #time: VirtualTime;
  readonly #held: (() => void)[] = [];
  readonly #onDeath: (() => void)[] = [];
  readonly #rate: number;
  #offset: number;
  #state: 'running' | 'paused' | 'dead' = 'running';

  constructor(name: string, time: VirtualTime, random: SeededRandom, { rate, offset_ms }: ClockError) {
    this.name = name;
    this.random = random;
    this.#time = time;
    this.#rate = rate;
    this.#offset = offset_ms;
    this.clock = {
      now: () => Math.round(BEGINNING + (time.now - BEGINNING) * rate + this.#offset),
      after: (ms, run) => this.after(ms / rate, run),
      soon: (run) => void this.after(0, run),
    };
  }

  /** False once it was killed. */
  get alive(): boolean {
    return this.#state !== 'dead';
  }

  get paused(): boolean {
    return this.#state === 'paused';
  }

  /** ms of its machine's time that pass whatever its clock says. */
  get uptime(): number {
    return (this.#time.now - BEGINNING) * this.#rate + 1;
  }

  /** Runs in this process: now, when it goes on, or never. */
  enter(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'paused') this.#held.push(run);
  }

  /** Runs in this process after true ms. */
  after(ms: number, run: () => void): CancelTimer {
    let cancelled = false;
    const cancelTimer = this.#time.after(ms, () =>
      this.enter(() => {
        if (!cancelled) run();
      }),
    );
    return () => {
      cancelled = true;
      cancelTimer();
    };
  }

  /** Told when it dies: what the system does for it then. */
  onDeath(run: () => void): void {
    this.#onDeath.push(run);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** Goes on, with everything that was held back. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    for (const run of this.#held.splice(0)) this.after(0, run);
  }

  /** kill -9. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#held.length = 0;
    for (const run of this.#onDeath.splice(0)) run();
  }

  /** The clock of its machine is set: it jumps by this much. */
  jump(ms: number): void {
    this.#offset += ms;
  }
}
