/**
 * The global metrics (A18), and what else is worth drawing.
 */
import { z } from 'zod';
import { sequence, timestamp } from '../ids.ts';

/** What the counts were at a moment (A13). */
const metricsSampleView = z.object({
  time: timestamp,
  seq: sequence,
  active_sessions: z.int(),
  busy_sessions: z.int(),
  tasks_pending: z.int(),
  tasks_ready: z.int(),
  tasks_in_progress: z.int(),
  tasks_completed: z.int(),
  tasks_failed: z.int(),
  avg_session_utilization: z.number(),
  throughput: z.number(),
});
/** What the counts were at a moment. */
export type MetricsSampleView = z.output<typeof metricsSampleView>;

/** The global metrics of a swarm. */
export const metricsView = z.object({
  swarm: z.string(),
  seq: sequence,
  time: timestamp,
  total_sessions: z.int().describe('active + offline.'),
  active_sessions: z.int().describe('idle + busy.'),
  idle_sessions: z.int(),
  busy_sessions: z.int(),
  offline_sessions: z.int(),
  tasks_total: z.int().describe('Ever added.'),
  tasks_pending: z.int(),
  tasks_ready: z.int(),
  tasks_assigned: z.int(),
  tasks_in_progress: z.int(),
  tasks_completed: z.int(),
  tasks_failed: z.int(),
  tasks_cancelled: z.int(),
  avg_session_utilization: z.number().describe('Busy ÷ active session time over the last hour, 0 to 1.'),
  throughput: z.number().describe('Tasks completed in the last hour.'),
  avg_task_time: z.number().nullable().describe('Mean minutes of all completed tasks.'),
  slots: z.int().describe('Tasks that the sessions that are there could work on at the same time.'),
  slots_in_use: z.int().describe('Tasks that they hold.'),
  resources: z.array(z.object({ resource: z.string(), capacity: z.int(), in_use: z.int(), waiting: z.int() })),
  history: z
    .array(metricsSampleView)
    .describe('Samples of the last hours, the oldest first; they begin with the server. Empty unless asked for.'),
});
/** The global metrics of a swarm. */
export type MetricsView = z.output<typeof metricsView>;
