/**
 * A real log whose bytes are spoilt one after the other: every byte of one batch in the closed database, and every byte of
 * the last batch in a write-ahead log that a crash left behind.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import type { Link } from '../../src/journal/chain.ts';
import type { Chunk, JournalDamage, StoredChunk } from '../../src/journal/journal.ts';
import { openDatabase } from '../../src/journal/sqlite/database.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { PageReader } from '../../src/journal/sqlite/page-reader.ts';
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { encodeEvent, joinRecords } from '../../src/engine/event-codec.ts';
import { TestEngine } from '../engine/test-engine.ts';
import { liveALittle } from '../travel/sample-swarm.ts';
import { retiredTask } from './sample-chunks.ts';

/** Bytes of a row before its columns, and of the columns before the hash, at most. */
const BEFORE_HASH = 32;
const HASH_BYTES = 32;
/** Events of a batch. */
const BATCH = 6;

/** A closed log and one batch in the middle of it that has everything: several events, and a task that left memory. */
export interface SpoilableLog {
  readonly folder: string;
  readonly file: string;
  /** The whole database. */
  readonly bytes: Buffer;
  readonly batch: Link;
  readonly chunks: readonly StoredChunk[];
  /** Where the row of the batch is in the file: from its length on, where its hash begins, where it ends. */
  readonly row: { readonly from: number; readonly hash: number; readonly to: number };
}

/** What reading a spoilt log came to: where it is damaged, or the code it was refused with; null: nothing was noticed. */
export type ByteFinding = JournalDamage | string | null;

/** Makes the log. */
export async function spoilableLog(): Promise<SpoilableLog> {
  const folder = memoryFolder();
  const batches = await realBatches();
  const journal = await openSqliteJournal({ folder });
  await Promise.all(batches.map((batch) => journal.append(batch)));
  await journal.close();
  const file = join(folder, 'journal.db');
  const reader = openSqliteReader(folder);
  const links = await Array.fromAsync(reader.read(1));
  await reader.close();
  const batch = links[Math.floor(links.length / 2)];
  if (batch === undefined) throw new Error('there is no batch');
  const bytes = readFileSync(file);
  const text = await livePlace({ folder, file, bytes }, batch.text);
  const hash = text - Buffer.byteLength(batch.retired) - HASH_BYTES;
  const row = { from: hash - BEFORE_HASH, hash, to: text + Buffer.byteLength(batch.text) };
  if (bytes.toString('hex', hash, hash + HASH_BYTES) !== batch.hash) throw new Error('the hash is not where it should be');
  const chunks = links.map(({ first_seq, last_seq, time, text: stored }) => ({ first_seq, last_seq, time, text: stored }));
  return { folder, file, bytes, batch, chunks, row };
}

/** Where a text counts: copies of it that are out of use stay in the pages that they were moved from. */
async function livePlace(log: Pick<SpoilableLog, 'folder' | 'file' | 'bytes'>, text: string): Promise<number> {
  const places: number[] = [];
  for (let at = log.bytes.indexOf(text); at !== -1; at = log.bytes.indexOf(text, at + 1))
    if ((await checkWith(log, flipped(log.bytes, at, 0))) !== null) places.push(at);
  const [place] = places;
  if (place === undefined || places.length > 1) throw new Error(`the batch counts at ${places.length} places`);
  return place;
}

/** The events of a swarm in batches, each of which says of a task that it left memory. */
async function realBatches(): Promise<Chunk[]> {
  const engine = await TestEngine.open('memory');
  await liveALittle(engine);
  const lines = (await engine.events()).map((event) => encodeEvent(event));
  return Array.from({ length: Math.floor(lines.length / BATCH) }, (_, index) => {
    const [first_seq, last_seq] = [index * BATCH + 1, (index + 1) * BATCH];
    const text = joinRecords(lines.slice(first_seq - 1, last_seq));
    return { first_seq, last_seq, time: 1_700_000_000_000 + last_seq, text, retired: [retiredTask(`job-${index}`, last_seq)] };
  });
}

/** Where memory is a disk, thousands of openings cost no syncs. */
function memoryFolder(): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tutti-bytes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** What a full check of the log with these bytes finds, as `tutti event verify` makes it. */
export async function checkWith({ folder, file }: Pick<SpoilableLog, 'folder' | 'file'>, bytes: Buffer): Promise<ByteFinding> {
  for (const left of ['-wal', '-shm']) rmSync(file + left, { force: true });
  writeFileSync(file, bytes);
  try {
    const reader = openSqliteReader(folder);
    try {
      return reader.verify().damage;
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

/** Where the log with these bytes is damaged, as it is refused when it is read and, `opened`, when a server opens it. */
export async function refusedWith(
  log: Pick<SpoilableLog, 'folder' | 'file'>,
  bytes: Buffer,
  opened: boolean,
): Promise<Partial<JournalDamage>> {
  for (const left of ['-wal', '-shm']) rmSync(log.file + left, { force: true });
  writeFileSync(log.file, bytes);
  const read = await refusalOf(async () => openSqliteReader(log.folder));
  const written = opened ? await refusalOf(() => openSqliteJournal({ folder: log.folder })) : read;
  expect(written).toEqual(read);
  return read;
}

async function refusalOf(open: () => Promise<{ close(): Promise<void> }>): Promise<Partial<JournalDamage>> {
  const failure = await open().then(
    (log) => log.close(),
    (error: unknown) => error,
  );
  if (failure instanceof Failure && failure.code === 'journal_damaged') return failure.params;
  throw new Error('it was not refused as damaged', { cause: failure });
}

/** The chunks that are read of the log as it is now. */
export async function chunksNow({ folder }: SpoilableLog): Promise<readonly StoredChunk[]> {
  const reader = openSqliteReader(folder);
  const links = await Array.fromAsync(reader.read(1));
  await reader.close();
  return links.map(({ first_seq, last_seq, time, text }) => ({ first_seq, last_seq, time, text }));
}

/** These bytes with one bit flipped. */
export function flipped(bytes: Buffer, offset: number, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
  return changed;
}

/** Changes a column of the batch, and back; what reading finds meanwhile. */
export class ColumnSpoiler {
  readonly #log: SpoilableLog;
  readonly #connection: DatabaseSync;
  readonly #journalId: string;

  constructor(log: SpoilableLog) {
    writeFileSync(log.file, log.bytes);
    const { connection, journalId } = openDatabase(log.file, 'another');
    this.#log = log;
    this.#connection = connection;
    this.#journalId = journalId;
  }

  /** The bytes of a column. */
  read(column: 'text' | 'hash' | 'retired'): Buffer {
    const { batch } = this.#log;
    return column === 'hash' ? Buffer.from(batch.hash, 'hex') : Buffer.from(batch[column]);
  }

  /** With these bytes in the column: what was read before the damage, and the damage. */
  readWith(column: 'text' | 'hash' | 'retired', bytes: Buffer): { readonly read: readonly StoredChunk[]; readonly damage: ByteFinding } {
    const connection = this.#connection;
    connection.exec('BEGIN');
    try {
      const value = column === 'hash' ? '?' : 'CAST(? AS TEXT)';
      connection.prepare(`UPDATE chunks SET ${column} = ${value} WHERE first_seq = ?`).run(bytes, this.#log.batch.first_seq);
      const pages = new PageReader(connection, { journalId: this.#journalId, from: 1, until: Infinity });
      const read: StoredChunk[] = [];
      for (;;) {
        const { chunks, damage, done } = pages.next();
        read.push(...chunks);
        if (done) return { read, damage };
      }
    } finally {
      connection.exec('ROLLBACK');
    }
  }

  close(): void {
    this.#connection.close();
  }
}

/** What a crash left behind: a database, its write-ahead log, and a witness of the last event. */
export interface CrashedLog {
  readonly folder: string;
  readonly wal: Buffer;
  /** Where the last batch begins in the write-ahead log. */
  readonly from: number;
  readonly before: number;
  readonly last: number;
}

/** A log that was killed right after its last batch had been acknowledged. */
export async function crashedLog(): Promise<CrashedLog> {
  const [source, folder] = [memoryFolder(), memoryFolder()];
  const batches = await realBatches();
  const last = batches.pop();
  if (last === undefined) throw new Error('there is no batch');
  const journal = await openSqliteJournal({ folder: source });
  await Promise.all(batches.map((batch) => journal.append(batch)));
  const before = journal.head.seq;
  const from = readFileSync(join(source, 'journal.db-wal')).length;
  await journal.append(last);
  for (const file of ['journal.db', 'journal.db-wal']) copyFileSync(join(source, file), join(folder, file));
  await journal.close();
  copyFileSync(join(source, 'witness.json'), join(folder, 'witness.json'));
  copyFileSync(join(folder, 'journal.db'), join(folder, 'database'));
  const written = readFileSync(join(folder, 'journal.db-wal'));
  if (written.length <= from) throw new Error('the write-ahead log was begun anew');
  return { folder, wal: written, from, before, last: last.last_seq };
}

/** The log as the crash left it, but for its write-ahead log. */
function lay({ folder }: CrashedLog, wal: Buffer): string {
  const file = join(folder, 'journal.db');
  copyFileSync(join(folder, 'database'), file);
  writeFileSync(`${file}-wal`, wal);
  rmSync(`${file}-shm`, { force: true });
  return file;
}

/** The last event that is left with this write-ahead log. */
export function endWith(log: CrashedLog, wal: Buffer): number | undefined {
  const { connection, head } = openDatabase(lay(log, wal), 'another');
  connection.close();
  return head?.seq;
}

/** Why the journal is read-only when it is opened with this write-ahead log, as a server opens it; null: it is not. */
export async function refusalWith(log: CrashedLog, wal: Buffer): Promise<{ readonly witness_seq: number } | null> {
  lay(log, wal);
  const journal = await openSqliteJournal({ folder: log.folder });
  const { readOnly } = journal;
  await journal.close();
  return readOnly;
}
