/**
 * Rules that are taken out on purpose: a simulation that does not notice proves nothing.
 */
import type { Settings } from '../../src/contract/settings.ts';
import type { JournalRules } from './sim-journal.ts';
import type { SimServer } from './sim-server.ts';

/** A rule that is taken out. */
export interface Mutant {
  readonly name: string;
  readonly journal?: JournalRules;
  readonly settings?: Partial<Settings>;
  /** Changes what the rules do; returns how to undo it. */
  readonly apply?: () => () => void;
  /** Stands between the network and the server. */
  readonly answer?: (answer: SimServer['answer'], ...request: Parameters<SimServer['answer']>) => ReturnType<SimServer['answer']>;
}
