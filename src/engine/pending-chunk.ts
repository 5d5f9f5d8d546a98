/**
 * A chunk on its way to the journal: its events, their text, and everybody who waits for it to be durable.
 */
import type { LogEvent } from '../contract/event.ts';
import type { Failure } from '../contract/failure.ts';
import type { Chunk, RetiredTask } from '../journal/journal.ts';
import type { Listener } from './command.ts';
import { encodeEvent, joinRecords } from './event-codec.ts';

/** Somebody who is told once a chunk is durable: a value, or the refusal that was decided. */
export interface Waiter {
  readonly listener: Listener<unknown>;
  readonly value: unknown;
  readonly failure: Failure | null;
}

/** Events that are decided and folded in, but not yet durable. */
export class PendingChunk {
  readonly events: LogEvent[] = [];
  readonly waiters: Waiter[] = [];
  readonly retired: RetiredTask[] = [];
  bytes = 0;
  readonly #records: string[] = [];

  /** Adds an event that was just folded in. */
  add(event: LogEvent): void {
    const record = encodeEvent(event);
    this.#records.push(record);
    this.bytes += record.length;
    this.events.push(event);
  }

  /** What is appended to the journal. Only for a chunk with events. */
  seal(): Chunk {
    const first = this.events[0] as LogEvent;
    const last = this.events[this.events.length - 1] as LogEvent;
    return { first_seq: first.seq, last_seq: last.seq, time: last.time, text: joinRecords(this.#records), retired: this.retired };
  }
}
