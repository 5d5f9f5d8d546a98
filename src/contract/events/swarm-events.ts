/**
 * Events of the swarm as a whole.
 */
import { z } from 'zod';
import { settingsPatch } from '../settings.ts';

/** Protocol rules changed. */
export const configApplied = z.object({ settings: settingsPatch });

/** What is paused: everything, one capability, or one session. */
export const pauseScope = z.enum(['swarm', 'capability', 'session']);
/** What is paused. */
export type PauseScope = z.output<typeof pauseScope>;

/** Nothing new is given out or claimed there; what runs goes on. */
export const workPaused = z.object({ scope: pauseScope, target: z.string(), reason: z.string().nullable() });

/** Work is given out there again. */
export const workResumed = z.object({ scope: pauseScope, target: z.string() });

/** A writer took over this log; every lease and session gets one grace period from now. */
export const swarmRecovered = z.object({ writer: z.string() });

/** In place of an event that a repair could not keep: its number stays taken, so that all others keep theirs. */
export const eventLost = z.object({
  /** unreadable: nothing proves what it was; unfit: it follows one that was lost. */
  reason: z.enum(['unreadable', 'unfit']),
  /** The type it had, when that is known. */
  was: z.string().nullable(),
});
