/**
 * Finds tasks that have left memory: their row in the journal, and their last event.
 */
import type { RetiredRecord } from '../domain/decision.ts';
import type { Journal } from '../journal/journal.ts';
import type { Feed } from './feed.ts';

/** The retired ones among these tasks. */
export async function findRetired(journal: Journal, feed: Feed, ids: readonly string[]): Promise<ReadonlyMap<string, RetiredRecord>> {
  const found = new Map<string, RetiredRecord>();
  for (const [id, remains] of await journal.retired(ids)) {
    const last = await feed.at(remains.last_seq);
    if (last !== null) found.set(id, { ...remains, last });
  }
  return found;
}
