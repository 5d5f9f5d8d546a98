/**
 * The rule of parking: a provider takes no more for now, so the task gives its session back, and the sessions that share
 * its account get nothing until the reset (F3). The task waits as long, or goes to sessions of other accounts at once: always
 * when the provider refuses the key or the model, which a person is told, because nobody knows for how long.
 * Invariant: those that wait for the same moment do not come back in the same moment.
 */
import type { Fact, LogEvent } from '../../contract/event.ts';
import type { Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { liveSession, returnOf } from '../session/live-session.ts';
import { needsPerson, refusalsOf } from '../session/provider-limit.ts';
import { tellOfRefusal } from '../session/refused-access.ts';
import { BODY_BYTES } from './decide-add.ts';
import { leaseHeldBy, namedTask } from './held-task.ts';
import { jsonBytes } from './json-size.ts';

/** Wait when nobody knows for how long, in ms. */
const UNKNOWN_WAIT_MS = { rate: 60_000, usage: 900_000, overloaded: 30_000, access: 60_000, model: 60_000 } as const;
/** Such a wait doubles with every refusal in a row, up to this many times. */
const MOST_DOUBLINGS = 5;
const LONGEST_WAIT_MS = 7 * 86_400_000;
/** The random pause is a tenth of the wait, within these bounds, so that a crowd comes back staggered. */
const SPREAD_MS = { least: 5_000, most: 120_000, part: 0.1 } as const;

/** Gives a held task back until its provider takes more. */
export const parkRule: Rule<'work.park'> = {
  names: namedTask,
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    const task = state.tasks.get(input.task_id);
    if (task === undefined)
      return refusal(context.retired.has(input.task_id) ? 'lease_stale' : 'task_unknown', {
        task_id: input.task_id,
        lease: input.lease ?? null,
      });
    const lease = leaseHeldBy(task, input, context.caller);
    if (isRefused(lease)) return lease;
    const bytes = jsonBytes(input.checkpoint, BODY_BYTES);
    if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
    const reset_at = input.reset_at === undefined || input.reset_at === null ? null : Date.parse(input.reset_at);
    const { now } = context;
    const times = refusalsOf(session, now);
    const unknown = UNKNOWN_WAIT_MS[input.reason] * 2 ** Math.min(MOST_DOUBLINGS, times);
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(0, (reset_at ?? now + unknown) - now));
    const spread = Math.round(Math.min(SPREAD_MS.most, Math.max(SPREAD_MS.least, wait * SPREAD_MS.part)));
    const from = Math.round(now + wait + 1);
    const waits = state.settings.limited_tasks === 'wait' && !needsPerson(input);
    const until = waits ? Math.round(from + spread * context.random()) : now;
    // A provider's own load is nobody's allowance, and the model is the session's own choice.
    const account = input.reason === 'overloaded' || input.reason === 'model' ? null : session.account;
    const said = input.message === undefined ? {} : { message: input.message };
    const limited = { account, session_id: session.id, reason: input.reason, reset_at, until: from, spread, times, ...said };
    const data = {
      task_id: task.id,
      prev: 0,
      lease: lease.number,
      session_id: session.id,
      reason: input.reason,
      reset_at,
      until,
      checkpoint: input.checkpoint ?? null,
    };
    const parked: Fact[] = [...returnOf(session), { type: 'task_parked', data }, { type: 'account_limited', data: limited }];
    return needsPerson(input) ? [...parked, ...tellOfRefusal(state, session, input)] : parked;
  },
};

/** When the task of such a decision is given out again, ms since 1970; null when there was none. */
export function parkedUntil(events: readonly LogEvent[]): number | null {
  const parked = events.find((event) => event.type === 'task_parked');
  return parked?.data.until ?? null;
}
