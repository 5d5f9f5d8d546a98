/**
 * Owns where the live log begins: the event up to which the archive has it, and the hash of the chain there.
 * Invariant: it moves in the same transaction as the chunks that leave or come back, so live and archived events together
 * are all, whenever a process dies.
 */
import type { DatabaseSync } from 'node:sqlite';
import { emptyHead, type Link } from '../chain.ts';
import type { Head } from '../journal.ts';

/** The format of a journal whose first events are archived: an older Tutti would call it damaged. */
const ARCHIVED_FORMAT = 2;
const WHOLE_FORMAT = 1;

/** The end of what is archived: before the first event when nothing is. */
export function readBase(connection: DatabaseSync, journalId: string): Head {
  const row = connection.prepare(`SELECT value FROM meta WHERE key = 'archived'`).get();
  if (typeof row?.['value'] !== 'string') return emptyHead(journalId);
  return JSON.parse(row['value']) as Head;
}

/** Lets the chunks from the base up to `to` leave the live log. They are in the archive, durably. */
export function dropTo(connection: DatabaseSync, from: Head, to: Head): void {
  inTransaction(connection, () => {
    connection.prepare('DELETE FROM chunks WHERE first_seq > ? AND first_seq <= ?').run(from.seq, to.seq);
    writeBase(connection, to);
  });
}

/** Brings chunks back that end where the base is; it then stands before them. */
export function bringBack(connection: DatabaseSync, links: readonly Link[], before: Head): void {
  inTransaction(connection, () => {
    const insert = connection.prepare('INSERT INTO chunks (first_seq, last_seq, time, hash, retired, text) VALUES (?, ?, ?, ?, ?, ?)');
    for (const { first_seq, last_seq, time, hash, retired, text } of links)
      insert.run(first_seq, last_seq, time, Buffer.from(hash, 'hex'), retired === '' ? null : retired, text);
    writeBase(connection, before);
  });
}

function writeBase(connection: DatabaseSync, { seq, hash }: Head): void {
  if (seq === 0) connection.exec(`DELETE FROM meta WHERE key = 'archived'`);
  else connection.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('archived', ?)`).run(JSON.stringify({ seq, hash }));
  connection.prepare(`UPDATE meta SET value = ? WHERE key = 'format'`).run(seq === 0 ? WHOLE_FORMAT : ARCHIVED_FORMAT);
}

function inTransaction(connection: DatabaseSync, change: () => void): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    change();
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}
