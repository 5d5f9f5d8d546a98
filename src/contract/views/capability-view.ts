/**
 * A capability of the registry, and one that a session's history shows (B3, B4).
 */
import { z } from 'zod';
import { capability, sessionId, taskType } from '../ids.ts';

/** When a session's history shows a capability (B4). */
export const detectionRule = z
  .strictObject({
    task_types: z.array(taskType).min(1).max(50).describe('Types of tasks that count.'),
    more_than: z.int().min(0).max(1_000_000).describe('It is detected once more than so many of them completed.'),
    min_success: z.number().min(0).max(1).optional().describe('And at least this share of those that ended did; default 0.5.'),
  })
  .describe('When a history of completed tasks shows this capability.');

/** A capability of the registry. */
export const capabilityView = z.object({
  name: capability,
  description: z.string(),
  skills: z.array(z.string()),
  time_multiplier: z.number().describe('What the estimate of such a task is multiplied by before anything is learned.'),
  detection: detectionRule.required().nullable(),
  built_in: z.boolean().describe('true: it comes with Tutti.'),
  changed: z.boolean().describe('true: somebody defined it, in place of the one that comes with Tutti or of none.'),
  sessions: z.int().describe('Members that have it.'),
});
/** A capability of the registry. */
export type CapabilityView = z.output<typeof capabilityView>;

/** A capability that a session's history shows and that it does not have. */
export const detectedCapability = z.object({
  session_id: sessionId,
  capability,
  completed: z.int().describe('Tasks of the counted types that it completed.'),
  failed: z.int().describe('And that it failed.'),
});
/** A capability that a session's history shows. */
export type DetectedCapability = z.output<typeof detectedCapability>;
