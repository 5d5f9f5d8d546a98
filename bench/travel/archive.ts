/**
 * Moving nearly all of a log into its archive: how long it takes, what it leaves, moments before the boundary, the way back.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { archiveEvents, unarchiveEvents } from '../../src/travel/archive-log.ts';
import { round } from '../engine/statistics.ts';
import { measureMoments } from './moments.ts';

/** Seconds and megabytes. */
export interface ArchiveFigures {
  readonly archived_events: number;
  readonly archive_s: number;
  readonly archive_mb: number;
  readonly journal_mb: number;
  readonly moment_median_s: number;
  readonly moment_slowest_s: number;
  readonly unarchive_s: number;
}

/** Measures on the log in this folder, which is as it was afterwards. */
export async function measureArchive(folder: string): Promise<ArchiveFigures> {
  const place = { folder, swarm: 'default', now: Date.now() };
  const reader = openSqliteReader(folder);
  const { seq } = reader.head;
  await reader.close();
  const begun = performance.now();
  const done = await archiveEvents(place, Math.floor(seq * 0.9));
  const archive_s = round((performance.now() - begun) / 1000, 2);
  const journal_mb = round(statSync(join(folder, 'journal.db')).size / 1e6, 1);
  const moments = await measureMoments(folder);
  const back = performance.now();
  await unarchiveEvents(place);
  return {
    archived_events: done.archived,
    archive_s,
    archive_mb: round(done.archive_bytes / 1e6, 1),
    journal_mb,
    moment_median_s: moments.median_s,
    moment_slowest_s: moments.slowest_s,
    unarchive_s: round((performance.now() - back) / 1000, 2),
  };
}
