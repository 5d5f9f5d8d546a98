/**
 * What the rules of locks refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of locks refuse. */
export const LOCK_ERRORS = {
  lock_taken: entry(
    409,
    EXIT.conflict,
    'The lock {name} cannot be had: {holder} holds {held} until {expires_at}.',
    'Do something else first, then ask again; it is free when {holder} releases it, at the latest in {seconds} s.',
  ),
  lock_lost: entry(
    409,
    EXIT.conflict,
    'The session {session_id} does not hold the lock {name}: {reason}.',
    'Stop what needs it, then acquire it again: `tutti lock acquire {name}`.',
  ),
  lock_limit: entry(
    409,
    EXIT.conflict,
    '{who} holds {limit} locks, and no more are given.',
    'Release some, or lock a glob instead of files.',
  ),
} as const satisfies Record<string, ErrorEntry>;
