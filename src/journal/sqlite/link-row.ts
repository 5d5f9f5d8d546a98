/** Owns how a chunk's row in the database becomes a link of the chain. Invariant: a row of the wrong shape is null, never a guess. */
import type { SQLOutputValue } from 'node:sqlite';
import type { Link } from '../chain.ts';
import type { Head } from '../journal.ts';

/** The columns that `decodeLink` needs. */
export const LINK_COLUMNS = 'first_seq, last_seq, time, hash, retired, text';

/** A row as a link; null when a damaged page gave it values of the wrong type. */
export function decodeLink(row: Record<string, SQLOutputValue>): Link | null {
  const { first_seq, last_seq, time, hash, retired, text } = row;
  if (typeof first_seq !== 'number' || typeof last_seq !== 'number' || typeof time !== 'number') return null;
  if (typeof text !== 'string' || !(hash instanceof Uint8Array)) return null;
  if (retired !== null && typeof retired !== 'string') return null;
  return { first_seq, last_seq, time, text, retired: retired ?? '', hash: Buffer.from(hash).toString('hex') };
}

/** The columns that `decodeHead` needs; they lie before the text, so that reading them does not load it. */
export const HEAD_COLUMNS = 'last_seq, hash';

/** A row as the head after it; null when a damaged page gave it values of the wrong type. */
export function decodeHead(row: Record<string, SQLOutputValue>): Head | null {
  const { last_seq, hash } = row;
  if (typeof last_seq !== 'number' || !(hash instanceof Uint8Array)) return null;
  return { seq: last_seq, hash: Buffer.from(hash).toString('hex') };
}
