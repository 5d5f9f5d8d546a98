/**
 * Events of schedules. What the calendar and chance said stands in them, so that a replay asks neither.
 */
import { z } from 'zod';
import { scheduleId, taskId } from '../ids.ts';
import { schedulePlan } from '../views/schedule-view.ts';

/** When it fires next: by the expression, and with jitter; ms since 1970. null: never again. */
const nextTime = z.object({ planned_at: z.number(), due_at: z.number() }).nullable();

/** A schedule was added. */
export const scheduleAdded = schedulePlan.extend({ next: nextTime });

/** It fired; the task was added in the same decision, just before. */
export const scheduleFired = z.object({
  schedule_id: scheduleId,
  task_id: taskId,
  planned_at: z.number(),
  /** true: somebody asked for it, and its next time stays. */
  by_hand: z.boolean(),
  next: nextTime,
});

/** Why a time passes without a task. */
const skipReason = z.enum(['missed', 'overlap', 'too_many_unfinished', 'refused']);
/** Why a time passes without a task. */
export type SkipReason = z.output<typeof skipReason>;

/** So many times, from `planned_at` on, passed without a task. At most 1,000 are counted. */
export const scheduleSkipped = z.object({
  schedule_id: scheduleId,
  planned_at: z.number(),
  count: z.int().positive(),
  reason: skipReason,
  /** The error code when the task was refused. */
  code: z.string().optional(),
  next: nextTime,
});

/** It does not fire until it is resumed. */
export const schedulePaused = z.object({ schedule_id: scheduleId });

/** It fires again. */
export const scheduleResumed = z.object({ schedule_id: scheduleId, next: nextTime });

/** It is gone; its tasks stay. */
export const scheduleRemoved = z.object({ schedule_id: scheduleId });
