/**
 * Operations of sessions: register, heartbeat, deregister (A1–A3), list and show.
 */
import { z } from 'zod';
import {
  accountName,
  capability,
  commandId,
  fraction,
  leaseNumber,
  sessionId,
  sessionStatus,
  taskId,
  sessionMode,
  userContext,
} from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { sessionView } from '../views/session-view.ts';
import { assignmentView, taskView } from '../views/task-view.ts';

/** A1. Registering again under the same id is a new incarnation: the old one's leases end. */
export const sessionRegister = command(
  'Register a session; registering again ends the leases of its earlier incarnation.',
  {
    input: z.strictObject({
      session_id: sessionId.refine((id) => id !== 'people', 'must not be people, which is the mailbox of the people'),
      capabilities: z.array(capability).max(100),
      max_concurrent_tasks: z.int().min(1).max(1000).optional(),
      specialties: z.array(z.string().max(128)).max(100).optional(),
      role: z.string().max(128).optional(),
      runner: z.string().max(128).optional(),
      host: z.string().max(256).optional(),
      account: accountName
        .optional()
        .describe('Whose allowance at a provider it uses: sessions that share it wait together. No credential.'),
      mode: sessionMode.optional().describe('What it is for; default development.'),
      user_context: userContext.optional(),
      wants_work: z.boolean().optional().describe('false: register without taking work with this reply. Default true.'),
      command_id: commandId.optional(),
    }),
    output: z.object({
      status: z.literal('registered'),
      session_id: sessionId,
      incarnation: z.int(),
      credential: z.string().optional().describe('Proves this incarnation; send it in the header `tutti-session`.'),
      heartbeat_interval: z.number().describe('Seconds.'),
      assigned_task: taskView.nullable(),
      assignment: assignmentView.nullable(),
      notes: z.array(z.string()).optional().describe('What is odd about it, with a proposal; left out when nothing is.'),
    }),
  },
  { role: 'worker', paths: [post('/session/register')], tool: 'register' },
);

/** A2. Sent every heartbeat_interval. */
export const sessionHeartbeat = command(
  'Say that a session lives, what it does and how far it is.',
  {
    input: z.strictObject({
      session_id: sessionId,
      status: z.enum(['idle', 'busy']),
      current_task: taskId.nullable().optional(),
      progress: fraction.optional(),
      lease: leaseNumber.optional(),
      wants_work: z.boolean().optional().describe('false: an idle heartbeat that takes no work. Default true.'),
      command_id: commandId.optional(),
    }),
    output: z.object({
      acknowledged: z.literal(true),
      new_assignment: taskView.nullable(),
      assignment: assignmentView.nullable(),
      revoked: z
        .array(z.object({ task_id: taskId, reason: z.string() }))
        .describe('Tasks named in the heartbeat that it no longer holds: stop them.'),
      unread_messages: z.int().describe('Messages in its mailbox that it has not read: `message.receive`.'),
      probed: z.array(taskId).describe('Held tasks without progress for long: report on them, or they are taken back.'),
    }),
  },
  { role: 'worker', paths: [post('/session/heartbeat')], tool: 'heartbeat' },
);

/** A3. */
export const sessionDeregister = command(
  'Leave: unfinished tasks go back to the queue at once.',
  {
    input: z.strictObject({ session_id: sessionId, command_id: commandId.optional() }),
    output: z.object({ status: z.literal('deregistered'), session_id: sessionId, released: z.array(taskId) }),
  },
  { role: 'worker', paths: [post('/session/deregister')], tool: 'deregister', destructive: true },
);

/** Sessions, newest registration last. */
export const sessionList = query(
  'List sessions.',
  {
    input: z.strictObject({
      status: sessionStatus.optional(),
      capability: capability.optional(),
      ended: z.boolean().optional().describe('Also deregistered ones.'),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ sessions: z.array(sessionView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/session/list'), get('/api/sessions')], tool: 'list_sessions' },
);

/** One session. */
export const sessionShow = query(
  'Show one session.',
  { input: z.strictObject({ session_id: sessionId }), output: z.object({ session: sessionView }) },
  { role: 'viewer', paths: [get('/session/{session_id}'), get('/api/sessions/{session_id}')] },
);
