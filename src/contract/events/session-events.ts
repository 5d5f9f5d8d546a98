/**
 * Events of sessions. The sequence number of session_registered is the incarnation.
 */
import { z } from 'zod';
import { accountName, sessionId, sessionMode, userContext } from '../ids.ts';

/** A session registered; its earlier incarnation, if any, is over. */
export const sessionRegistered = z.object({
  session_id: sessionId,
  capabilities: z.array(z.string()),
  specialties: z.array(z.string()),
  max_concurrent_tasks: z.int(),
  role: z.string().nullable(),
  runner: z.string().nullable(),
  host: z.string().nullable(),
  /** Whose allowance at a provider it uses. Left out: nobody said. */
  account: accountName.optional(),
  /** Left out: development. */
  mode: sessionMode.optional(),
  user_context: userContext.optional(),
});

/** A session left by itself. */
export const sessionDeregistered = z.object({ session_id: sessionId });

/** A session was silent for too long. */
export const sessionOffline = z.object({ session_id: sessionId, last_contact: z.number() });

/** A session that was offline was heard of again. */
export const sessionReturned = z.object({ session_id: sessionId });

/** A session says that it is busy or idle, other than before. */
export const sessionReported = z.object({ session_id: sessionId, status: z.enum(['idle', 'busy']) });
