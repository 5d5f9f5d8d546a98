/**
 * How many tasks a session may be given: what is free of it, held back by a pause, its provider's limit and its breaker.
 */
import { breakerState } from './breaker.ts';
import { isLimited } from './provider-limit.ts';
import { freeSlots, type Session } from './state.ts';

/** Tasks that a session may be given at `now`. */
export function slotsToGive(session: Session, now: number): number {
  if (session.paused || isLimited(session, now)) return 0;
  const state = breakerState(session.breaker, now);
  if (state === 'closed') return freeSlots(session);
  return state === 'open' || session.held.length > 0 ? 0 : Math.min(1, freeSlots(session));
}
