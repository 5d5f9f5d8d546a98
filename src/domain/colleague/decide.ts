/**
 * The rules of requests for colleagues (D3): request and settle.
 */
import type { Rule } from '../decision.ts';
import { askerOf } from '../inbox/asker.ts';
import { nextId, whoIsFull } from '../inbox/ledger.ts';
import { isRefused, refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import type { ColleagueRequest } from './state.ts';

type Wanted = Pick<ColleagueRequest['requested'], 'requested_by' | 'role' | 'instructions'>;

/** Asking for the same again while it is open changes nothing. */
export const colleagueRequestRule: Rule<'colleague.request'> = {
  decide: (state, input, context) => {
    const asker = askerOf(state, input.session_id, context);
    if (isRefused(asker)) return asker;
    const { role, name = null, instructions, task_id = null } = input;
    if (openColleagueRequest(state, { requested_by: asker.name, role, instructions }) !== null) return asker.facts;
    const full = whoIsFull(state.colleagues, asker.name);
    if (full !== null) return refusal('inbox_full', { ...full, what: 'requests for colleagues' });
    const request_id = nextId(state.colleagues, 'colleague');
    const data = { request_id, role, name, instructions, requested_by: asker.name, session_id: asker.session?.id ?? null, task_id };
    return [...asker.facts, { type: 'colleague_requested', data }];
  },
};

/** Ends it, once. */
export const colleagueSettleRule: Rule<'colleague.settle'> = {
  decide: (state, { request_id, outcome, colleague = null, reason = null }, { caller }) => {
    const request = state.colleagues.records.get(request_id);
    if (request === undefined) return refusal('colleague_request_unknown', { request_id });
    if (request.settled !== null) return refusal('colleague_request_closed', { request_id, status: request.settled.outcome });
    return [{ type: 'colleague_settled', data: { request_id, outcome, session_id: colleague, reason, settled_by: caller.actor } }];
  },
};

/** The open request of the same asker for the same, or null. */
export function openColleagueRequest(state: SwarmState, wanted: Wanted): ColleagueRequest | null {
  for (const request of state.colleagues.open.values()) {
    const { requested_by, role, instructions } = request.requested;
    if (requested_by === wanted.requested_by && role === wanted.role && instructions === wanted.instructions) return request;
  }
  return null;
}
