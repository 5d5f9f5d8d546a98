/**
 * What an engine is made with.
 */
import type { Failure } from '../contract/failure.ts';
import type { Settings } from '../contract/settings.ts';
import type { Checkpoints } from './checkpoint/checkpoints.ts';
import type { Offload } from './planner.ts';
import type { Moments } from './moments.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock, Random } from '../contract/ports.ts';

/** What an engine needs. */
export interface EngineOptions {
  readonly name: string;
  /** Opens the journal; called again after it failed. */
  readonly openJournal: () => Promise<Journal>;
  readonly clock: Clock;
  readonly random: Random;
  /** Protocol settings that differ from those in the log are applied at the start. */
  readonly settings?: Partial<Settings>;
  /** Where checkpoints are kept; left out: there are none. */
  readonly checkpoints?: Checkpoints;
  /** Where plans for the dispatch are made; left out: there are none. */
  readonly offload?: Offload;
  /** Who answers about earlier moments; left out: nobody. */
  readonly moments?: Moments;
  /** Told when the writer broke and when it works again. */
  readonly onFault?: (fault: { readonly reason: string; readonly recovered: boolean }) => void;
  /** Told once that the log is lost for good (`journal_taken`, `journal_removed`): the engine stays broken, and its process should end. */
  readonly onTaken?: (failure: Failure) => void;
}

/** How long a request waits for work, and what ends the waiting early. */
export interface Waiting {
  readonly waitMs: number;
  readonly stop?: AbortSignal;
}
