/**
 * Moves the beginning of a log into its archive, and back. Also beside a running server.
 *
 * Steps of the way there: write a segment → read it back → let its events leave the live log, some at a time → give the
 * space back. The way back is the same from the end. Whenever the process dies, live and archived events together are all;
 * the next run goes on from there.
 * Invariants: no event leaves before it was read back from its file; recovery needs no archived event while a checkpoint
 * can be used; a live log that is changed is changed in transactions of some hundred kilobytes.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { ArchiveRun } from '../contract/log-reports.ts';
import { findMoment } from '../engine/find-moment.ts';
import type { Link } from '../journal/chain.ts';
import { readFrame, type Segment, segmentName, writeSegment } from '../journal/archive/segment-file.ts';
import type { Head } from '../journal/journal.ts';
import { syncFolder } from '../journal/private-file.ts';
import { bringBack, dropTo } from '../journal/sqlite/base.ts';
import { type FolderLock, lockArchive, lockFolder } from '../journal/sqlite/folder-lock.ts';
import { openSqliteReader, type SqliteReader } from '../journal/sqlite/sqlite-reader.ts';
import { CheckpointShelf, TRAVEL_EVENTS } from './checkpoint-shelf.ts';
import { bringCheckpoint } from './fold-log.ts';

/** Which log, and the time in ms since 1970. */
export interface ArchivePlace {
  readonly folder: string;
  readonly swarm: string;
  readonly now: number;
  /** Told before each step that a crash may come between; for tests. */
  readonly step?: (name: string) => void;
}

/** By itself it moves no fewer events than that. */
const WORTH_EVENTS = 10_000;
const BUSY_TIMEOUT_MS = 30_000;
/** While a server writes, what remains may be copied when it is at most so large: its commits wait meanwhile. */
const COPIED_BESIDE_SERVER = 8 * 1_048_576;
const PARTIAL = '.partial-';

/** Moves what is older than `time`, in ms since 1970, when that is worth it. Throws Failure. */
export async function archiveOldEvents(place: ArchivePlace, time: number): Promise<ArchiveRun | null> {
  const log = openSqliteReader(place.folder);
  try {
    const { seq } = await findMoment(log, new Date(Math.max(0, time)).toISOString(), Math.max(place.now, time));
    if (seq - log.base.seq < WORTH_EVENTS) return null;
    return await run(place, false, (running) => archiveUntil(running, place, seq));
  } finally {
    await log.close();
  }
}

/** Moves the events up to `until`, as far as a checkpoint reaches. Throws Failure `journal_locked`, `journal_damaged`, … */
export function archiveEvents(place: ArchivePlace, until: number): Promise<ArchiveRun> {
  return run(place, true, async (running) => {
    await bringCheckpoint(running.log, running.shelf, place.swarm);
    return archiveUntil(running, place, until);
  });
}

/** Brings every archived event back into the live log; the archive is gone then. Throws Failure `archive_missing`, … */
export function unarchiveEvents(place: ArchivePlace): Promise<ArchiveRun> {
  return run(place, true, (running) => restoreAll(running, place));
}

interface Running {
  readonly log: SqliteReader;
  readonly connection: DatabaseSync;
  readonly shelf: CheckpointShelf;
}

async function run(place: ArchivePlace, mayLock: boolean, work: (running: Running) => Promise<number>): Promise<ArchiveRun> {
  const folder = resolve(place.folder);
  const log = openSqliteReader(folder);
  let lock: FolderLock | null = null;
  let alone: FolderLock | null = null;
  let connection: DatabaseSync | null = null;
  try {
    lock = lockArchive(log.archive.folder);
    if (mayLock) alone = lockIfFree(folder);
    connection = new DatabaseSync(join(folder, 'journal.db'), { timeout: BUSY_TIMEOUT_MS });
    connection.exec('PRAGMA synchronous = FULL');
    const before = bytesOf(folder);
    for (const name of readdirSync(log.archive.folder))
      if (name.startsWith(PARTIAL)) rmSync(join(log.archive.folder, name), { force: true });
    const moved = await work({ log, connection, shelf: new CheckpointShelf(folder) });
    place.step?.('before the space is given back');
    const space_kept = !giveBack(connection, alone !== null);
    const archive_bytes = log.archive.parts().reduce((sum, { size }) => sum + size, 0);
    const sizes = { journal_bytes_before: before, journal_bytes: bytesOf(folder), archive_bytes, space_kept };
    return { moved, archived: log.base.seq, head: log.head.seq, ...sizes };
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('archive_failed', { reason: reasonOf(error) }, error);
  } finally {
    connection?.close();
    await log.close();
    alone?.release();
    lock?.release();
  }
}

async function archiveUntil({ log, connection, shelf }: Running, place: ArchivePlace, wanted: number): Promise<number> {
  const from = log.base;
  const until = Math.min(wanted, await newestCheckpoint(shelf, log));
  await dropStrangers(log);
  for (let end = endOf(log); end.seq < until;) {
    const source = { journal: log.id, swarm: place.swarm, archived_at: new Date(place.now).toISOString() };
    place.step?.('before a segment is written');
    const segment = await writeSegment(
      log.archive.folder,
      end,
      linksBetween(log, end.seq, Math.min(until, end.seq + TRAVEL_EVENTS)),
      source,
    );
    if (segment === null) break;
    place.step?.('before a segment is read back');
    readBack(log, segment);
    end = { seq: segment.last_seq, hash: segment.hash };
  }
  for (const part of log.archive.parts()) {
    for (const frame of part.frames) {
      const base = log.base;
      if (frame.last_seq <= base.seq || frame.last_seq > until) continue;
      place.step?.('before events leave');
      dropTo(connection, base, { seq: frame.last_seq, hash: frame.hash });
      await nextTurn();
    }
  }
  return log.base.seq - from.seq;
}

/** The last event that recovery can begin after without the archive. */
async function newestCheckpoint(shelf: CheckpointShelf, log: SqliteReader): Promise<number> {
  for (const place of shelf.places().toReversed()) if ((await shelf.header(place, log)) !== null) return place;
  return 0;
}

/** Removes segments beyond the live log's beginning that are not of this chain: what they hold is in the live log. */
async function dropStrangers(log: SqliteReader): Promise<void> {
  let end = log.base.seq;
  for (const part of log.archive.parts()) {
    if (part.last_seq <= log.base.seq) continue;
    const fits = part.first_seq <= end + 1 && (await log.hashAfter(part.last_seq)) === part.hash;
    if (fits) end = part.last_seq;
    else rmSync(part.file);
  }
}

/** The end of what the archive holds. */
function endOf({ archive, base }: SqliteReader): Head {
  const last = archive.parts().at(-1);
  return last === undefined || last.last_seq <= base.seq ? base : { seq: last.last_seq, hash: last.hash };
}

/** Whole chunks after one event up to another. */
async function* linksBetween(log: SqliteReader, after: number, until: number): AsyncGenerator<Link> {
  for await (const link of log.read(after + 1)) {
    if (link.last_seq > until) return;
    yield link;
  }
}

/** Throws when a segment is not what was written. */
function readBack({ archive, id }: SqliteReader, { first_seq, last_seq, hash }: Pick<Segment, 'first_seq' | 'last_seq' | 'hash'>): void {
  let end = '';
  for (const link of archive.read(first_seq, last_seq)) end = link.hash;
  if (end === hash) return;
  const file = join(archive.folder, segmentName({ journal: id, first_seq, last_seq }));
  throw new Failure('log_file_unusable', { file, reason: 'it was not written as it should be' });
}

async function restoreAll({ log, connection }: Running, place: ArchivePlace): Promise<number> {
  const { seq: archived } = log.base;
  for (const part of log.archive.parts().toReversed()) {
    for (const frame of part.frames.toReversed()) {
      const { seq } = log.base;
      if (frame.first_seq > seq) continue;
      if (frame.last_seq !== seq)
        throw new Failure('archive_missing', { first_seq: frame.last_seq + 1, last_seq: seq, folder: log.archive.folder });
      place.step?.('before events come back');
      bringBack(connection, readFrame(part.file, frame), { seq: frame.first_seq - 1, hash: frame.previous_hash });
      await nextTurn();
    }
    place.step?.('before a segment is removed');
    rmSync(part.file);
  }
  const { seq } = log.base;
  if (seq > 0) throw new Failure('archive_missing', { first_seq: 1, last_seq: seq, folder: log.archive.folder });
  syncFolder(log.archive.folder);
  return archived;
}

/** Makes the file as small as what it holds. False when its free space stays for further events. */
function giveBack(connection: DatabaseSync, alone: boolean): boolean {
  const pragma = (name: string): number => Number(Object.values(connection.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const [pages, free, size] = [pragma('page_count'), pragma('freelist_count'), pragma('page_size')];
  if (free * 4 < pages) return true;
  if (!alone && (pages - free) * size > COPIED_BESIDE_SERVER) return false;
  connection.exec('VACUUM');
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return true;
}

/** The lock of the journal's folder, or null while a server holds it. */
function lockIfFree(folder: string): FolderLock | null {
  try {
    return lockFolder(folder, 'tool');
  } catch (error) {
    if (error instanceof Failure && error.code === 'journal_locked') return null;
    throw error;
  }
}

function bytesOf(folder: string): number {
  return ['journal.db', 'journal.db-wal'].reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
