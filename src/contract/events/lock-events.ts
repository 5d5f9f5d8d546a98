/**
 * Events of locks. The sequence number of lock_acquired is the fencing token.
 */
import { z } from 'zod';
import { fencingToken, lockName, sessionId } from '../ids.ts';

/** A session got a lock. Times are ms since 1970. */
export const lockAcquired = z.object({
  session_id: sessionId,
  incarnation: z.int(),
  name: lockName,
  ttl_ms: z.int(),
  expires_at: z.number(),
  reason: z.string().nullable(),
});

/** Its holder keeps it for longer. */
export const lockRenewed = z.object({
  session_id: sessionId,
  name: lockName,
  token: fencingToken,
  ttl_ms: z.int(),
  expires_at: z.number(),
});

/** Why a lock ended. */
export const lockEnd = z.enum(['released', 'expired', 'deregistered', 'replaced', 'session_offline']);
/** Why a lock ended. */
export type LockEnd = z.output<typeof lockEnd>;

/** A lock ended; its token is stale from now on. */
export const lockReleased = z.object({ session_id: sessionId, name: lockName, token: fencingToken, reason: lockEnd });
