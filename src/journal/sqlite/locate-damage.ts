/**
 * Owns where a log is damaged that cannot be opened: its end cannot be read, or SQLite refuses its file as a whole, as one
 * that was cut off. Invariant: what is said to be intact was read and held against the chain.
 */
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { JournalDamage } from '../journal.ts';
import { readBase } from './base.ts';
import { readMeta, unreadable } from './database.ts';
import { PageReader } from './page-reader.ts';
import { openTolerant } from './salvage-connection.ts';
import { readWitness } from './witness.ts';

/** The first damage of the live log, read from its beginning; null when none is found. */
export function firstDamage(connection: DatabaseSync, journalId: string): JournalDamage | null {
  const from = readBase(connection, journalId).seq + 1;
  const reader = new PageReader(connection, { journalId, from, until: Number.POSITIVE_INFINITY });
  let page = reader.next();
  while (!page.done) page = reader.next();
  return page.damage;
}

/** The failure for a file that SQLite refuses: with the place, where its tables can still be found, else for the whole file. */
export function locateRefused(file: string, refused: unknown): Failure {
  const reason = reasonOf(refused);
  try {
    return new Failure('journal_damaged', { ...(damageOf(file) ?? unreadable(reason)) }, refused);
  } catch {
    return new Failure('journal_damaged', unreadable(reason), refused);
  }
}

/** What is missing at the end of a file is known as far as its witness has seen. */
function damageOf(file: string): JournalDamage | null {
  const connection = openTolerant(file, true);
  try {
    const journalId = String(readMeta(connection, 'journal_id'));
    const damage = firstDamage(connection, journalId);
    const seen = readWitness(dirname(file));
    if (damage === null || damage.readable_after > 0 || seen?.journal_id !== journalId) return damage;
    return { ...damage, last_seq: Math.max(damage.last_seq, seen.seq) };
  } finally {
    connection.close();
  }
}
