/**
 * A log as it was at a moment: nothing after it is there.
 */
import type { LogEvent } from '../contract/event.ts';
import type { RetiredRecord } from '../domain/decision.ts';
import { decodeChunk } from '../engine/event-codec.ts';
import type { JournalReader } from '../journal/journal.ts';
import type { EventPlaces } from '../views/event-places.ts';
import type { LogReader } from '../views/view-context.ts';

const ENDS: { readonly [T in LogEvent['type']]?: string } = {
  task_completed: 'completed',
  task_failed: 'failed',
  task_cancelled: 'cancelled',
};

/** Reads the events up to a moment. */
export class MomentLogReader implements LogReader {
  readonly head: number;
  readonly places?: EventPlaces;
  readonly #log: JournalReader;
  #decoded: readonly LogEvent[] = [];

  constructor(log: JournalReader, head: number, places?: EventPlaces) {
    this.#log = log;
    this.head = head;
    if (places !== undefined) this.places = places;
  }

  async after(since: number, limit: number): Promise<readonly LogEvent[]> {
    if (since >= this.head) return [];
    const events = await this.#chunkOf(since + 1);
    return events.filter(({ seq }) => seq > since && seq <= this.head).slice(0, limit);
  }

  async at(seq: number): Promise<LogEvent | null> {
    return seq > this.head ? null : this.#eventAt(seq);
  }

  async #eventAt(seq: number): Promise<LogEvent | null> {
    if (seq < 1) return null;
    const events = await this.#chunkOf(seq);
    return events[seq - (events[0]?.seq ?? seq)] ?? null;
  }

  async retired(ids: readonly string[]): Promise<ReadonlyMap<string, RetiredRecord>> {
    const found = new Map<string, RetiredRecord>();
    for (const [id, remains] of await this.#log.retired(ids)) {
      const last = await this.#endBefore(remains.last_seq);
      if (last !== null) found.set(id, { ...remains, status: ENDS[last.type] ?? remains.status, last_seq: last.seq, last, story: [] });
    }
    return found;
  }

  /** The last event of a task up to the moment. It may have run again, and left memory again, since then. */
  async #endBefore(lastSeq: number): Promise<LogEvent | null> {
    let event = await this.#eventAt(lastSeq);
    while (event !== null && event.seq > this.head) event = 'prev' in event.data ? await this.#eventAt(event.data.prev) : null;
    return event;
  }

  async #chunkOf(seq: number): Promise<readonly LogEvent[]> {
    const first = this.#decoded[0]?.seq ?? Infinity;
    if (seq < first || seq >= first + this.#decoded.length) {
      const chunk = await this.#log.chunkAt(seq);
      this.#decoded = chunk === null ? [] : decodeChunk(chunk);
    }
    return this.#decoded;
  }
}
