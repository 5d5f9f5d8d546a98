/**
 * Owns the part of a full check that the chain does not cover: the structure of the file, and the index of retired tasks
 * against the chunks it was made from. Damage here costs no event.
 */
import type { DatabaseSync } from 'node:sqlite';
import { reasonOf } from '../../contract/failure.ts';
import type { Head, JournalDamage } from '../journal.ts';

/** The first damage beside an intact chain, or null. Never throws. */
export function inspect(connection: DatabaseSync, head: Head): JournalDamage | null {
  const reason = fault(connection);
  return reason === null ? null : { first_seq: 1, last_seq: head.seq, reason, good_events: head.seq, readable_after: 0 };
}

function fault(connection: DatabaseSync): string | null {
  try {
    const verdict = Object.values(connection.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (verdict !== 'ok') return `every event is intact, but not the structure of the file: ${String(verdict)}`;
    const id = differingTask(connection);
    return id === null ? null : `every event is intact, but the index of finished tasks is wrong about ${id}`;
  } catch (error) {
    return `every event is intact, but the file cannot be checked: ${reasonOf(error)}`;
  }
}

/** A task of which the index says something else than the chunks, or null. */
function differingTask(connection: DatabaseSync): string | null {
  connection.exec(`
    DROP TABLE IF EXISTS temp.rebuilt;
    CREATE TEMP TABLE rebuilt (id TEXT PRIMARY KEY, status TEXT, content_hash TEXT, last_seq INTEGER) WITHOUT ROWID;
    REPLACE INTO rebuilt
      SELECT task.value ->> 0, task.value ->> 1, task.value ->> 2, task.value ->> 3
      FROM chunks, json_each(chunks.retired) AS task
      WHERE chunks.retired IS NOT NULL ORDER BY chunks.first_seq, task.id`);
  const difference = `
    SELECT id FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM retired_tasks)
    UNION ALL SELECT id FROM (SELECT * FROM retired_tasks EXCEPT SELECT * FROM rebuilt) LIMIT 1`;
  const row = connection.prepare(difference).get();
  connection.exec('DROP TABLE temp.rebuilt');
  return row === undefined ? null : String(row['id']);
}
