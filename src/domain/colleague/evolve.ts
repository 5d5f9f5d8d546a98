/**
 * What the events of requests for colleagues do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { closeRecord, openRecord } from '../inbox/ledger.ts';
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { jsonSize } from '../task/json-size.ts';

/** A session needs somebody beside it. */
export function onColleagueRequested(state: SwarmState, { time, data }: EventOf<'colleague_requested'>): void {
  const bytes = jsonSize(data, Infinity);
  openRecord(state.colleagues, {
    id: data.request_id,
    number: state.colleagues.numbered + 1,
    bytes,
    opened_at: time,
    opened_by: data.requested_by,
    closed_at: 0,
    requested: data,
    settled: null,
  });
}

/** The colleague is there, or will not come. */
export function onColleagueSettled(state: SwarmState, event: EventOf<'colleague_settled'>): void {
  const request = state.colleagues.open.get(event.data.request_id);
  invariant(request !== undefined, () => `event ${event.seq} settles ${event.data.request_id}, which is not open`);
  request.settled = event.data;
  closeRecord(state.colleagues, request, event.time);
}
