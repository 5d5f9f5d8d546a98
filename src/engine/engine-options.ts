/**
 * What an engine is made with.
 */
import type { Settings } from '../contract/settings.ts';
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
  /** Told when the writer broke and when it works again. */
  readonly onFault?: (fault: { readonly reason: string; readonly recovered: boolean }) => void;
}

/** How long a request waits for work, and what ends the waiting early. */
export interface Waiting {
  readonly waitMs: number;
  readonly stop?: AbortSignal;
}
