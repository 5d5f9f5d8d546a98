/**
 * The whole swarm at a glance (A9).
 */
import { z } from 'zod';
import { pauseScope } from '../events/swarm-events.ts';
import { sequence, timestamp } from '../ids.ts';
import { sessionView } from './session-view.ts';

/** Something that is paused. */
export const pauseView = z.object({
  scope: pauseScope,
  target: z.string().describe('The capability or the session; empty for the swarm.'),
  reason: z.string().nullable(),
  by: z.string(),
  since: timestamp,
});
/** Something that is paused. */
export type PauseView = z.output<typeof pauseView>;

/** The whole swarm at a glance. */
export const statusView = z.object({
  swarm: z.string(),
  seq: sequence,
  time: timestamp,
  sessions: z.object({
    total: z.int().describe('active + offline.'),
    active: z.int().describe('idle + busy.'),
    idle: z.int(),
    busy: z.int(),
    offline: z.int(),
    list: z.array(sessionView).describe('The first 1,000; `session.list` pages through all.'),
  }),
  tasks: z.object({
    total: z.int().describe('Ever added.'),
    pending: z.int(),
    ready: z.int().describe('Pending tasks that could start now.'),
    blocked: z.int().describe('Pending tasks that wait for others or for a time.'),
    assigned: z.int(),
    in_progress: z.int(),
    completed: z.int(),
    completed_today: z.int().describe('Since midnight UTC.'),
    failed: z.int(),
    cancelled: z.int(),
    overdue: z.int().describe('Unfinished tasks whose deadline has passed.'),
  }),
  paused: z.array(pauseView).describe('What gets nothing new; empty when nothing is paused.'),
  archive_missing: z
    .object({ first_seq: sequence, last_seq: sequence, folder: z.string() })
    .optional()
    .describe('Archived events whose files are away, the first of them; left out: all are there.'),
  performance: z.object({
    utilization: z.number().describe('Busy ÷ active session time over the last hour, 0 to 1.'),
    throughput: z.number().describe('Tasks completed in the last hour.'),
    avg_task_time: z.number().nullable().describe('Mean minutes of all completed tasks.'),
  }),
});
/** The whole swarm at a glance. */
export type StatusView = z.output<typeof statusView>;
