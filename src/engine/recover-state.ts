/**
 * Rebuilds the state from the log: the fold of every event, or of those after a checkpoint.
 * Invariant: state == fold(log) == checkpoint + fold(tail).
 */
import { Failure, reasonOf } from '../contract/failure.ts';
import { FIRST_SETTINGS } from '../contract/settings.ts';
import { evolve } from '../domain/evolve.ts';
import { createState } from '../domain/state.ts';
import type { Journal, JournalReader, StoredChunk } from '../journal/journal.ts';
import type { EngineOptions } from './engine-options.ts';
import { decodeChunk } from './event-codec.ts';
import { RecentCommands } from './recent-commands.ts';
import type { Recovered } from './recovered.ts';

/** Opens the journal and reads the log: as `recover` does, if it can, else from the newest checkpoint that pays. Throws Failure, with the journal closed again. */
export async function openAndRecover(
  options: EngineOptions,
  recover: (journal: Journal) => Promise<Recovered | null> = async () => null,
): Promise<{ journal: Journal; recovered: Recovered }> {
  const { name, openJournal, checkpoints } = options;
  const journal = await openJournal();
  try {
    const recovered = await recover(journal);
    return {
      journal,
      recovered: recovered ?? (await recoverState(name, journal, (await checkpoints?.newest(journal)) ?? nothingYet(name))),
    };
  } catch (error) {
    await journal.close();
    if (error instanceof Failure && error.code === 'archive_missing') throw new Failure('archive_needed', error.params, error);
    throw error;
  }
}

/** The state after the event `until`, which is durable: what the log holds after it is not known to be. Throws Failure. */
export async function durableState({ name, checkpoints }: EngineOptions, journal: JournalReader, until: number): Promise<Recovered> {
  const newest = (await checkpoints?.newest(journal)) ?? null;
  const recovered = newest !== null && newest.state.seq <= until ? newest : nothingYet(name);
  for await (const chunk of journal.read(recovered.state.seq + 1)) {
    foldChunk(chunk, recovered, until);
    if (recovered.state.seq >= until) break;
  }
  return recovered;
}

/** Reads the log to its end. Throws Failure `journal_damaged` or `journal_version`. */
export async function recoverState(name: string, journal: JournalReader, recovered: Recovered = nothingYet(name)): Promise<Recovered> {
  for await (const chunk of journal.read(recovered.state.seq + 1)) foldChunk(chunk, recovered, Infinity);
  return recovered;
}

/** Before the first event. */
export function nothingYet(name: string): Recovered {
  return { state: createState(name, FIRST_SETTINGS), commands: new RecentCommands() };
}

/** Folds the events of a chunk that come next, up to `until`. Throws Failure `journal_damaged` or `journal_version`. */
export function foldChunk(chunk: StoredChunk, { state, commands }: Recovered, until: number): void {
  let good_events = state.seq;
  try {
    for (const event of decodeChunk(chunk)) {
      if (event.seq <= good_events) continue;
      if (event.seq > until) return;
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
