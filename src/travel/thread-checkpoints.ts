/**
 * Keeps the checkpoints of the log in a folder: each is made by a thread of its own, which ends when it is there.
 */
import { Worker } from 'node:worker_threads';
import { Failure } from '../contract/failure.ts';
import type { Checkpoints } from '../engine/checkpoint/checkpoints.ts';
import type { Recovered } from '../engine/recovered.ts';
import type { JournalReader } from '../journal/journal.ts';
import { CheckpointShelf } from './checkpoint-shelf.ts';
import type { TravelJob } from './travel-protocol.ts';

/** Reading so few events again is cheaper than anything else. */
const WORTH_EVENTS = 10_000;
/** Bringing back an object takes about so much of the time of reading an event again. */
const OBJECT_EVENTS = 0.5;

/** The checkpoints of the log in this folder. */
export class ThreadCheckpoints implements Checkpoints {
  readonly intervalMs: number;
  readonly #job: TravelJob;
  readonly #shelf: CheckpointShelf;
  readonly #worth: number;
  #worker: Worker | null = null;

  /** `worth`: fewer events than that since the last one are not worth another. */
  constructor(place: Omit<TravelJob, 'job'>, intervalMs: number, worth: number = WORTH_EVENTS) {
    this.intervalMs = intervalMs;
    this.#job = { job: 'checkpoint', ...place };
    this.#shelf = new CheckpointShelf(place.folder);
    this.#worth = worth;
  }

  async newest(journal: JournalReader): Promise<Recovered | null> {
    for (const place of this.#shelf.places().toReversed()) {
      const header = await this.#shelf.header(place, journal);
      if (header === null || (header.objects * OBJECT_EVENTS > place && (journal.archived ?? 0) === 0)) continue;
      const found = await this.#shelf.read(place, journal);
      if (found !== null) return found;
    }
    return null;
  }

  async make(head: number): Promise<number> {
    // One of other rules serves nobody: after an upgrade the first is due at once.
    if (head - this.#shelf.newestPlace() < this.#worth) return 0;
    const begun = performance.now();
    const worker = new Worker(new URL('./travel-thread.ts', import.meta.url), { workerData: this.#job, name: 'checkpoint', env: {} });
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let made = false;
    worker.unref();
    worker.on('message', () => (made = true));
    worker.on('error', reject);
    worker.on('exit', () => (made ? resolve() : reject(new Failure('moment_failed', { reason: 'no checkpoint could be made' }))));
    try {
      await promise;
    } finally {
      this.#worker = null;
    }
    return performance.now() - begun;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
