/**
 * Opens the log of a broken writer again: at once, then once a second until it works or the log is lost for good.
 *
 *     trying ─▶ opened, or in other hands for so many tries in a row ─▶ taken: nothing is tried any more
 *
 * Invariant: after `stop` no try begins; what it returns resolves when none runs. A log that a tool has for as long as its
 * work takes, or another server for a moment, is not taken: tries are counted, because clocks jump and processes are stopped.
 */
import { Failure } from '../contract/failure.ts';
import type { CancelTimer, Clock } from '../contract/ports.ts';
import { asEngineFailure, isLost } from './engine-failure.ts';

const AGAIN_AFTER_MS = 1000;
/** Tries in a row that find a server in the way until it is there to stay: one that cannot start either goes before. */
const TAKEN_AFTER_TRIES = 10;

/** What a reopening does. */
export interface ReopeningTarget {
  readonly reopen: () => Promise<void>;
  /** False: no other try is wanted. */
  readonly isBroken: () => boolean;
  /** Told why a try failed. */
  readonly onFailure: (failure: Failure) => void;
  /** Told once that the log is lost for good: `journal_taken` or `journal_removed`. */
  readonly onTaken: (failure: Failure) => void;
}

/** True when another server may be writing the log now. */
export function isInOtherHands(failure: Failure): boolean {
  const { code, params } = failure;
  return isLost(failure) || (code === 'journal_locked' && params['holder'] !== 'tool');
}

/** The tries to open a log again. */
export class Reopening {
  readonly #clock: Clock;
  readonly #target: ReopeningTarget;
  #cancel: CancelTimer = () => undefined;
  #running: Promise<void> = Promise.resolve();
  /** Tries in a row that found the log in other hands. */
  #inOtherHands = 0;

  constructor(clock: Clock, target: ReopeningTarget) {
    this.#clock = clock;
    this.#target = target;
  }

  /** Begins to try, unless what broke the writer says that the log is lost. */
  start(failure: Failure): void {
    this.#inOtherHands = 0;
    if (isLost(failure)) this.#target.onTaken(failure);
    else this.#tryAfter(0);
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
        if (this.#target.isBroken()) this.#onFailure(asEngineFailure(error));
      });
    });
  }

  #onFailure(failure: Failure): void {
    this.#target.onFailure(failure);
    this.#inOtherHands = isInOtherHands(failure) ? this.#inOtherHands + 1 : 0;
    if (isLost(failure)) this.#target.onTaken(failure);
    else if (this.#inOtherHands < TAKEN_AFTER_TRIES) this.#tryAfter(AGAIN_AFTER_MS);
    else this.#target.onTaken(new Failure('journal_taken', { reason: failure.message }, failure));
  }
}
