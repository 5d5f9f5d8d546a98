/**
 * Owns reading whatever can still be read of a damaged journal: every chunk that provably is what was appended, and
 * between them the gaps. Invariant: chunks and gaps come in order, follow each other without a hole, and none is guessed.
 */
import { join, resolve } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { Archive } from '../archive/archive.ts';
import { salvagedArchive } from '../archive/salvage-archive.ts';
import type { SalvagedPart } from '../archive/salvage-segment.ts';
import { brokenLink, type Link } from '../chain.ts';
import type { Head } from '../journal.ts';
import { readBase } from './base.ts';
import { readMeta, unreadable } from './database.ts';
import { decodeLink, LINK_COLUMNS } from './link-row.ts';
import { openToSalvage, type SalvageConnection } from './salvage-connection.ts';
import { readWitness } from './witness.ts';

/** A damaged log. */
export interface SalvageReader {
  /** Its identity, or null when even that cannot be read. */
  readonly id: string | null;
  /** The last event that its witness saw; 0 without one. */
  readonly witness_seq: number;
  parts(): Generator<SalvagedPart>;
  close(): void;
}

/** Opens a damaged journal. Throws Failure `log_missing`, or `journal_damaged` when nothing in it can be read. */
export function openSalvageReader(folder: string): SalvageReader {
  const file = join(resolve(folder), 'journal.db');
  let opened: SalvageConnection;
  try {
    opened = openToSalvage(file);
  } catch (error) {
    throw new Failure('journal_damaged', unreadable(reasonOf(error)), error);
  }
  const { connection, close } = opened;
  const id = attempt(() => readMeta(connection, 'journal_id'));
  const named = typeof id === 'string' ? id : null;
  return {
    id: named,
    witness_seq: readWitness(folder)?.seq ?? 0,
    parts: () => salvagedParts(connection, named, folder),
    close,
  };
}

function* salvagedParts(connection: DatabaseSync, journalId: string | null, folder: string): Generator<SalvagedPart> {
  const select = connection.prepare(`SELECT ${LINK_COLUMNS} FROM chunks WHERE first_seq = ?`);
  const base = journalId === null ? null : attempt(() => readBase(connection, journalId));
  if (base !== null && journalId !== null) yield* salvagedArchive(new Archive(folder, journalId), journalId, base.seq);
  let seq = base?.seq ?? 0;
  /** The end of the chunk before, as its own row states it; null when that row cannot be read. */
  let before: Head | null = base;
  for (const first of chunkStarts(connection)) {
    if (first <= seq) continue;
    const link = readLink(select, first);
    if (link === null) continue;
    if (first > seq + 1) {
      yield { gap: { first_seq: seq + 1, last_seq: first - 1, reason: 'they are missing' } };
      before = null;
    }
    const reason = before === null ? 'the chunk before them is gone, so nothing proves them' : brokenLink(link, before);
    const { last_seq } = link;
    if (last_seq < first) continue;
    yield reason === null ? { link } : { gap: { first_seq: first, last_seq, reason } };
    seq = last_seq;
    before = { seq: last_seq, hash: link.hash };
  }
}

/** Where chunks start, as far as the file can be walked from either side. */
function chunkStarts(connection: DatabaseSync): readonly number[] {
  const starts = new Set<number>();
  const walk = (order: 'ASC' | 'DESC'): boolean => {
    try {
      for (const row of connection.prepare(`SELECT first_seq FROM chunks ORDER BY first_seq ${order}`).iterate()) {
        if (typeof row['first_seq'] === 'number') starts.add(row['first_seq']);
      }
      return true;
    } catch {
      // A destroyed page: what lies behind it is reached from the other side.
      return false;
    }
  };
  if (!walk('ASC')) walk('DESC');
  return Array.from(starts).toSorted((a, b) => a - b);
}

function readLink(select: StatementSync, first: number): Link | null {
  const row = attempt(() => select.get(first));
  const link = row === null || row === undefined ? null : decodeLink(row);
  return link?.first_seq === first && Number.isSafeInteger(link.last_seq) ? link : null;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
