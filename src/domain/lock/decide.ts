/**
 * The rules of locks (E9): acquire, renew, release. Nothing waits: a lock that cannot be had is refused with its holder.
 */
import type { Fact } from '../../contract/event.ts';
import type { LockEnd } from '../../contract/events/lock-events.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { afterReturn, liveSession, returnOf } from '../session/live-session.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { expiredBy } from '../expiry-heap.ts';
import { conflictingLocks, type Lock, LOCKS_IN_ALL, LOCKS_PER_SESSION, nextExpiry } from './state.ts';

const DEFAULT_TTL_MS = 300_000;

/** A lock that conflicts with no other session's. A lock whose time is over makes room, also before the health pass. */
export const acquireRule: Rule<'lock.acquire'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    const { now } = context;
    const { name } = input;
    const own = state.locks.by_name.get(name);
    const ttl_ms = msOf(input.ttl_seconds) ?? DEFAULT_TTL_MS;
    if (own !== undefined && own.session_id === session.id && own.expires_at > now) return afterReturn(session, renewal(own, ttl_ms, now));
    const facts: Fact[] = [...returnOf(session)];
    for (const lock of conflictingLocks(state.locks, name)) {
      if (lock.expires_at <= now) facts.push(endOf(lock, 'expired'));
      else if (lock.session_id !== session.id) return taken(name, lock, now);
    }
    const no = whyNotMore(state, session);
    if (no !== null) return no;
    facts.push({
      type: 'lock_acquired',
      data: {
        session_id: session.id,
        incarnation: session.incarnation,
        name,
        ttl_ms,
        expires_at: now + ttl_ms,
        reason: input.reason ?? null,
      },
    });
    return facts;
  },
};

/** The time counts from now. A lock whose time is over is lost, even if nobody has taken it. */
export const renewRule: Rule<'lock.renew'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    const lock = heldLock(state, session, input, context.now);
    if (isRefused(lock)) return lock;
    return afterReturn(session, renewal(lock, msOf(input.ttl_seconds) ?? lock.ttl_ms, context.now));
  },
};

/** Ends a lock. */
export const releaseRule: Rule<'lock.release'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    const lock = heldLock(state, session, input, context.now);
    return isRefused(lock) ? lock : afterReturn(session, endOf(lock, 'released'));
  },
};

/** The facts that end every lock of a session that leaves, is replaced or has gone silent. */
export function releaseLocks(state: SwarmState, sessionId: string, reason: LockEnd): Fact[] {
  return Array.from(state.locks.by_session.get(sessionId) ?? [], (lock) => endOf(lock, reason));
}

/** The facts that end the locks whose time is over at `now`, but for those that `facts` end already. */
export function expiredLocks(state: SwarmState, now: number, facts: readonly Fact[]): Fact[] {
  if (nextExpiry(state.locks) > now) return [];
  const ended = new Set(facts.flatMap(({ type, data }) => (type === 'lock_released' ? [data.token] : [])));
  return expiredBy(state.locks.expiry, now).flatMap((lock) => (ended.has(lock.token) ? [] : [endOf(lock, 'expired')]));
}

/** The fact that ends a lock. */
function endOf({ session_id, name, token }: Lock, reason: LockEnd): Fact {
  return { type: 'lock_released', data: { session_id, name, token, reason } };
}

function renewal({ session_id, name, token }: Lock, ttl_ms: number, now: number): Fact {
  return { type: 'lock_renewed', data: { session_id, name, token, ttl_ms, expires_at: now + ttl_ms } };
}

function heldLock(
  state: SwarmState,
  session: Session,
  { name, token }: { readonly name: string; readonly token?: number | undefined },
  now: number,
): Lock | Refusal {
  const lock = state.locks.by_name.get(name);
  const lost = (reason: string): Refusal => refusal('lock_lost', { name, session_id: session.id, reason });
  if (lock === undefined) return lost('it expired or was released');
  if (lock.session_id !== session.id) return lost(`${lock.session_id} holds it`);
  if (token !== undefined && token !== lock.token) return lost(`its token is ${lock.token}, not ${token}`);
  return lock.expires_at > now ? lock : lost('it expired');
}

function taken(name: string, lock: Lock, now: number): Refusal {
  const seconds = Math.ceil((lock.expires_at - now) / 1000);
  const expires_at = new Date(lock.expires_at).toISOString();
  return refusal('lock_taken', { name, held: lock.name, holder: lock.session_id, token: lock.token, expires_at, seconds });
}

function whyNotMore(state: SwarmState, session: Session): Refusal | null {
  const held = state.locks.by_session.get(session.id)?.size ?? 0;
  if (held >= LOCKS_PER_SESSION) return refusal('lock_limit', { who: `The session ${session.id}`, limit: LOCKS_PER_SESSION });
  return state.locks.by_name.size >= LOCKS_IN_ALL ? refusal('lock_limit', { who: 'The swarm', limit: LOCKS_IN_ALL }) : null;
}

function msOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
