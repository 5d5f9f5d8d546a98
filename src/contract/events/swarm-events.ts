/**
 * Events of the swarm as a whole.
 */
import { z } from 'zod';
import { settingsPatch } from '../settings.ts';

/** Protocol rules changed. */
export const configApplied = z.object({ settings: settingsPatch });

/** A writer took over this log; every lease and session gets one grace period from now. */
export const swarmRecovered = z.object({ writer: z.string() });

/** In place of an event that a repair could not keep: its number stays taken, so that all others keep theirs. */
export const eventLost = z.object({
  /** unreadable: nothing proves what it was; unfit: it follows one that was lost. */
  reason: z.enum(['unreadable', 'unfit']),
  /** The type it had, when that is known. */
  was: z.string().nullable(),
});
