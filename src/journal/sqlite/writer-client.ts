/**
 * Owns the main thread's end of the writer thread: the appends that wait for their commit, and the asks for their answer.
 * Invariant: an append resolves only when a head at or after its last event is durable; after one failure, or once the
 * thread is gone, everything that waits and everything later rejects.
 */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { misplacement } from '../chain.ts';
import type { Chunk, Head } from '../journal.ts';
import type { WriterAnswer, WriterAsk, FromWriter, SentFailure, ToWriter, WriterStart } from './writer-protocol.ts';

interface WaitingAppend {
  readonly last_seq: number;
  readonly resolve: () => void;
  readonly reject: (failure: Failure) => void;
}

interface WaitingAsk {
  readonly resolve: (answer: WriterAnswer) => void;
  readonly reject: (failure: Failure) => void;
}

/** An ask without its number. */
type Question = WriterAsk extends infer A ? (A extends WriterAsk ? Omit<A, 'call'> : never) : never;

/** Talks to the writer thread of one journal. */
export class WriterClient {
  /** Called after each commit. */
  onDurable: () => void = () => {};
  readonly #worker: Worker;
  readonly #opened = Promise.withResolvers<void>();
  readonly #appends: WaitingAppend[] = [];
  readonly #asks = new Map<number, WaitingAsk>();
  #journalId = '';
  #head: Head = { seq: 0, hash: '' };
  #posted = 0;
  #calls = 0;
  /** Why nothing more is written. */
  #failure: Failure | null = null;
  /** Why the thread is no longer there. */
  #gone: Failure | null = null;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: FromWriter) => this.#hear(message));
    worker.on('error', (error) => this.#lose(`the writer thread broke: ${reasonOf(error)}`));
    worker.on('exit', () => this.#lose('the writer thread is gone'));
  }

  /** Starts the thread and opens the database in it. Throws the Failure it refuses with. */
  static async start(options: WriterStart): Promise<WriterClient> {
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: options,
      name: 'journal-writer',
      env: compileCache(),
    });
    const client = new WriterClient(worker);
    try {
      await client.#opened.promise;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    return client;
  }

  /** The identity of the opened journal. */
  get journalId(): string {
    return this.#journalId;
  }

  /** The newest durable event. */
  get head(): Head {
    return this.#head;
  }

  /** Posts a chunk at once; resolves when it is durable. */
  append(chunk: Chunk): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    try {
      const reason = misplacement(chunk, this.#posted);
      if (reason !== null) throw new Failure('journal_failed', { reason });
      this.#post(chunk);
    } catch (error) {
      this.#failure = error instanceof Failure ? error : new Failure('journal_failed', { reason: reasonOf(error) }, error);
      return Promise.reject(this.#failure);
    }
    this.#posted = chunk.last_seq;
    return new Promise((resolve, reject) => this.#appends.push({ last_seq: chunk.last_seq, resolve, reject }));
  }

  /** Asks the thread; its answer comes after all that was posted before. */
  ask(question: Question): Promise<WriterAnswer> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    this.#calls += 1;
    const call = this.#calls;
    this.#post({ ...question, call });
    return new Promise((resolve, reject) => this.#asks.set(call, { resolve, reject }));
  }

  /** Waits for what was appended, closes the database and ends the thread. */
  async close(): Promise<void> {
    const closed = this.ask({ ask: 'close' });
    this.#failure ??= new Failure('journal_failed', { reason: 'the journal is closed' });
    await closed.catch(() => null);
    await this.#worker.terminate();
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWriter): void {
    if ('durable' in message) this.#settle(message.durable);
    else if ('failed' in message) this.#fail(received(message.failed));
    else if ('refused' in message) this.#opened.reject(received(message.refused));
    else if ('opened' in message) this.#open(message.opened.journal_id, message.opened.head);
    else {
      const ask = this.#asks.get(message.call);
      this.#asks.delete(message.call);
      if ('answer' in message) ask?.resolve(message.answer);
      else ask?.reject(received(message.refusal));
    }
  }

  #open(journalId: string, head: Head): void {
    this.#journalId = journalId;
    this.#head = head;
    this.#posted = head.seq;
    this.#opened.resolve();
  }

  #settle(head: Head): void {
    this.#head = head;
    const covered = this.#appends.findIndex((append) => append.last_seq > head.seq);
    const settled = this.#appends.splice(0, covered === -1 ? this.#appends.length : covered);
    for (const append of settled) append.resolve();
    this.onDurable();
  }

  #fail(failure: Failure): void {
    this.#failure = failure;
    for (const append of this.#appends.splice(0)) append.reject(failure);
  }

  #lose(reason: string): void {
    this.#gone ??= new Failure('journal_failed', { reason });
    this.#opened.reject(this.#gone);
    this.#fail(this.#gone);
    for (const ask of this.#asks.values()) ask.reject(this.#gone);
    this.#asks.clear();
  }
}

/** The thread's environment: only the compile cache of this process, when it has one; it halves the start of the thread. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

function received(sent: SentFailure): Failure {
  return new Failure(sent.code, sent.params);
}
