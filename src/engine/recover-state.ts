/**
 * Rebuilds the state from the log: fold of every event, nothing else.
 */
import { DEFAULT_SETTINGS } from '../contract/settings.ts';
import { evolve } from '../domain/evolve.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import type { Journal } from '../journal/journal.ts';
import { decodeChunk } from './event-codec.ts';
import { RecentCommands } from './recent-commands.ts';

/** What a log folds into. */
export interface Recovered {
  readonly state: SwarmState;
  readonly commands: RecentCommands;
}

/** Reads the whole log. Throws Failure `journal_damaged` or `journal_version`. */
export async function recoverState(name: string, journal: Journal): Promise<Recovered> {
  const state = createState(name, DEFAULT_SETTINGS);
  const commands = new RecentCommands();
  for await (const chunk of journal.read(1)) {
    for (const event of decodeChunk(chunk)) {
      evolve(state, event);
      if (event.command_id !== null) commands.note(event.command_id, event.seq, event.time);
    }
  }
  return { state, commands };
}
