/**
 * What the rules know of requests for colleagues (D3). States: open → started | declined | withdrawn. Whoever runs hosts
 * starts the session and settles the request.
 */
import type { EventData } from '../../contract/event.ts';
import type { Recorded } from '../inbox/ledger.ts';

/** A request for a colleague. Times are ms since 1970. */
export interface ColleagueRequest extends Recorded {
  readonly requested: EventData<'colleague_requested'>;
  /** null while it is open. */
  settled: EventData<'colleague_settled'> | null;
}
