/**
 * Owns how a log comes into a folder as a whole: it is written beside its place, folded once, and only then moved there.
 * Invariant: no log is ever written over, and one that does not fold never gets its place.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, reasonOf } from '../contract/failure.ts';
import { recoverState } from '../engine/recover-state.ts';
import type { Chunk, Head, Journal } from '../journal/journal.ts';
import { noteRestored } from '../journal/sqlite/database.ts';
import { lockFolder } from '../journal/sqlite/folder-lock.ts';
import { openSqliteJournal } from '../journal/sqlite/open-sqlite-journal.ts';
import { makePrivateFolder } from '../journal/private-file.ts';
import { hasJournal } from '../journal/sqlite/sqlite-reader.ts';

/** Chunks that may be on their way to the disk: bounds the memory. */
const CHUNKS_AHEAD = 32;
/** Restorations of one log are told apart by so much. */
const MARK_CHARACTERS = 8;
const FILES = ['journal.db', 'witness.json'];

/** A log that was made. */
export interface MadeLog {
  readonly journal: string;
  readonly head: Head;
}

/** Where a log is made, and from what. */
export interface LogPlan {
  readonly folder: string;
  readonly swarm: string;
  /** Identity of the log; left out: a new one. */
  readonly id?: string | undefined;
  /** true: of a copy of that very log, which may have gone on since. */
  readonly restored?: boolean;
  readonly chunks: (journal: Journal) => AsyncIterable<Chunk>;
}

/** Makes a log in a folder that has none. Throws Failure `log_present`, whatever the chunks fail with, `journal_damaged` when they do not fold, or `log_not_written`; nothing is left of it then. */
export async function makeLog({ folder, ...plan }: LogPlan): Promise<MadeLog> {
  if (hasJournal(folder)) throw new Failure('log_present', { folder });
  try {
    return await makeIn(folder, plan);
  } catch (error) {
    if (error instanceof Failure && error.code !== 'journal_failed') throw error;
    throw new Failure('log_not_written', { file: folder, reason: whyNot(error) }, error);
  }
}

async function makeIn(folder: string, { swarm, id, restored = false, chunks }: Omit<LogPlan, 'folder'>): Promise<MadeLog> {
  makePrivateFolder(folder);
  const lock = lockFolder(folder, 'tool');
  try {
    const place = mkdtempSync(join(folder, '.incoming-'));
    try {
      const made = await writeLog(await openSqliteJournal({ folder: place, id: id ?? randomUUID() }), { swarm, chunks });
      if (restored) noteRestored(join(place, 'journal.db'), randomUUID().slice(0, MARK_CHARACTERS));
      if (hasJournal(folder)) throw new Failure('log_present', { folder });
      for (const file of FILES) renameSync(join(place, file), join(folder, file));
      return made;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  } finally {
    lock.release();
  }
}

async function writeLog(journal: Journal, { swarm, chunks }: Pick<LogPlan, 'swarm' | 'chunks'>): Promise<MadeLog> {
  try {
    const waiting: Promise<void>[] = [];
    for await (const chunk of chunks(journal)) {
      const appended = journal.append(chunk);
      appended.catch(() => undefined);
      waiting.push(appended);
      if (waiting.length >= CHUNKS_AHEAD) await waiting.shift();
    }
    await Promise.all(waiting);
    await recoverState(swarm, journal);
    return { journal: journal.id, head: journal.head };
  } finally {
    await journal.close();
  }
}

function whyNot(error: unknown): string {
  return error instanceof Failure && typeof error.params['reason'] === 'string' ? error.params['reason'] : reasonOf(error);
}
