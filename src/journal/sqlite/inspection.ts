/**
 * Owns the part of a full check that the chain does not cover: the structure of the file, and the index of retired tasks
 * against the chunks it was made from. Damage here costs no event.
 */
import type { DatabaseSync } from 'node:sqlite';
import { reasonOf } from '../../contract/failure.ts';
import type { Head, JournalDamage } from '../journal.ts';

/** The first damage beside an intact chain, or null. Never throws. */
export function inspect(connection: DatabaseSync, head: Head): JournalDamage | null {
  const intact = { good_events: head.seq, readable_after: 0 };
  try {
    const [verdict] = Object.values(connection.prepare('PRAGMA quick_check(1)').get() ?? {});
    if (verdict !== 'ok') return { first_seq: 1, last_seq: head.seq, reason: `the file's structure: ${String(verdict)}`, ...intact };
    const chunk = firstUnindexed(connection);
    return chunk === null ? null : { ...chunk, reason: 'the index of finished tasks does not show what these events say', ...intact };
  } catch (error) {
    return { first_seq: 1, last_seq: head.seq, reason: reasonOf(error), ...intact };
  }
}

/** The first chunk with a retired task that the index has not, has older, or has otherwise. */
function firstUnindexed(connection: DatabaseSync): { first_seq: number; last_seq: number } | null {
  const lookup = connection.prepare(`
    SELECT 1 FROM retired_tasks
    WHERE id = ?1 AND (last_seq > ?4 OR (last_seq = ?4 AND status = ?2 AND content_hash = ?3))`);
  const chunks = connection.prepare('SELECT first_seq, last_seq, retired FROM chunks WHERE retired IS NOT NULL ORDER BY first_seq');
  for (const { first_seq, last_seq, retired } of chunks.iterate()) {
    const tasks = JSON.parse(String(retired)) as [string, string, string, number][];
    if (tasks.some((task) => lookup.get(...task) === undefined)) return { first_seq: Number(first_seq), last_seq: Number(last_seq) };
  }
  return null;
}
