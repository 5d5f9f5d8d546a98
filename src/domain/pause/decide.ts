/**
 * The rules of pausing and resuming. Pausing what is paused, and resuming what is not, changes nothing.
 */
import type { PauseScope } from '../../contract/events/swarm-events.ts';
import type { Refusal } from '../../contract/failure.ts';
import { NOTHING, type Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { PAUSED_CAPABILITIES, pauseOf } from './state.ts';

interface Named {
  readonly capability?: string | undefined;
  readonly session?: string | undefined;
}

interface Place {
  readonly scope: PauseScope;
  readonly target: string;
}

/** Nothing new begins there. */
export const pauseRule: Rule<'swarm.pause'> = {
  decide: (state, input) => {
    const place = placeOf(state, input);
    if (isRefused(place)) return place;
    if (pauseOf(state.pauses, place.scope, place.target) !== null) return NOTHING;
    if (place.scope === 'capability' && state.pauses.capabilities.size >= PAUSED_CAPABILITIES) {
      return refusal('pause_limit', { limit: PAUSED_CAPABILITIES });
    }
    return [{ type: 'work_paused', data: { ...place, reason: input.reason ?? null } }];
  },
};

/** Work is given out there again. */
export const resumeRule: Rule<'swarm.resume'> = {
  decide: (state, input) => {
    const place = placeOf(state, input);
    if (isRefused(place)) return place;
    if (pauseOf(state.pauses, place.scope, place.target) === null) return NOTHING;
    return [{ type: 'work_resumed', data: place }];
  },
};

function placeOf(state: SwarmState, { capability, session }: Named): Place | Refusal {
  if (capability !== undefined && session !== undefined) {
    return refusal('invalid_input', { issues: 'session: name a capability or a session, not both' });
  }
  if (capability !== undefined) return { scope: 'capability', target: capability };
  if (session === undefined) return { scope: 'swarm', target: '' };
  return state.sessions.has(session) ? { scope: 'session', target: session } : refusal('session_unknown', { session_id: session });
}
