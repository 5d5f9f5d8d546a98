/**
 * Group commit: events decided close together go to the journal as one chunk, and everybody who depends on them is
 * told when it is durable. Chunks are appended without waiting for the one before.
 * Invariant: a waiter is told only when all events decided before it are durable, and in the order of the events.
 */
import type { LogEvent } from '../contract/event.ts';
import type { Failure } from '../contract/failure.ts';
import type { Chunk, Journal, RetiredTask } from '../journal/journal.ts';
import { type Listener, listenTo } from './command.ts';
import { asEngineFailure } from './engine-failure.ts';
import { PendingChunk, type Waiter } from './pending-chunk.ts';

/** Told about every chunk: durable, or not. */
export interface CommitObserver {
  readonly onDurable: (chunk: Chunk, events: readonly LogEvent[]) => void;
  readonly onFailure: (error: unknown) => void;
}

/** One chunk is being written and one waits, so that the disk never does. */
const IN_FLIGHT = 2;

/** The events between the rules and the disk. */
export class GroupCommit {
  readonly #journal: Journal;
  readonly #observer: CommitObserver;
  #open = new PendingChunk();
  #inFlight: PendingChunk[] = [];
  #waiting = 0;

  constructor(journal: Journal, observer: CommitObserver) {
    this.#journal = journal;
    this.#observer = observer;
  }

  /** How many wait for the disk. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Bytes that are not yet on their way. */
  get openBytes(): number {
    return this.#open.bytes;
  }

  /** Takes an event that was just folded in, with the tasks that leave memory by it. */
  add(event: LogEvent, retired: readonly RetiredTask[]): void {
    this.#open.add(event);
    if (retired.length > 0) this.#open.retired.push(...retired);
  }

  /** Tells the value, or the failure, once everything added so far is durable; never before this returns. */
  tell<T>(value: T | Promise<T>, failure: Failure | null, listener: Listener<T>): void {
    const chunk = this.#open.events.length > 0 ? this.#open : this.#inFlight[this.#inFlight.length - 1];
    const waiter: Waiter = { listener, value, failure };
    if (chunk === undefined) {
      queueMicrotask(() => settle(waiter));
      return;
    }
    this.#waiting += 1;
    chunk.waiters.push(waiter);
  }

  /** Resolves with the value, or rejects with the failure, once everything added so far is durable. */
  when<T>(value: T | Promise<T>, failure: Failure | null): Promise<T> {
    return new Promise((resolve, reject) => this.tell(value, failure, { resolve, reject }));
  }

  /** Sends the open chunk on its way, unless enough are: then it grows until one of them is durable. */
  flush(): void {
    const chunk = this.#open;
    if (chunk.events.length === 0 || this.#inFlight.length >= IN_FLIGHT) return;
    this.#open = new PendingChunk();
    this.#inFlight.push(chunk);
    const sealed = chunk.seal();
    this.#journal.append(sealed).then(
      () => this.#settle(chunk, sealed),
      (error: unknown) => this.#observer.onFailure(error),
    );
  }

  /** Gives up: what is not known to be durable by now is told so. */
  abandon(failure: Failure): void {
    const chunks = [...this.#inFlight, this.#open];
    this.#inFlight = [];
    this.#open = new PendingChunk();
    this.#waiting = 0;
    for (const chunk of chunks) for (const { listener } of chunk.waiters) listener.reject(failure);
  }

  #settle(chunk: PendingChunk, sealed: Chunk): void {
    if (this.#inFlight[0] !== chunk) return;
    this.#inFlight.shift();
    this.#waiting -= chunk.waiters.length;
    this.#observer.onDurable(sealed, chunk.events);
    this.flush();
    for (const waiter of chunk.waiters) settle(waiter);
  }
}

/** A listener that throws has a fault of its own, which surfaces as an unhandled rejection; the others are told all the same. */
function settle({ listener, value, failure }: Waiter): void {
  try {
    if (failure !== null) listener.reject(failure);
    else if (value instanceof Promise) listenTo(value, listener);
    else listener.resolve(value);
  } catch (error) {
    void Promise.reject(asEngineFailure(error));
  }
}
