/**
 * Events of the swarm as a whole.
 */
import { z } from 'zod';
import { settingsPatch } from '../settings.ts';

/** Protocol rules changed. */
export const configApplied = z.object({ settings: settingsPatch });

/** A writer took over this log; every lease and session gets one grace period from now. */
export const swarmRecovered = z.object({ writer: z.string() });
