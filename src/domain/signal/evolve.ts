/**
 * What the events of signals do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { closeRecord, openRecord } from '../inbox/ledger.ts';
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { jsonSize } from '../task/json-size.ts';

/** Somebody noticed something. */
export function onSignalRaised(state: SwarmState, { time, data }: EventOf<'signal_raised'>): void {
  const bytes = jsonSize(data, Infinity);
  openRecord(state.signals, {
    id: data.signal_id,
    number: state.signals.numbered + 1,
    bytes,
    opened_at: time,
    opened_by: data.raised_by,
    closed_at: 0,
    raised: data,
    resolved: null,
  });
}

/** It was dealt with. */
export function onSignalResolved(state: SwarmState, event: EventOf<'signal_resolved'>): void {
  const signal = state.signals.open.get(event.data.signal_id);
  invariant(signal !== undefined, () => `event ${event.seq} resolves ${event.data.signal_id}, which is not open`);
  signal.resolved = event.data;
  closeRecord(state.signals, signal, event.time);
}
