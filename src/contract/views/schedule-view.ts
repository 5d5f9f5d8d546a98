/**
 * A schedule as it is shown: when it fires, what it adds, what came of it.
 */
import { z } from 'zod';
import { scheduleId, taskId, timestamp } from '../ids.ts';
import { taskInput } from '../operations/work-operations.ts';

/** What becomes of times that passed while nobody could fire. */
export const catchUpPolicy = z
  .enum(['none', 'last', 'all'])
  .describe(
    'Times that were missed, late by more than a minute or by a whole period, mostly while the server was down: none of them, the last, or all, at most 100.',
  );
/** What happens when it fires while a task of it is not over. */
export const overlapPolicy = z
  .enum(['allow', 'skip', 'queue'])
  .describe('When a task of it is not over: add another beside it (allow), none (skip), or one that waits for it (queue).');
/** The task that a schedule adds. */
export const scheduledTask = taskInput.omit({ id: true, dependencies: true, dependencies_met: true });
/** The task that a schedule adds. */
export type ScheduledTask = z.output<typeof scheduledTask>;

/** What a schedule was added with. */
export const schedulePlan = z.object({
  schedule_id: scheduleId,
  cron: z.string(),
  time_zone: z.string(),
  task: scheduledTask,
  catch_up: catchUpPolicy,
  overlap: overlapPolicy,
  jitter_seconds: z.number(),
});

/** A schedule as it is shown. */
export const scheduleView = schedulePlan.extend({
  status: z.enum(['active', 'paused', 'ended']).describe('ended: its time never comes again.'),
  next_at: timestamp.nullable().describe('When it fires next, jitter included.'),
  next_times: z.array(timestamp).describe('The next five times by the expression, without jitter.'),
  last: z.object({ planned_at: timestamp, fired_at: timestamp, task_id: taskId }).nullable().describe('Its last firing.'),
  fired: z.int().describe('Tasks that it added.'),
  skipped: z.int().describe('Times at which it added none.'),
  unfinished: z.int().describe('Tasks of it that are not over.'),
  created_at: timestamp,
});
/** A schedule as it is shown. */
export type ScheduleView = z.output<typeof scheduleView>;
