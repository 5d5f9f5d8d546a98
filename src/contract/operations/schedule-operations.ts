/**
 * Operations of schedules: add, list, show, pause, resume, remove, run.
 */
import { z } from 'zod';
import { commandId, scheduleId, taskId } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { catchUpPolicy, overlapPolicy, scheduledTask, scheduleView } from '../views/schedule-view.ts';

const one = { schedule_id: scheduleId, command_id: commandId.optional() };

/** Adding the same again changes nothing. */
export const scheduleAdd = command(
  'Add a schedule: a task is added each time its cron expression comes round.',
  {
    input: z.strictObject({
      ...one,
      cron: z.string().min(1).max(256).describe('Minute, hour, day, month, weekday; with seconds before them if there are six fields.'),
      time_zone: z.string().min(1).max(64).optional().describe('IANA time zone; default UTC.'),
      task: scheduledTask,
      catch_up: catchUpPolicy.optional(),
      overlap: overlapPolicy.optional(),
      jitter_seconds: z.number().min(0).max(86_400).optional().describe('It fires up to so much later, by chance; default 0.'),
    }),
    output: z.object({ schedule: scheduleView }),
  },
  { role: 'operator', paths: [post('/schedule/add')], tool: 'add_schedule' },
);

/** Schedules in the order they were added. */
export const scheduleList = query(
  'List schedules.',
  {
    input: z.strictObject({ cursor: z.string().max(512).optional(), limit: z.int().min(1).max(1000).optional() }),
    output: z.object({ schedules: z.array(scheduleView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/schedule/list'), get('/api/schedules')], tool: 'list_schedules' },
);

/** One schedule. */
export const scheduleShow = query(
  'Show one schedule and its next times.',
  { input: z.strictObject({ schedule_id: scheduleId }), output: z.object({ schedule: scheduleView }) },
  { role: 'viewer', paths: [get('/schedule/{schedule_id}'), get('/api/schedules/{schedule_id}')] },
);

/** What passes meanwhile is not caught up. */
export const schedulePause = command(
  'Pause a schedule: it does not fire until it is resumed.',
  { input: z.strictObject(one), output: z.object({ schedule: scheduleView }) },
  { role: 'operator', paths: [post('/schedule/{schedule_id}/pause')] },
);

/** From now on. */
export const scheduleResume = command(
  'Resume a paused schedule, from now on.',
  { input: z.strictObject(one), output: z.object({ schedule: scheduleView }) },
  { role: 'operator', paths: [post('/schedule/{schedule_id}/resume')] },
);

/** Its tasks stay. */
export const scheduleRemove = command(
  'Remove a schedule; the tasks that it added stay.',
  { input: z.strictObject(one), output: z.object({ schedule_id: scheduleId, status: z.literal('removed') }) },
  { role: 'operator', paths: [post('/schedule/{schedule_id}/remove')] },
);

/** Beside its times, whatever its overlap policy says of skipping; its next time stays. */
export const scheduleRun = command(
  'Fire a schedule now, beside its times.',
  { input: z.strictObject(one), output: z.object({ schedule_id: scheduleId, task_id: taskId }) },
  { role: 'operator', paths: [post('/schedule/{schedule_id}/run')] },
);
