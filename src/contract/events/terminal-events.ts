/**
 * Events of the keyboards of terminals. The sequence number of terminal_taken is the number of the control.
 */
import { z } from 'zod';
import { sessionId } from '../ids.ts';

/** How a control ended. */
export const controlEnd = z.enum(['released', 'expired', 'taken_over']);
/** How a control ended. */
export type ControlEnd = z.output<typeof controlEnd>;

/** Somebody has the keyboard of a terminal. */
export const terminalTaken = z.object({
  session_id: sessionId,
  by: z.string(),
  holder: z.string().nullable(),
  /** ms since 1970. */
  expires_at: z.number(),
});

/** They keep it for longer. */
export const terminalExtended = z.object({ session_id: sessionId, control: z.int(), expires_at: z.number() });

/** They have it no more. */
export const terminalReleased = z.object({ session_id: sessionId, control: z.int(), by: z.string(), reason: controlEnd });
