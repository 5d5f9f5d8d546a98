/**
 * The rule of rolling back: what the plan says, and before it the event that says why.
 */
import { NOTHING, type Rule } from '../decision.ts';
import { refusal } from '../refuse.ts';
import { planRollback } from './plan.ts';

/** Kept things that the event names. */
const KEPT_NAMED = 200;

/** New events only. What it does not change and why stands in its first event. */
export const rollbackRule: Rule<'event.rollback'> = {
  decide: (state, { dry_run, parts: chosen }, context) => {
    const { earlier } = context;
    if (earlier === undefined) return refusal('moment_failed', { reason: 'nobody said how things were then' });
    const { parts, facts, kept, more } = planRollback(state, earlier, context, chosen);
    if (facts.length === 0 || dry_run === true) return NOTHING;
    const said = { changed: facts.length, kept: kept.slice(0, KEPT_NAMED), kept_total: kept.length, more };
    return [{ type: 'swarm_rolled_back', data: { to_seq: earlier.seq, to_time: earlier.time, parts: [...parts], ...said } }, ...facts];
  },
};
