/**
 * Owns how the journal of a data folder is opened: folder, lock, database, witness, in this order.
 * Invariant: no file of the journal is touched before the lock is held, and every failed opening frees it again.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from '../../contract/failure.ts';
import type { Journal } from '../journal.ts';
import { Archive } from '../archive/archive.ts';
import { ChunkLookup } from './chunk-lookup.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { makePrivateFile, makePrivateFolder } from '../private-file.ts';
import { asJournalFailure } from './sqlite-error.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { readWitness, Witness, type Sighting } from './witness.ts';
import { WriterClient } from './writer-client.ts';

/** Where the journal lives. */
export interface SqliteJournalOptions {
  /** The data folder; made (0700) when it is missing. */
  readonly folder: string;
  /** Identity of the journal when there is none yet. */
  readonly id?: string;
}

/**
 * Opens the journal of a data folder, or makes an empty one there.
 * Throws Failure `journal_locked`, `journal_version`, `journal_damaged`, `sqlite_unsafe` or `journal_failed`.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const folder = resolve(options.folder);
  const file = join(folder, 'journal.db');
  let lock: FolderLock | null = null;
  let writer: WriterClient | null = null;
  try {
    makePrivateFolder(folder);
    lock = lockFolder(folder, 'server');
    makePrivateFile(file);
    const sighting = readWitness(folder);
    // A database that vanished comes back empty under the id its witness knows, so that it shows as behind.
    writer = await WriterClient.start({ file, id_if_new: sighting?.journal_id ?? options.id ?? randomUUID() });
    const { journalId } = writer;
    const archive = new Archive(folder, journalId);
    const lookup = new ChunkLookup(file, journalId, archive);
    const readOnly = sighting === null ? null : whyNotThat(sighting, writer, lookup);
    const durable = writer;
    const witness = readOnly === null ? new Witness(folder, () => ({ journal_id: journalId, ...durable.head })) : null;
    return new SqliteJournal({ lock, writer, lookup, archive, witness, readOnly });
  } catch (error) {
    await writer?.close();
    lock?.release();
    throw asJournalFailure(error);
  }
}

/** Why the journal is not what its witness saw, or null when it is. */
function whyNotThat(sighting: Sighting, { journalId, head }: WriterClient, lookup: ChunkLookup): Journal['readOnly'] {
  const { journal_id, seq, hash } = sighting;
  if (journal_id !== journalId) return seq === 0 ? null : mixed(seq);
  if (head.seq < seq) {
    return { reason: messageOf('journal_behind', { seq: head.seq, witness_seq: seq }), witness_seq: seq };
  }
  if (lookup.hashAfter(seq) === hash) return null;
  return { reason: `Event ${seq} is not the one that was acknowledged before.`, witness_seq: seq };
}

/** Its file was put in the place of another log. */
function mixed(witness_seq: number): Journal['readOnly'] {
  const { message, hint } = new Failure('journal_mixed', { witness_seq });
  return { reason: `${message} ${hint}`, witness_seq };
}
