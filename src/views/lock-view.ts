/**
 * Locks as they are shown, and whether a fencing token is good.
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { LockView } from '../contract/views/lock-view.ts';
import type { LogEvent } from '../contract/event.ts';
import { conflictingLocks, covers, type Lock } from '../domain/lock/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { pageOf } from './page.ts';
import { isoTime } from './time.ts';

/** What an acquisition answers: the grant, or the renewal of what was held already. */
export function answerAcquire(input: InputOf<'lock.acquire'>, events: readonly LogEvent[]): OutputOf<'lock.acquire'> {
  const { token, expires_at } = grantOf(events);
  return { status: 'acquired', name: input.name, session_id: input.session_id, token, expires_at };
}

/** What a renewal answers. */
export function answerRenew(input: InputOf<'lock.renew'>, events: readonly LogEvent[]): OutputOf<'lock.renew'> {
  return { status: 'renewed', name: input.name, ...grantOf(events) };
}

/** What a release answers. */
export function answerRelease(input: InputOf<'lock.release'>, events: readonly LogEvent[]): OutputOf<'lock.release'> {
  const released = events.find((event) => event.type === 'lock_released');
  return { status: 'released', name: input.name, token: released?.data.token ?? 0 };
}

/** A page of locks. */
export function listLocks(state: SwarmState, input: InputOf<'lock.list'>, now: number): OutputOf<'lock.list'> {
  const { conflicts_with, session_id } = input;
  const near = conflicts_with === undefined ? null : new Set(conflictingLocks(state.locks, conflicts_with));
  const matches = (lock: Lock): boolean => {
    if (near !== null && (!near.has(lock) || lock.expires_at <= now)) return false;
    return session_id === undefined || lock.session_id === session_id;
  };
  const page = pageOf(input, { after: (token) => locksAfter(state, token), matches });
  return { locks: page.items.map((lock) => showLock(lock, now)), next_cursor: page.next };
}

/** Whether a token is good for a name or path at `now`. */
export function checkLock(state: SwarmState, { name, token }: InputOf<'lock.check'>, now: number): OutputOf<'lock.check'> {
  const lock = state.locks.by_token.get(token);
  if (lock === undefined) return { valid: false, reason: 'stale', lock: null };
  const reason = !covers(lock, name) ? 'not_covered' : lock.expires_at <= now ? 'expired' : 'held';
  return { valid: reason === 'held', reason, lock: showLock(lock, now) };
}

/** There are few enough of them to look at all. */
function* locksAfter({ locks }: SwarmState, after: number): Generator<readonly [number, Lock]> {
  for (const entry of locks.by_token) if (entry[0] > after) yield entry;
}

function grantOf(events: readonly LogEvent[]): { readonly token: number; readonly expires_at: string } {
  for (const event of events) {
    if (event.type === 'lock_acquired') return { token: event.seq, expires_at: isoTime(event.data.expires_at) };
    if (event.type === 'lock_renewed') return { token: event.data.token, expires_at: isoTime(event.data.expires_at) };
  }
  throw new TypeError('a lock was granted without an event');
}

function showLock(lock: Lock, now: number): LockView {
  const { name, session_id, incarnation, token, reason } = lock;
  return {
    name,
    session_id,
    incarnation,
    token,
    reason,
    acquired_at: isoTime(lock.acquired_at),
    expires_at: isoTime(lock.expires_at),
    expired: lock.expires_at <= now,
  };
}
