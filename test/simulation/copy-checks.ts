/**
 * What must hold for the copies of a log that were made while its server ran: backups and forks, each made a log of its own
 * again and held against the log that they are of.
 */
import { reasonOf } from '../../src/contract/failure.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import { FIRST_SETTINGS } from '../../src/contract/settings.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { createState } from '../../src/domain/state.ts';
import { recoverState } from '../../src/engine/recover-state.ts';
import type { Link } from '../../src/journal/chain.ts';
import { logFileParts } from '../../src/journal/jsonl/read-log-file.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { chunkOf } from '../../src/travel/log-files.ts';
import { snapshotOf } from '../support/invariants.ts';
import { eventsOf } from './log-checks.ts';
import type { Testimony } from './testimony.ts';

/** What is wrong with the backups and forks of the log with this id. */
export async function* copyFaults({ backups, forks }: Testimony, id: string, events: readonly LogEvent[]): AsyncGenerator<string> {
  for (const { text, seq, hash, acknowledged } of backups) {
    const name = `the backup up to event ${seq}`;
    try {
      const links = await linksOf(text);
      const copied = await copyOf(id, links);
      if (copied.hash !== hash) yield `${name} ends with another hash`;
      if (copied.state !== stateAt(events, seq)) yield `${name} folds into another state`;
      const added = new Set(eventsOf(links).flatMap(({ type, data }) => (type === 'task_added' ? [data.task_id] : [])));
      for (const task of acknowledged) if (!added.has(task)) yield `${task} was acknowledged before ${name}, which has it not`;
    } catch (error) {
      yield `${name} cannot be restored: ${reasonOf(error)}`;
    }
  }
  for (const { until, links } of forks) {
    const copied = await copyOf('fork', links);
    if (copied.state !== stateAt(events, until)) yield `the fork at event ${until} folds into another state`;
  }
}

async function linksOf(text: string): Promise<Link[]> {
  async function* lines(): AsyncGenerator<string> {
    yield* text.split('\n');
  }
  const links: Link[] = [];
  for await (const part of logFileParts(lines(), 'backup')) if ('link' in part) links.push(part.link);
  return links;
}

async function copyOf(id: string, links: readonly Link[]): Promise<{ readonly hash: string; readonly state: string }> {
  const journal = openMemoryJournal(new MemoryStorage(id));
  for (const link of links) await journal.append(chunkOf(link));
  const { state } = await recoverState('default', journal);
  return { hash: journal.head.hash, state: JSON.stringify(snapshotOf(state)) };
}

function stateAt(events: readonly LogEvent[], seq: number): string {
  const state = createState('default', FIRST_SETTINGS);
  for (const event of events.slice(0, seq)) evolve(state, event);
  return JSON.stringify(snapshotOf(state));
}
