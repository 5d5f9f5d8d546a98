/**
 * What the rules know of locks.
 *
 * States: acquired → (renewed …) → released, by its holder, by its time, or because its session left, was replaced or
 * went offline.
 * Invariants: two locks of different sessions never conflict; a token is the number of the event that granted it, so it
 * is larger than every token before. Bounds: 1,000 locks a session, 10,000 in all.
 */
import { type Expiring, insertExpiry, removeExpiry } from '../expiry-heap.ts';
import { globCovers, globsIntersect } from './glob.ts';
import { PathIndex } from './path-index.ts';

/** Locks that one session may hold. */
export const LOCKS_PER_SESSION = 1000;
/** Locks that all sessions may hold together. */
export const LOCKS_IN_ALL = 10_000;

const FILE = 'file:';

/** A lock. Times are ms since 1970. */
export interface Lock extends Expiring {
  readonly token: number;
  readonly name: string;
  readonly session_id: string;
  readonly incarnation: number;
  readonly acquired_at: number;
  readonly reason: string | null;
  ttl_ms: number;
}

/** All locks that are held. */
export interface Locks {
  readonly by_name: Map<string, Lock>;
  readonly by_token: Map<number, Lock>;
  readonly by_session: Map<string, Set<Lock>>;
  /** Those on files. */
  readonly files: PathIndex<Lock>;
  /** The next to expire first. */
  readonly expiry: Lock[];
}

/** No locks. */
export function createLocks(): Locks {
  return { by_name: new Map(), by_token: new Map(), by_session: new Map(), files: new PathIndex(), expiry: [] };
}

/** The locks, of whomever, that conflict with this name, expired ones included. */
export function* conflictingLocks(locks: Locks, name: string): Generator<Lock> {
  if (!name.startsWith(FILE)) {
    const same = locks.by_name.get(name);
    if (same !== undefined) yield same;
    return;
  }
  const glob = name.slice(FILE.length);
  for (const lock of locks.files.near(glob)) if (globsIntersect(lock.name.slice(FILE.length), glob)) yield lock;
}

/** True when a lock is on this name, or on files of which this is one. */
export function covers(lock: Lock, name: string): boolean {
  if (lock.name === name) return true;
  return lock.name.startsWith(FILE) && name.startsWith(FILE) && globCovers(lock.name.slice(FILE.length), name.slice(FILE.length));
}

/** When the next lock expires, or Infinity. */
export function nextExpiry(locks: Locks): number {
  return locks.expiry[0]?.expires_at ?? Infinity;
}

/** Takes a lock in. */
export function addLock(locks: Locks, lock: Lock): void {
  locks.by_name.set(lock.name, lock);
  locks.by_token.set(lock.token, lock);
  const held = locks.by_session.get(lock.session_id);
  if (held === undefined) locks.by_session.set(lock.session_id, new Set([lock]));
  else held.add(lock);
  if (lock.name.startsWith(FILE)) locks.files.add(lock.name.slice(FILE.length), lock);
  insertExpiry(locks.expiry, lock);
}

/** Lets a lock go. */
export function removeLock(locks: Locks, lock: Lock): void {
  locks.by_name.delete(lock.name);
  locks.by_token.delete(lock.token);
  const held = locks.by_session.get(lock.session_id);
  held?.delete(lock);
  if (held?.size === 0) locks.by_session.delete(lock.session_id);
  if (lock.name.startsWith(FILE)) locks.files.delete(lock.name.slice(FILE.length), lock);
  removeExpiry(locks.expiry, lock);
}
