/**
 * Events of the capability registry (B3, B4).
 */
import { z } from 'zod';
import { capability, sessionId } from '../ids.ts';
import { detectionRule } from '../views/capability-view.ts';

/** A capability was defined, or defined anew. */
export const capabilityDefined = z.object({
  capability,
  description: z.string(),
  skills: z.array(z.string()),
  time_multiplier: z.number(),
  detection: detectionRule.required().nullable(),
});

/** Its definition is gone; one that comes with Tutti is as it came. */
export const capabilityRemoved = z.object({ capability });

/** A session got a capability beside those it registered with. */
export const sessionCapabilityAdded = z.object({
  session_id: sessionId,
  capability,
  /** detected: its history shows it; granted: somebody gave it. */
  reason: z.enum(['detected', 'granted']),
});
