/**
 * Tasks that leave memory, and those that have: their row in the journal, and their last event.
 */
import type { LogEvent } from '../contract/event.ts';
import type { RetiredRecord } from '../domain/decision.ts';
import type { SwarmState } from '../domain/state.ts';
import { oldestFinished } from '../domain/task/evolve.ts';
import { remainsOf, type TaskRemains } from '../domain/task/state.ts';
import type { Journal } from '../journal/journal.ts';
import type { Feed } from './feed.ts';

const NONE: readonly TaskRemains[] = [];

/** What remains of the tasks that an event takes out of memory; asked before it is folded in. */
export function retiredBy(state: SwarmState, event: LogEvent): readonly TaskRemains[] {
  return event.type === 'tasks_retired' ? oldestFinished(state, event.data).map(remainsOf) : NONE;
}

/** The retired ones among these tasks. */
export async function findRetired(journal: Journal, feed: Feed, ids: readonly string[]): Promise<ReadonlyMap<string, RetiredRecord>> {
  const found = new Map<string, RetiredRecord>();
  for (const [id, remains] of await journal.retired(ids)) {
    const last = await feed.at(remains.last_seq);
    if (last !== null) found.set(id, { ...remains, last });
  }
  return found;
}

/** The retired ones among the tasks that are missing, until none is missing that was not asked for: more may leave memory meanwhile. */
export async function gatherRetired(
  missing: () => readonly string[],
  find: (ids: readonly string[]) => Promise<ReadonlyMap<string, RetiredRecord>>,
): Promise<ReadonlyMap<string, RetiredRecord>> {
  const asked = new Set<string>();
  const found = new Map<string, RetiredRecord>();
  for (let ids = missing(); ids.length > 0; ids = missing().filter((id) => !asked.has(id))) {
    for (const id of ids) asked.add(id);
    for (const [id, record] of await find(ids)) found.set(id, record);
  }
  return found;
}
