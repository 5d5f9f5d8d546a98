/**
 * How a worker comes to its end:
 *
 *     working ──▶ leaving ──▶ closing
 *
 * leaving: takes no more work, lets go of what it has; closing: nothing is sent any more. The first reason counts.
 */
import type { Failure } from '../contract/failure.ts';
import type { WorkerEnd } from './worker-options.ts';

/** The end of one worker. */
export class WorkerFate {
  #end: WorkerEnd = 'stopped';
  #failure: Failure | null = null;
  readonly #leaving = new AbortController();
  readonly #closing = new AbortController();

  get end(): WorkerEnd {
    return this.#end;
  }

  /** Why, when it was not asked to. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Aborted once the worker takes no more work. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Aborted once nothing is sent any more. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Begins the end. */
  leave(end: WorkerEnd, failure: Failure | null): void {
    if (this.leaving.aborted) return;
    this.#end = end;
    this.#failure = failure;
    this.#leaving.abort();
  }

  /** Ends what is still being sent. */
  close(): void {
    this.#closing.abort();
  }
}
