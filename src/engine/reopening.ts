/**
 * Opens the log of a broken writer again: at once, then once a second until it works.
 * Invariant: after `stop` no try begins; what it returns resolves when none runs.
 */
import type { CancelTimer, Clock } from '../contract/ports.ts';

const AGAIN_AFTER_MS = 1000;

/** What a reopening does. */
export interface ReopeningTarget {
  readonly reopen: () => Promise<void>;
  /** Told why a try failed; false: no other try is wanted. */
  readonly onFailure: (error: unknown) => boolean;
}

/** The tries to open a log again. */
export class Reopening {
  readonly #clock: Clock;
  readonly #target: ReopeningTarget;
  #cancel: CancelTimer = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, target: ReopeningTarget) {
    this.#clock = clock;
    this.#target = target;
  }

  /** Begins to try. */
  start(): void {
    this.#tryAfter(0);
  }

  /** Tries no more. Resolves when the try that runs, if any, is over. */
  stop(): Promise<void> {
    this.#cancel();
    return this.#running;
  }

  #tryAfter(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => {
      this.#running = this.#target.reopen().catch((error: unknown) => {
        if (this.#target.onFailure(error)) this.#tryAfter(AGAIN_AFTER_MS);
      });
    });
  }
}
