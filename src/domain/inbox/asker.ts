/**
 * Finds out who asks, raises or votes: the session that is named, else a person. Who proves to be a session must name it,
 * so that no session speaks for people by mistake.
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import { type DecideContext, NOTHING } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { liveSession, returnOf } from '../session/live-session.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';

/** Who asks. */
export interface Asker {
  /** As it is recorded: `session:{id}`, or the principal. */
  readonly name: string;
  readonly session: Session | null;
  /** That an offline session was heard of again. */
  readonly facts: readonly Fact[];
}

/** Who asks, or why they may not. */
export function askerOf(state: SwarmState, named: string | undefined, { caller }: DecideContext): Asker | Refusal {
  if (named === undefined) {
    if (caller.credential !== null) return refusal('credential_invalid', { session_id: 'of nobody' });
    return { name: caller.actor, session: null, facts: NOTHING };
  }
  const session = liveSession(state, named, caller);
  return isRefused(session) ? session : { name: `session:${session.id}`, session, facts: returnOf(session) };
}
