/**
 * Operations of signals (C4) and of requests for colleagues (D3).
 */
import { z } from 'zod';
import { colleagueOutcome, signalOutcome, signalType, urgency } from '../events/signal-events.ts';
import { colleagueRequestId, commandId, sessionId, signalId, taskId, textOrObject } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { colleagueRequestView, signalView } from '../views/decision-view.ts';

const speaker = sessionId.optional().describe('Who speaks; left out: a person. A caller with a session credential must name its session.');
const page = { cursor: z.string().max(512).optional(), limit: z.int().min(1).max(1000).optional() };

/** The same signal of the same session is raised once while it is open. */
export const signalRaise = command(
  'Tell the team what you noticed: a requirement, a decision that is due, an idea, a defect, an integration.',
  {
    input: z.strictObject({
      type: signalType,
      title: z.string().min(1).max(500),
      details: textOrObject.optional().describe('At most 64 KiB.'),
      evidence: z.array(z.string().min(1).max(1000)).max(20).optional().describe('Files, commits, addresses, events that show it.'),
      urgency: urgency.optional().describe('Default medium.'),
      impact: z.string().min(1).max(2000).optional().describe('What happens if nobody acts.'),
      task_id: taskId.optional(),
      session_id: speaker,
      command_id: commandId.optional(),
    }),
    output: z.object({ signal: signalView }),
  },
  { role: 'worker', paths: [post('/signal/raise')], tool: 'raise_signal' },
);

/** Ends a signal. */
export const signalResolve = command(
  'Say how a signal was dealt with.',
  {
    input: z.strictObject({
      signal_id: signalId,
      outcome: signalOutcome.optional().describe('Default resolved.'),
      resolution: z.string().min(1).max(2000).describe('What was done, or why nothing is.'),
      session_id: speaker,
      command_id: commandId.optional(),
    }),
    output: z.object({ signal: signalView }),
  },
  { role: 'worker', paths: [post('/signal/{signal_id}/resolve')], tool: 'resolve_signal' },
);

/** In the order they were raised. */
export const signalList = query(
  'List signals.',
  {
    input: z.strictObject({ status: z.enum(['open', 'resolved', 'dismissed']).optional(), type: signalType.optional(), ...page }),
    output: z.object({ signals: z.array(signalView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/signal/list'), get('/api/signals')], tool: 'list_signals' },
);

/** One signal. */
export const signalShow = query(
  'Show one signal.',
  { input: z.strictObject({ signal_id: signalId }), output: z.object({ signal: signalView }) },
  { role: 'viewer', paths: [get('/signal/{signal_id}'), get('/api/signals/{signal_id}')] },
);

/** Whoever runs hosts starts the session and settles the request. */
export const colleagueRequest = command(
  'Ask for another session beside you: its role, its name and what it is to do.',
  {
    input: z.strictObject({
      role: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens, at most 64')
        .describe('Role, for example software-engineer or intern.'),
      name: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be letters, digits and . _ -, at most 64')
        .optional()
        .describe('What to call it.'),
      instructions: z.string().min(1).max(32_768).describe('What it is to do.'),
      task_id: taskId.optional(),
      session_id: speaker,
      command_id: commandId.optional(),
    }),
    output: z.object({ request: colleagueRequestView }),
  },
  { role: 'worker', paths: [post('/colleague/request')], tool: 'request_colleague' },
);

/** For hosts and people. */
export const colleagueSettle = command(
  'Say that the colleague that was asked for is there, or will not come.',
  {
    input: z.strictObject({
      request_id: colleagueRequestId,
      outcome: colleagueOutcome,
      colleague: sessionId.optional().describe('The session that was started.'),
      reason: z.string().min(1).max(2000).optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ request: colleagueRequestView }),
  },
  { role: 'operator', paths: [post('/colleague/{request_id}/settle')] },
);

/** In the order they were made. */
export const colleagueList = query(
  'List requests for colleagues.',
  {
    input: z.strictObject({ status: z.enum(['open', 'started', 'declined', 'withdrawn']).optional(), ...page }),
    output: z.object({ requests: z.array(colleagueRequestView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/colleague/list'), get('/api/colleagues')], tool: 'list_colleague_requests' },
);
