/**
 * What the events of locks do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { settleExpiry } from '../expiry-heap.ts';
import { addLock, type Lock, type Locks, removeLock } from './state.ts';

/** A session got a lock. */
export function onLockAcquired({ locks }: SwarmState, event: EventOf<'lock_acquired'>): void {
  const { session_id, incarnation, name, ttl_ms, expires_at, reason } = event.data;
  invariant(!locks.by_name.has(name), () => `event ${event.seq} grants ${name}, which is held`);
  addLock(locks, { token: event.seq, name, session_id, incarnation, acquired_at: event.time, reason, ttl_ms, expires_at, place: -1 });
}

/** Its holder keeps it for longer. */
export function onLockRenewed({ locks }: SwarmState, event: EventOf<'lock_renewed'>): void {
  const lock = lockOf(locks, event);
  lock.ttl_ms = event.data.ttl_ms;
  lock.expires_at = event.data.expires_at;
  settleExpiry(locks.expiry, lock);
}

/** It ended. */
export function onLockReleased({ locks }: SwarmState, event: EventOf<'lock_released'>): void {
  removeLock(locks, lockOf(locks, event));
}

/** A writer took over at `time`: nobody could renew in between, so every lock lasts for its length from then, once. */
export function graceLocks({ locks }: SwarmState, time: number): void {
  for (const lock of locks.by_name.values()) {
    lock.expires_at = Math.max(lock.expires_at, time + lock.ttl_ms);
    settleExpiry(locks.expiry, lock);
  }
}

function lockOf(locks: Locks, event: EventOf<'lock_renewed'> | EventOf<'lock_released'>): Lock {
  const lock = locks.by_token.get(event.data.token);
  invariant(lock !== undefined, () => `event ${event.seq} names the lock ${event.data.token}, which is not held`);
  return lock;
}
