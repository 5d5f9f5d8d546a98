/**
 * Owns the schema of the journal's database and how its writing connection is opened.
 * Invariant: nothing is written before SQLite is known to be sound, the format known, and durability really switched on.
 *
 * A chunk keeps the retired tasks it came with, since its hash covers them; `retired_tasks` is the index over them.
 */
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../contract/failure.ts';
import type { Head } from '../journal.ts';
import { readBase } from './base.ts';
import { decodeHead, HEAD_COLUMNS } from './link-row.ts';
import { isCorrupt } from './sqlite-error.ts';

/** The format this code writes; a higher one in a file comes from a newer Tutti. */
const JOURNAL_FORMAT = 1;

/** The newest that it reads: 2 is the same, but for a beginning that is in the archive. */
const KNOWN_FORMAT = 2;

/** Versions before this one can lose committed transactions when the write-ahead log restarts during a checkpoint. */
const SOUND_SQLITE = '3.51.3';

/** How long a commit or a read waits for another program that holds the database, such as one that archives, in ms. */
export const BUSY_TIMEOUT_MS = 5000;

/** Larger pages make bulk appends cheaper (fewer frames in the write-ahead log), a single small append no dearer. */
/** Of every journal. */
export const PAGE_BYTES = 8192;

/**
 * Pages in the write-ahead log after which a commit copies them back. Every commit that waits for such a copy waits for its
 * sync, so few at a time: with 250 (2 MB) the slowest of a hundred lives took 16 ms, with SQLite's own 1000 it took 29 ms.
 */
const CHECKPOINT_PAGES = 250;

/** The tables of format 1. Their text is compared with what a file holds, spaces apart: changing it makes a new format. */
const TABLES = [
  'CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID',
  `CREATE TABLE chunks (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    hash BLOB NOT NULL,
    retired TEXT,
    text TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE retired_tasks (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    last_seq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
];

/** An opened journal database. */
export interface OpenDatabase {
  readonly connection: DatabaseSync;
  readonly journalId: string;
  /** Null when the last entry cannot be read: the file is damaged there. */
  readonly head: Head | null;
}

/** Opens the database for writing; an empty file becomes a journal with `idIfNew`. Throws Failure, or SQLite's own error. */
export function openDatabase(file: string, idIfNew: string): OpenDatabase {
  const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    assertSqliteVersion(String(pragma(connection, 'SELECT sqlite_version()')));
    connection.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
    const isNew = pragma(connection, 'SELECT count(*) FROM sqlite_schema') === 0;
    if (!isNew) assertFormat(connection);
    makeDurable(connection);
    if (isNew) create(connection, idIfNew);
    // After a crash: what the write-ahead log still holds is written and synced once more. Had a sync failed before
    // (the disk then forgets the pages, the cache keeps showing them), later appends would stand on what is not there.
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const journalId = String(readMeta(connection, 'journal_id'));
    return { connection, journalId, head: readHead(connection, journalId) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Throws Failure `sqlite_unsafe` when this version of SQLite can lose committed data. */
export function assertSqliteVersion(version: string): void {
  const order = new Intl.Collator('en', { numeric: true });
  if (order.compare(version, SOUND_SQLITE) < 0) throw new Failure('sqlite_unsafe', { version, needed: SOUND_SQLITE });
}

/** Throws Failure `journal_version` for a newer format, and `journal_damaged` when the tables are not those of a journal. */
export function assertFormat(connection: DatabaseSync): void {
  const found = readMeta(connection, 'format');
  if (typeof found === 'number' && found > KNOWN_FORMAT) throw new Failure('journal_version', { found, known: KNOWN_FORMAT });
  const tables = connection.prepare('SELECT sql FROM sqlite_schema ORDER BY rowid').all();
  const isKnown =
    (found === JOURNAL_FORMAT || found === KNOWN_FORMAT) && spaceless(tables.map(({ sql }) => String(sql))) === spaceless(TABLES);
  if (!isKnown) throw new Failure('journal_damaged', unreadable('its tables are not those of a journal'));
}

function spaceless(statements: readonly string[]): string {
  return statements.join(';').replaceAll(/\s+/g, ' ');
}

/** The parameters of `journal_damaged` for a file of which nothing can be read. */
export function unreadable(reason: string): { first_seq: number; last_seq: number; reason: string; good_events: number } {
  return { first_seq: 1, last_seq: 1, reason, good_events: 0 };
}

/** Settings that fail silently are read back: a journal that only seems durable is worse than none. */
function makeDurable(connection: DatabaseSync): void {
  const mode = pragma(connection, 'PRAGMA journal_mode = wal');
  if (mode !== 'wal') throw new Failure('journal_failed', { reason: `the write-ahead log cannot be used here (${String(mode)})` });
  connection.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const level = pragma(connection, 'PRAGMA synchronous');
  if (level !== 2) throw new Failure('journal_failed', { reason: `commits would not be synced (synchronous is ${String(level)})` });
}

function create(connection: DatabaseSync, journalId: string): void {
  connection.exec(`BEGIN IMMEDIATE; ${TABLES.join(';')}`);
  const insert = connection.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  insert.run('journal_id', journalId);
  insert.run('format', JOURNAL_FORMAT);
  insert.run('created', Date.now());
  connection.exec('COMMIT');
}

/** What the journal says of itself under this key, or null. */
export function readMeta(connection: DatabaseSync, key: string): unknown {
  const row = connection.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return row?.['value'] ?? null;
}

/** The end of the log; null when its row cannot be read. */
export function readHead(connection: DatabaseSync, journalId: string): Head | null {
  try {
    const row = connection.prepare(`SELECT ${HEAD_COLUMNS} FROM chunks ORDER BY first_seq DESC LIMIT 1`).get();
    return row === undefined ? readBase(connection, journalId) : decodeHead(row);
  } catch (error) {
    if (isCorrupt(error)) return null;
    throw error;
  }
}

/** Notes that the log was made of a copy of itself: which making that was. */
export function noteRestored(file: string, restored: string): void {
  const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    connection.exec('PRAGMA synchronous = FULL');
    connection.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('restored', ?)`).run(restored);
  } finally {
    connection.close();
  }
}

/** The first column of the only row. */
function pragma(connection: DatabaseSync, sql: string): unknown {
  const row = connection.prepare(sql).get();
  return row === undefined ? null : Object.values(row)[0];
}
