/**
 * Operations of the swarm as a whole: status (A9), protocol rules, events.
 */
import { z } from 'zod';
import { commandId, sequence, sessionId, taskId } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { settings, settingsPatch } from '../settings.ts';
import { eventView } from '../views/event-view.ts';
import { metricsView } from '../views/metrics-view.ts';
import { statusView } from '../views/status-view.ts';

/** A9. */
export const swarmStatus = query(
  'The whole swarm at a glance.',
  { input: z.strictObject({}), output: statusView },
  { role: 'viewer', paths: [get('/swarm/status'), get('/api/status')], tool: 'status' },
);

/** A18. */
export const metricsShow = query(
  'The global metrics: sessions, tasks, utilisation, throughput, resources.',
  { input: z.strictObject({}), output: metricsView },
  { role: 'viewer', paths: [get('/api/metrics'), get('/metrics/global')], tool: 'metrics' },
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
    }),
    output: z.object({
      events: z.array(eventView),
      head: sequence.describe('The last durable event.'),
      next: sequence.nullable().describe('Pass as `since` for the next page; null at the end.'),
    }),
  },
  { role: 'viewer', paths: [get('/event/list'), get('/api/events')], tool: 'list_events' },
);
