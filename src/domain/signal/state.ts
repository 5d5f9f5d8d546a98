/**
 * What the rules know of signals (C4): what somebody noticed. States: open → resolved | dismissed.
 */
import type { EventData } from '../../contract/event.ts';
import type { Recorded } from '../inbox/ledger.ts';

/** A signal. Times are ms since 1970. */
export interface Signal extends Recorded {
  readonly raised: EventData<'signal_raised'>;
  /** null while it is open. */
  resolved: EventData<'signal_resolved'> | null;
}
