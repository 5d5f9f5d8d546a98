/**
 * Moves the beginning of a log into its archive, and back.
 *
 * Steps of the way there: write a segment → read it back → let its events leave the live log, some at a time. The way back
 * is the same from the end. Whenever the process dies, live and archived events together are all; the next run goes on from
 * there.
 * Invariants: no event leaves before it was read back from its file; recovery needs no archived event while a checkpoint
 * can be used.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../contract/failure.ts';
import type { Archive } from '../journal/archive/archive.ts';
import { readFrame, type Segment, segmentName, writeSegment } from '../journal/archive/segment-file.ts';
import type { Link } from '../journal/chain.ts';
import type { Head, JournalReader } from '../journal/journal.ts';
import { syncFolder } from '../journal/private-file.ts';
import { type CheckpointShelf, TRAVEL_EVENTS } from './checkpoint-shelf.ts';

/** Whose log, and the time in ms since 1970. */
export interface ArchivePlace {
  readonly swarm: string;
  readonly now: number;
  /** Told before each step that a crash may come between; for tests. */
  readonly step?: (name: string) => void | Promise<void>;
}

/** A log whose beginning moves. */
export interface LiveLog extends JournalReader {
  /** The end of what is archived: before the first event when nothing is. */
  readonly base: Head;
  readonly archived: number;
  readonly archive: Archive;
  read(fromSeq: number): AsyncIterable<Link>;
  /** Lets the chunks from the base up to `to` leave, in one step. They are in the archive, durably. */
  dropTo(base: Head, to: Head): Promise<void>;
  /** Brings chunks back that end where the base is, in one step; it then stands before them. */
  bringBack(links: readonly Link[], before: Head): Promise<void>;
}

/** A log, and what recovery can begin with. */
interface Moving {
  readonly log: LiveLog;
  readonly shelf: CheckpointShelf;
}

/** Moves the events up to `wanted` into the archive, as far as a checkpoint reaches; resolves with how many. Throws Failure. */
export async function moveUntil({ log, shelf }: Moving, place: ArchivePlace, wanted: number): Promise<number> {
  const from = log.base;
  const until = Math.min(wanted, await newestCheckpoint(shelf, log));
  await dropStrangers(log);
  for (let end = endOf(log); end.seq < until;) {
    const source = { journal: log.id, swarm: place.swarm, archived_at: new Date(place.now).toISOString() };
    await place.step?.('before a segment is written');
    const segment = await writeSegment(
      log.archive.folder,
      end,
      linksBetween(log, end.seq, Math.min(until, end.seq + TRAVEL_EVENTS)),
      source,
    );
    if (segment === null) break;
    await place.step?.('before a segment is read back');
    readBack(log, segment);
    end = { seq: segment.last_seq, hash: segment.hash };
  }
  for (const part of log.archive.parts()) {
    for (const frame of part.frames) {
      const base = log.base;
      if (frame.last_seq <= base.seq || frame.last_seq > until) continue;
      await place.step?.('before events leave');
      await log.dropTo(base, { seq: frame.last_seq, hash: frame.hash });
    }
  }
  return log.base.seq - from.seq;
}

/** The last event that recovery can begin after without the archive. */
async function newestCheckpoint(shelf: CheckpointShelf, log: LiveLog): Promise<number> {
  for (const place of shelf.places().toReversed()) if ((await shelf.header(place, log)) !== null) return place;
  return 0;
}

/** Removes segments beyond the live log's beginning that are not of this chain: what they hold is in the live log. */
async function dropStrangers(log: LiveLog): Promise<void> {
  let end = log.base.seq;
  for (const part of log.archive.parts()) {
    if (part.last_seq <= log.base.seq) continue;
    const fits = part.first_seq <= end + 1 && (await log.hashAfter(part.last_seq)) === part.hash;
    if (fits) end = part.last_seq;
    else rmSync(part.file);
  }
}

/** The end of what the archive holds. */
function endOf({ archive, base }: LiveLog): Head {
  const last = archive.parts().at(-1);
  return last === undefined || last.last_seq <= base.seq ? base : { seq: last.last_seq, hash: last.hash };
}

/** Whole chunks after one event up to another. */
async function* linksBetween(log: LiveLog, after: number, until: number): AsyncGenerator<Link> {
  for await (const link of log.read(after + 1)) {
    if (link.last_seq > until) return;
    yield link;
  }
}

/** Throws when a segment is not what was written. */
function readBack({ archive, id }: LiveLog, { first_seq, last_seq, hash }: Pick<Segment, 'first_seq' | 'last_seq' | 'hash'>): void {
  let end = '';
  for (const link of archive.read(first_seq, last_seq)) end = link.hash;
  if (end === hash) return;
  const file = join(archive.folder, segmentName({ journal: id, first_seq, last_seq }));
  throw new Failure('log_file_unusable', { file, reason: 'it was not written as it should be' });
}

/** Brings every archived event back; resolves with how many. Throws Failure `archive_missing`, … */
export async function moveAll({ log }: Pick<Moving, 'log'>, place: ArchivePlace): Promise<number> {
  const { seq: archived } = log.base;
  for (const part of log.archive.parts().toReversed()) {
    for (const frame of part.frames.toReversed()) {
      const { seq } = log.base;
      if (frame.first_seq > seq) continue;
      if (frame.last_seq !== seq)
        throw new Failure('archive_missing', { first_seq: frame.last_seq + 1, last_seq: seq, folder: log.archive.folder });
      await place.step?.('before events come back');
      await log.bringBack(readFrame(part.file, frame), { seq: frame.first_seq - 1, hash: frame.previous_hash });
    }
    await place.step?.('before a segment is removed');
    rmSync(part.file);
  }
  const { seq } = log.base;
  if (seq > 0) throw new Failure('archive_missing', { first_seq: 1, last_seq: seq, folder: log.archive.folder });
  syncFolder(log.archive.folder);
  return archived;
}
