/**
 * When checkpoints are made: once something has changed for a while, and the less often the longer one takes; and at the end,
 * so that the next start is fast.
 * Invariant: at most one is being made, never on this thread, and a failed one changes nothing.
 */
import type { Clock, CancelTimer } from '../../contract/ports.ts';
import type { JournalReader } from '../../journal/journal.ts';
import type { Recovered } from '../recovered.ts';

/** Where checkpoints are kept. */
export interface Checkpoints {
  /** Changes are at most this old when a checkpoint is made, in ms; 0: none is made. */
  readonly intervalMs: number;
  /** What the newest usable checkpoint holds, or null when reading the whole log is the better way. */
  newest(journal: JournalReader): Promise<Recovered | null>;
  /** Makes one away from this thread, unless too little came since the last; resolves with how long it took, in ms. */
  make(head: number): Promise<number>;
  close(): Promise<void>;
}

/** A checkpoint may take a tenth of the time. */
const SHARE = 10;
/** After a critical change, in ms: what comes with it belongs into the same checkpoint. */
const SOON_MS = 1000;
/** The end waits so long for the last one, in ms. */
const LAST_WITHIN_MS = 3000;

/** Makes the checkpoints of one log. */
export class CheckpointTimer {
  readonly #clock: Clock;
  readonly #checkpoints: Checkpoints;
  readonly #head: () => number;
  #took = 0;
  /** The one that is being made. */
  #making: Promise<void> | null = null;
  /** Something changed since the last one was begun. */
  #stale = false;
  #cancel: CancelTimer | null = null;
  #closed = false;

  /** `head` tells the last durable event. */
  constructor(clock: Clock, checkpoints: Checkpoints, head: () => number) {
    this.#clock = clock;
    this.#head = head;
    this.#checkpoints = checkpoints;
  }

  /** Something changed; after a critical change one is due at once. */
  changed(critical: boolean): void {
    const { intervalMs } = this.#checkpoints;
    if (intervalMs === 0 || this.#closed) return;
    this.#stale = true;
    if (this.#making !== null) return;
    if (this.#cancel !== null && !critical) return;
    this.#cancel?.();
    this.#cancel = this.#clock.after(Math.max(critical ? SOON_MS : intervalMs, SHARE * this.#took), () => this.#make());
  }

  /** Makes a last one, unless nothing changed, and gives up what is not ready soon. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    if (this.#stale && this.#making === null) this.#make();
    if (this.#making !== null) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = this.#clock.after(LAST_WITHIN_MS, resolve);
      await Promise.race([this.#making, late]);
      cancel();
    }
    await this.#checkpoints.close();
  }

  #make(): void {
    this.#cancel = null;
    this.#stale = false;
    this.#making = this.#checkpoints
      .make(this.#head())
      .then((took) => void (this.#took = took))
      .catch(() => undefined)
      .finally(() => {
        this.#making = null;
        if (this.#stale) this.changed(false);
      });
  }
}
