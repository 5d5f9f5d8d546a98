/**
 * Owns the part of a full check that the chain does not cover: the structure of the file, and the index of retired tasks
 * against the chunks it was made from. Damage here costs no event.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { reasonOf } from '../../contract/failure.ts';
import type { Head, JournalDamage } from '../journal.ts';

/** The first damage beside an intact chain, or null. `retired` has taken in what is archived; left out: that is not looked at. Never throws. */
export function inspect(connection: DatabaseSync, head: Head, retired: RetiredCheck | null = null): JournalDamage | null {
  const reason = fault(connection, retired);
  return reason === null ? null : { first_seq: 1, last_seq: head.seq, reason, good_events: head.seq, readable_after: 0 };
}

/** Makes the index of retired tasks anew, beside the one that is there. */
export class RetiredCheck {
  readonly #connection: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    connection.exec(`
      DROP TABLE IF EXISTS temp.rebuilt;
      CREATE TEMP TABLE rebuilt (id TEXT PRIMARY KEY, status TEXT, content_hash TEXT, last_seq INTEGER) WITHOUT ROWID`);
    this.#insert = connection.prepare(`
      REPLACE INTO rebuilt
        SELECT task.value ->> 0, task.value ->> 1, task.value ->> 2, task.value ->> 3 FROM json_each(?) AS task ORDER BY task.id`);
  }

  /** Takes in the retired tasks of an archived chunk; they come in the order of the chunks. */
  take(retired: string): void {
    if (retired !== '') this.#insert.run(retired);
  }

  /** A task of which the index says something else than the chunks, or null; of archived ones only when they were taken in. */
  differing(withArchive: boolean): string | null {
    const connection = this.#connection;
    connection.exec(`
      REPLACE INTO rebuilt
        SELECT task.value ->> 0, task.value ->> 1, task.value ->> 2, task.value ->> 3
        FROM chunks, json_each(chunks.retired) AS task
        WHERE chunks.retired IS NOT NULL ORDER BY chunks.first_seq, task.id`);
    // A task that retired in the archive had its last event there.
    const live = withArchive ? '' : 'WHERE last_seq >= (SELECT coalesce(min(first_seq), 9e15) FROM chunks)';
    const difference = `
      SELECT id FROM (SELECT * FROM rebuilt EXCEPT SELECT * FROM retired_tasks)
      UNION ALL SELECT id FROM (SELECT * FROM retired_tasks ${live} EXCEPT SELECT * FROM rebuilt) LIMIT 1`;
    const row = connection.prepare(difference).get();
    return row === undefined ? null : String(row['id']);
  }

  close(): void {
    this.#connection.exec('DROP TABLE IF EXISTS temp.rebuilt');
  }
}

function fault(connection: DatabaseSync, retired: RetiredCheck | null): string | null {
  try {
    const verdict = Object.values(connection.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (verdict !== 'ok') return `every event is intact, but not the structure of the file: ${String(verdict)}`;
    const check = retired ?? new RetiredCheck(connection);
    const id = check.differing(retired !== null);
    if (retired === null) check.close();
    return id === null ? null : `every event is intact, but the index of finished tasks is wrong about ${id}`;
  } catch (error) {
    return `every event is intact, but the file cannot be checked: ${reasonOf(error)}`;
  }
}
