/**
 * Answers about earlier moments in a thread of their own, which is there only while somebody asks.
 * Invariant: every question is answered once; when the thread breaks, those that wait are told so and the next starts another.
 */
import { Worker } from 'node:worker_threads';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { MomentQuestion, Moments } from '../engine/moments.ts';
import type { FromTraveller, ToTraveller, TravelJob } from './travel-protocol.ts';

/** A thread that nobody asked for so long ends: its states are memory. */
const IDLE_MS = 60_000;
const WAITING_AT_MOST = 64;

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (failure: Failure) => void;
}

/** The moments of the log in this folder. */
export class ThreadMoments implements Moments {
  readonly #job: TravelJob;
  readonly #idleMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #ids = 0;
  #closed = false;

  constructor(place: { readonly folder: string; readonly swarm: string }, idleMs: number = IDLE_MS) {
    this.#job = { job: 'moments', ...place };
    this.#idleMs = idleMs;
  }

  /** True while there is a thread. */
  get awake(): boolean {
    return this.#worker !== null;
  }

  ask(question: MomentQuestion, signal?: AbortSignal): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Failure('shutting_down'));
    if (signal?.aborted === true) return Promise.reject(aborted());
    if (this.#waiting.size >= WAITING_AT_MOST) {
      const reason = `${this.#waiting.size} questions about earlier moments wait`;
      return Promise.reject(new Failure('too_many_requests', { reason, retry_after: 2 }));
    }
    this.#ids += 1;
    const id = this.#ids;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const giveUp = (): void => {
      this.#worker?.postMessage({ id, cancel: true } satisfies ToTraveller);
      this.#settle(id, (waiting) => waiting.reject(aborted()));
    };
    this.#waiting.set(id, { resolve, reject });
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      this.#thread().postMessage({ id, question } satisfies ToTraveller);
    } catch (error) {
      this.#settle(id, (waiting) => waiting.reject(new Failure('moment_failed', { reason: reasonOf(error) }, error)));
    }
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#lose(worker, new Failure('shutting_down'));
    await worker?.terminate();
  }

  #thread(): Worker {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./travel-thread.ts', import.meta.url), { workerData: this.#job, name: 'moments', env: {} });
    worker.unref();
    worker.on('message', (message: FromTraveller) => this.#hear(message));
    worker.on('error', (error) => this.#lose(worker, new Failure('moment_failed', { reason: reasonOf(error) }, error)));
    worker.on('exit', () => this.#lose(worker, new Failure('moment_failed', { reason: 'its thread ended' })));
    this.#worker = worker;
    return worker;
  }

  #hear(message: FromTraveller): void {
    if ('made' in message) return;
    this.#settle(message.id, ({ resolve, reject }) => {
      if ('answer' in message) resolve(message.answer);
      else reject(new Failure(message.failure.code, message.failure.params));
    });
  }

  #settle(id: number, tell: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    tell(waiting);
    if (this.#waiting.size > 0 || this.#worker === null) return;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#rest(), this.#idleMs).unref();
  }

  async #rest(): Promise<void> {
    const worker = this.#worker;
    if (worker === null || this.#waiting.size > 0) return;
    this.#worker = null;
    await worker.terminate();
  }

  #lose(worker: Worker | null, failure: Failure): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    if (this.#idle !== null) clearTimeout(this.#idle);
    for (const [id] of this.#waiting) this.#settle(id, (waiting) => waiting.reject(failure));
  }
}

function aborted(): Failure {
  return new Failure('call_aborted', { operation: 'looking at an earlier moment' });
}
