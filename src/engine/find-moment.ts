/**
 * Finds the event that a moment means. Times in a log never step back, so a time is found by halving.
 */
import { Failure } from '../contract/failure.ts';
import { type Moment, placeOfMoment } from '../contract/moment.ts';
import type { JournalReader, StoredChunk } from '../journal/journal.ts';
import { decodeChunk } from './event-codec.ts';

/** A moment in a log. */
export interface FoundMoment {
  /** The last event that had happened; 0 before the first. */
  readonly seq: number;
  /** The time that was asked for, or that of the event; ms since 1970. */
  readonly time: number;
}

/** The log that a moment is looked for in. */
export type MomentLog = Pick<JournalReader, 'head' | 'chunkAt'>;

/** The event that a moment means. Throws Failure `moment_unknown` for one that the log has not reached. */
export async function findMoment(log: MomentLog, moment: Moment, now: number): Promise<FoundMoment> {
  const place = placeOfMoment(moment, now);
  const head = log.head.seq;
  if ('seq' in place) {
    if (place.seq > head) throw new Failure('moment_unknown', { moment, head });
    return { seq: place.seq, time: await timeAfter(log, place.seq) };
  }
  if (place.time > now) throw new Failure('moment_unknown', { moment, head });
  return { seq: await lastBy(log, place.time, head), time: place.time };
}

async function timeAfter(log: MomentLog, seq: number): Promise<number> {
  const chunk = seq === 0 ? null : await log.chunkAt(seq);
  return chunk === null ? 0 : (decodeChunk(chunk)[seq - chunk.first_seq]?.time ?? chunk.time);
}

/** The last event that had happened by this time. */
async function lastBy(log: MomentLog, time: number, head: number): Promise<number> {
  let low = 0;
  let high = head;
  let later: StoredChunk | null = null;
  while (low < high) {
    const chunk = await log.chunkAt(Math.ceil((low + high) / 2));
    if (chunk === null) break;
    if (chunk.time <= time) low = Math.max(low + 1, chunk.last_seq);
    else {
      later = chunk;
      high = chunk.first_seq - 1;
    }
  }
  if (later === null || later.first_seq !== low + 1) return Math.min(low, head);
  return decodeChunk(later).findLast((event) => event.time <= time)?.seq ?? low;
}
