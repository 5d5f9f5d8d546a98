/**
 * Tasks that leave memory, and those that have: their row in the journal, and their last event.
 */
import type { LogEvent } from '../contract/event.ts';
import type { CommandName } from '../contract/operations.ts';
import { NO_NAMES, NO_RETIRED, type RetiredRecord, type Rule } from '../domain/decision.ts';
import { RULES } from '../domain/rules.ts';
import type { SwarmState } from '../domain/state.ts';
import { oldestFinished } from '../domain/task/evolve.ts';
import { remainsOf, type TaskRemains } from '../domain/task/state.ts';
import { taskStory } from '../domain/task/story.ts';
import type { Journal } from '../journal/journal.ts';
import type { Command } from './command.ts';
import type { Feed } from './feed.ts';

const NONE: readonly TaskRemains[] = [];

/** Tasks that a command names and that are not in memory. */
export function notInMemory<N extends CommandName>(
  state: SwarmState,
  { name, input }: Command<N>,
  found: ReadonlyMap<string, RetiredRecord> = NO_RETIRED,
): readonly string[] {
  return state.retired === 0 ? NO_NAMES : ((RULES[name] as Rule<N>).names?.(state, input, found) ?? NO_NAMES);
}

/** What remains of the tasks that an event takes out of memory; asked before it is folded in. */
export function retiredBy(state: SwarmState, event: LogEvent): readonly TaskRemains[] {
  return event.type === 'tasks_retired' ? oldestFinished(state, event.data).map(remainsOf) : NONE;
}

/** The retired ones among these tasks; the whole story of those that can run again, if `whole`. */
export async function findRetired(
  journal: Journal,
  feed: Feed,
  ids: readonly string[],
  whole: boolean,
): Promise<ReadonlyMap<string, RetiredRecord>> {
  const found = new Map<string, RetiredRecord>();
  for (const [id, remains] of await journal.retired(ids)) {
    const last = await feed.at(remains.last_seq);
    const story = whole && remains.status !== 'completed' ? await taskStory(feed, remains.last_seq) : [];
    if (last !== null) found.set(id, { ...remains, last, story });
  }
  return found;
}

/** The retired ones among the tasks that are missing, until none is missing that was not asked for: more may leave memory meanwhile. */
export async function gatherRetired(
  missing: (found: ReadonlyMap<string, RetiredRecord>) => readonly string[],
  find: (ids: readonly string[]) => Promise<ReadonlyMap<string, RetiredRecord>>,
): Promise<ReadonlyMap<string, RetiredRecord>> {
  const asked = new Set<string>();
  const found = new Map<string, RetiredRecord>();
  for (let ids = missing(found); ids.length > 0; ids = missing(found).filter((id) => !asked.has(id))) {
    for (const id of ids) asked.add(id);
    for (const [id, record] of await find(ids)) found.set(id, record);
  }
  return found;
}
