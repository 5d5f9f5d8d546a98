/**
 * Operations of the swarm as a whole: status (A9), protocol rules, events.
 */
import { z } from 'zod';
import { capability, commandId, sequence, sessionId, taskId, timestamp } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { settings, settingsPatch } from '../settings.ts';
import { eventView } from '../views/event-view.ts';
import { metricsView } from '../views/metrics-view.ts';
import { pauseView, statusView } from '../views/status-view.ts';

/** A9. */
export const swarmStatus = query(
  'The whole swarm at a glance.',
  { input: z.strictObject({}), output: statusView },
  { role: 'viewer', paths: [get('/swarm/status'), get('/api/status')], tool: 'status' },
);

const historyLength = z.int().min(0).max(240).optional().describe('So many samples of the last hours, one per `metrics_interval`.');

/** A18. */
export const metricsShow = query(
  'The global metrics: sessions, tasks, utilisation, throughput, resources; on request how they came to be.',
  { input: z.strictObject({ history: historyLength }), output: metricsView },
  { role: 'viewer', paths: [get('/api/metrics'), get('/metrics/global')], tool: 'metrics' },
);

/** What is paused or resumed: one thing, or everything when nothing is named. */
const paused = {
  capability: capability.optional().describe('Only tasks that need this capability.'),
  session: sessionId.optional().describe('Only this session: it finishes what it has and gets nothing new.'),
};

/** Nothing new is given out or claimed; what runs goes on. */
export const swarmPause = command(
  'Pause the swarm, a capability or a session: what runs goes on, nothing new begins.',
  {
    input: z.strictObject({ ...paused, reason: z.string().max(2000).optional(), command_id: commandId.optional() }),
    output: z.object({ paused: z.array(pauseView).describe('Everything that is paused now.') }),
  },
  { role: 'operator', paths: [post('/swarm/pause')], tool: 'pause' },
);

/** Work is given out again. */
export const swarmResume = command(
  'Resume the swarm, a capability or a session.',
  {
    input: z.strictObject({ ...paused, command_id: commandId.optional() }),
    output: z.object({ paused: z.array(pauseView).describe('Everything that is still paused.') }),
  },
  { role: 'operator', paths: [post('/swarm/resume')], tool: 'resume' },
);

/** A range, because durations are only known by how they were; 80 % of the time the end should fall into it. */
export const swarmForecast = query(
  'When the backlog will be done, as a range, from learned durations and the sessions that are there.',
  {
    input: z.strictObject({}),
    output: z.object({
      open: z.int().describe('Tasks that have not ended.'),
      ended: z.int().describe('Completed tasks that it is learned from.'),
      ended_needed: z.int().describe('Before so many there is no forecast.'),
      unreachable: z.int().describe('Capabilities that open tasks need and no live session has; their tasks are left out.'),
      from: timestamp.nullable(),
      to: timestamp.nullable(),
      unknown: z.enum(['nothing_open', 'too_few_ended', 'too_many_open', 'no_sessions']).nullable().describe('Why there is no forecast.'),
    }),
  },
  { role: 'viewer', paths: [get('/swarm/forecast'), get('/api/forecast')], tool: 'forecast' },
);

/** The protocol rules in force. */
export const configGet = query(
  'The protocol rules in force.',
  { input: z.strictObject({}), output: z.object({ settings }) },
  { role: 'viewer', paths: [get('/config')] },
);

/** Changes protocol rules; takes effect at once and is recorded. */
export const configApply = command(
  'Change protocol rules; takes effect at once.',
  {
    input: z.strictObject({ settings: settingsPatch, command_id: commandId.optional() }),
    output: z.object({
      settings,
      notes: z.array(z.string()).optional().describe('What is odd about it, with a proposal; left out when nothing is.'),
    }),
  },
  { role: 'admin', paths: [post('/config')] },
);

/** Events, oldest first, from after `since`; or the newest when `since` is left out. */
export const eventList = query(
  'List events.',
  {
    input: z.strictObject({
      since: sequence.optional().describe('Events after this one; left out: the newest.'),
      limit: z.int().min(1).max(1000).optional(),
      type: z.string().max(64).optional(),
      task_id: taskId.optional(),
      session_id: sessionId.optional(),
      from: timestamp.optional().describe('Only events of this time or later.'),
      until: timestamp.optional().describe('Only events before this time.'),
    }),
    output: z.object({
      events: z.array(eventView),
      head: sequence.describe('The last durable event.'),
      archived: sequence.optional().describe('Events up to this one are in the archive, and slower to read; left out: none.'),
      next: sequence.nullable().describe('Pass as `since` for the next page; null at the end.'),
    }),
  },
  { role: 'viewer', paths: [get('/event/list'), get('/api/events')], tool: 'list_events' },
);
