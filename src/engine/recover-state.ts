/**
 * Rebuilds the state from the log: fold of every event, nothing else.
 */
import { Failure, reasonOf } from '../contract/failure.ts';
import { FIRST_SETTINGS } from '../contract/settings.ts';
import { evolve } from '../domain/evolve.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import type { Journal, StoredChunk } from '../journal/journal.ts';
import type { EngineOptions } from './engine-options.ts';
import { decodeChunk } from './event-codec.ts';
import { RecentCommands } from './recent-commands.ts';

/** What a log folds into. */
export interface Recovered {
  readonly state: SwarmState;
  readonly commands: RecentCommands;
}

/** Opens the journal and reads the whole log. Throws Failure, with the journal closed again. */
export async function openAndRecover({ name, openJournal }: EngineOptions): Promise<{ journal: Journal; recovered: Recovered }> {
  const journal = await openJournal();
  try {
    return { journal, recovered: await recoverState(name, journal) };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** Reads the whole log. Throws Failure `journal_damaged` or `journal_version`. */
export async function recoverState(name: string, journal: Journal): Promise<Recovered> {
  const recovered = { state: createState(name, FIRST_SETTINGS), commands: new RecentCommands() };
  for await (const chunk of journal.read(1)) fold(chunk, recovered);
  return recovered;
}

function fold(chunk: StoredChunk, { state, commands }: Recovered): void {
  let good_events = state.seq;
  try {
    for (const event of decodeChunk(chunk)) {
      evolve(state, event);
      good_events = event.seq;
      if (event.command_id !== null) commands.note(event.command_id, event.seq, event.time);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { last_seq } = chunk;
    throw new Failure('journal_damaged', { first_seq: good_events + 1, last_seq, reason: reasonOf(error), good_events }, error);
  }
}
