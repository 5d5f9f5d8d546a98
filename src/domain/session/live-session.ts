/**
 * Finds the session that a command speaks for, and checks that it may.
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { Caller } from '../../contract/caller.ts';
import { NOTHING } from '../decision.ts';
import { refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { isMember, type Session } from './state.ts';

/** The member with this id, if the caller's credential (when there is one) is of its present incarnation. */
export function liveSession(state: SwarmState, sessionId: string, caller: Caller): Session | Refusal {
  const session = state.sessions.get(sessionId);
  if (session === undefined) return refusal('session_unknown', { session_id: sessionId });
  if (!isMember(session)) return refusal('session_ended', { session_id: sessionId });
  const { credential } = caller;
  if (credential !== null && credential.session_id !== sessionId) return refusal('credential_invalid', { session_id: sessionId });
  if (credential !== null && credential.incarnation !== session.incarnation) return refusal('incarnation_stale', { session_id: sessionId });
  return session;
}

/** A fact, after the fact that its session was heard of again, if it was offline. */
export function afterReturn(session: Session, fact: Fact): readonly Fact[] {
  return session.offline ? [...returnOf(session), fact] : [fact];
}

/** The fact that an offline session was heard of again, if it was offline. */
export function returnOf(session: Session): readonly Fact[] {
  return session.offline ? [{ type: 'session_returned', data: { session_id: session.id } }] : NOTHING;
}
