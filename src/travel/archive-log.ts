/**
 * Owns archiving the log of a data folder: who may do it, in which database, and what is given back to the disk.
 * Also beside a running server. Invariant: one at a time; a live log that is changed is changed in transactions of some
 * hundred kilobytes.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { ArchiveRun } from '../contract/log-reports.ts';
import { findMoment } from '../engine/find-moment.ts';
import { bringBack, dropTo } from '../journal/sqlite/base.ts';
import { type FolderLock, lockArchive, lockFolder } from '../journal/sqlite/folder-lock.ts';
import { openSqliteReader, type SqliteReader } from '../journal/sqlite/sqlite-reader.ts';
import { CheckpointShelf } from './checkpoint-shelf.ts';
import { bringCheckpoint } from './fold-log.ts';
import { type ArchivePlace, type LiveLog, moveAll, moveUntil } from './move-events.ts';

/** The log of a data folder that is archived. */
export interface ArchivedFolder extends ArchivePlace {
  readonly folder: string;
}

/** By itself it moves no fewer events than that. */
const WORTH_EVENTS = 10_000;
const BUSY_TIMEOUT_MS = 30_000;
/** While a server writes, what remains may be copied when it is at most so large: its commits wait meanwhile. */
const COPIED_BESIDE_SERVER = 8 * 1_048_576;
const PARTIAL = '.partial-';

/** Moves what is older than `time`, in ms since 1970, when that is worth it. Throws Failure. */
export async function archiveOldEvents(place: ArchivedFolder, time: number): Promise<ArchiveRun | null> {
  const log = openSqliteReader(place.folder);
  try {
    const { seq } = await findMoment(log, new Date(Math.max(0, time)).toISOString(), Math.max(place.now, time));
    if (seq - log.base.seq < WORTH_EVENTS) return null;
    return await run(place, false, (running) => moveUntil(running, place, seq));
  } finally {
    await log.close();
  }
}

/** Moves the events up to `until`, as far as a checkpoint reaches. Throws Failure `journal_locked`, `journal_damaged`, … */
export function archiveEvents(place: ArchivedFolder, until: number): Promise<ArchiveRun> {
  return run(place, true, async (running) => {
    await bringCheckpoint(running.log, running.shelf, place.swarm);
    return moveUntil(running, place, until);
  });
}

/** Brings every archived event back into the live log; the archive is gone then. Throws Failure `archive_missing`, … */
export async function unarchiveEvents(place: ArchivedFolder): Promise<ArchiveRun> {
  await assertThere(place.folder);
  return run(place, true, (running) => moveAll(running, place));
}

/** An archive that was put elsewhere is not made anew: what comes back to its place would come into it. */
async function assertThere(folder: string): Promise<void> {
  const log = openSqliteReader(folder);
  const { archive, base } = log;
  await log.close();
  if (base.seq > 0 && !existsSync(archive.folder))
    throw new Failure('archive_missing', { first_seq: 1, last_seq: base.seq, folder: archive.folder });
}

interface Running {
  readonly log: LiveLog;
  readonly shelf: CheckpointShelf;
}

async function run(place: ArchivedFolder, mayLock: boolean, work: (running: Running) => Promise<number>): Promise<ArchiveRun> {
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
    const moved = await work({ log: liveLogOf(log, connection), shelf: new CheckpointShelf(folder) });
    await place.step?.('before the space is given back');
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

function liveLogOf(log: SqliteReader, connection: DatabaseSync): LiveLog {
  return {
    id: log.id,
    get head() {
      return log.head;
    },
    get base() {
      return log.base;
    },
    get archived() {
      return log.archived;
    },
    archive: log.archive,
    read: (fromSeq) => log.read(fromSeq),
    chunkAt: (seq) => log.chunkAt(seq),
    hashAfter: (seq) => log.hashAfter(seq),
    retired: (ids) => log.retired(ids),
    close: () => log.close(),
    dropTo: async (base, to) => {
      dropTo(connection, base, to);
      await nextTurn();
    },
    bringBack: async (links, before) => {
      bringBack(connection, links, before);
      await nextTurn();
    },
  };
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
