/**
 * The rules of signals (C4): raise and resolve.
 */
import type { Rule } from '../decision.ts';
import { askerOf } from '../inbox/asker.ts';
import { DETAIL_BYTES, nextId, whoIsFull } from '../inbox/ledger.ts';
import { isRefused, refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { jsonBytes } from '../task/json-size.ts';
import type { Signal } from './state.ts';

/** Raising the same again while it is open changes nothing. */
export const raiseRule: Rule<'signal.raise'> = {
  decide: (state, input, context) => {
    const asker = askerOf(state, input.session_id, context);
    if (isRefused(asker)) return asker;
    if (openSignal(state, { raised_by: asker.name, title: input.title }) !== null) return asker.facts;
    const full = whoIsFull(state.signals, asker.name);
    if (full !== null) return refusal('inbox_full', { ...full, what: 'signals' });
    const bytes = input.details === undefined ? 0 : jsonBytes(input.details, DETAIL_BYTES);
    if (bytes > DETAIL_BYTES) return refusal('event_too_large', { bytes, limit: DETAIL_BYTES });
    const data = {
      signal_id: nextId(state.signals, 'signal'),
      type: input.type,
      title: input.title,
      details: input.details ?? null,
      evidence: input.evidence ?? [],
      urgency: input.urgency ?? 'medium',
      impact: input.impact ?? null,
      raised_by: asker.name,
      session_id: asker.session?.id ?? null,
      task_id: input.task_id ?? null,
    };
    return [...asker.facts, { type: 'signal_raised', data }];
  },
};

/** Ends it, once. */
export const resolveRule: Rule<'signal.resolve'> = {
  decide: (state, { signal_id, session_id, outcome = 'resolved', resolution }, context) => {
    const signal = state.signals.records.get(signal_id);
    if (signal === undefined) return refusal('signal_unknown', { signal_id });
    const { resolved } = signal;
    if (resolved !== null) return refusal('signal_closed', { signal_id, status: resolved.outcome, by: resolved.resolved_by });
    const asker = askerOf(state, session_id, context);
    if (isRefused(asker)) return asker;
    return [...asker.facts, { type: 'signal_resolved', data: { signal_id, outcome, resolution, resolved_by: asker.name } }];
  },
};

/** The open signal of the same asker under the same title, or null. */
export function openSignal(state: SwarmState, { raised_by, title }: { readonly raised_by: string; readonly title: string }): Signal | null {
  for (const signal of state.signals.open.values()) if (signal.raised.title === title && signal.opened_by === raised_by) return signal;
  return null;
}
