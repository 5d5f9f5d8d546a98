/**
 * A lock as it is shown (E9).
 */
import { z } from 'zod';
import { fencingToken, lockName, sessionId, timestamp } from '../ids.ts';

/** A lock as it is shown. */
export const lockView = z.object({
  name: lockName,
  session_id: sessionId,
  incarnation: z.int(),
  token: fencingToken,
  reason: z.string().nullable(),
  acquired_at: timestamp,
  expires_at: timestamp,
  expired: z.boolean().describe('true: its time is over; it no longer keeps anybody out.'),
});
/** A lock as it is shown. */
export type LockView = z.output<typeof lockView>;
