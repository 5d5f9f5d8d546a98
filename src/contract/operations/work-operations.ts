/**
 * Operations of work: request, claim, update, complete, add (A4–A8).
 */
import { z } from 'zod';
import {
  capability,
  commandId,
  dependencyPolicy,
  fraction,
  groupName,
  idempotencyKey,
  label,
  leaseNumber,
  priority,
  reportedReason,
  retryRules,
  sessionId,
  taskId,
  taskStatus,
  taskType,
  textOrObject,
  timestamp,
} from '../ids.ts';
import { command, get, post } from '../operation.ts';
import { resourceAmounts, taskConcurrency } from '../views/resource-view.ts';
import { assignmentView, taskContext, taskView } from '../views/task-view.ts';

/** A4. `wait` seconds for long polling; an outstanding assignment is repeated. */
export const workRequest = command(
  'Ask for the best ready task this session can do.',
  {
    input: z.strictObject({
      session_id: sessionId,
      wait: z.number().min(0).max(300).optional().describe('Seconds to wait for work; default 0.'),
      command_id: commandId.optional(),
    }),
    output: z.object({ task: taskView.extend({ context: taskContext }).nullable(), assignment: assignmentView.nullable() }),
  },
  { role: 'worker', paths: [get('/work/request')], tool: 'request_work' },
);

/** A5. */
export const workClaim = command(
  'Claim a specific task and start it.',
  {
    input: z.strictObject({ session_id: sessionId, task_id: taskId, command_id: commandId.optional() }),
    output: z.object({
      status: z.literal('claimed'),
      session_id: sessionId,
      task_id: taskId,
      lease: leaseNumber,
      attempt: z.int(),
      task: taskView,
    }),
  },
  { role: 'worker', paths: [post('/work/claim')], tool: 'claim_task' },
);

/** A6. */
export const workUpdate = command(
  'Report progress on a held task; the first report starts it.',
  {
    input: z.strictObject({
      session_id: sessionId,
      task_id: taskId,
      progress: fraction.optional(),
      status: z.enum(['assigned', 'in_progress']).optional(),
      details: textOrObject.nullable().optional(),
      lease: leaseNumber.optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ acknowledged: z.literal(true), task_id: taskId, status: taskStatus, progress: fraction, lease: leaseNumber }),
  },
  { role: 'worker', paths: [post('/work/update')], tool: 'update_task' },
);

/** A7. Repeating the same completion is idempotent; a stale lease changes nothing. */
export const workComplete = command(
  'End a held task, completed or failed, with its result.',
  {
    input: z.strictObject({
      session_id: sessionId,
      task_id: taskId,
      status: z.enum(['completed', 'failed']),
      result: textOrObject.nullable().optional(),
      duration_minutes: z.number().min(0).max(1e7).optional(),
      reason: reportedReason.optional().describe('Why it failed; default reported. What follows depends on it.'),
      message: z.string().max(2000).optional().describe('Why it failed, in words.'),
      retry_after: z.number().min(0).max(604_800).optional().describe('Seconds before another attempt makes sense, where one is made.'),
      lease: leaseNumber.optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({
      task_id: taskId,
      status: taskStatus.describe('pending when a failed attempt will be retried.'),
      repeated: z.boolean().describe('true when this completion had been recorded before.'),
    }),
  },
  { role: 'worker', paths: [post('/work/complete')], tool: 'complete_task', destructive: true },
);

/** Fields of a task that is added (A8). */
export const taskInput = z.strictObject({
  id: taskId.optional(),
  type: taskType,
  title: z.string().min(1).max(2000),
  spec: textOrObject.optional(),
  priority: priority.optional(),
  critical: z.boolean().optional(),
  infinite_scale: z.boolean().optional(),
  roi: z.enum(['low', 'medium', 'high']).optional(),
  dependencies_met: z.boolean().optional(),
  required_capability: capability.nullable().optional(),
  estimated_hours: z.number().positive().max(100_000).nullable().optional(),
  dependencies: z.array(taskId).max(10_000).optional(),
  group: groupName.optional(),
  resources: resourceAmounts.optional(),
  concurrency: taskConcurrency.optional(),
  labels: z.array(label).max(20).optional().describe('Tasks are found and moved together by them.'),
  parent: taskId.optional().describe('The unfinished task that this one is a part of: cancelled with it, and named in `work.suspend`.'),
  idempotency_key: idempotencyKey.optional(),
  delay: z.number().min(0).max(31_536_000).optional().describe('Seconds before which it must not start.'),
  not_before: timestamp.optional().describe('It must not start before this time; of two the later one counts.'),
  deadline: timestamp
    .optional()
    .describe('When it should have ended. Passing it makes an event, shows it as overdue and puts it before others of its priority.'),
  on_dependency_failure: dependencyPolicy.optional(),
  max_attempts: z.int().min(1).max(100).optional().describe('Attempts that may fail before the task has failed; default 1.'),
  backoff_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .optional()
    .describe('Pause before the second attempt; doubles with each, with jitter. Default 5.'),
  retry: retryRules.optional(),
});
/** Fields of a task that is added. */
export type TaskInput = z.output<typeof taskInput>;

/** A8: one task, or many at once in `tasks`; all of them or none. */
export const workAdd = command(
  'Add one task, or many at once; either all are added or none.',
  {
    input: z.union([
      taskInput.extend({ command_id: commandId.optional() }),
      z.strictObject({ tasks: z.array(taskInput).min(1).max(10_000), command_id: commandId.optional() }),
    ]),
    output: z.object({
      status: z.literal('added'),
      task_id: taskId.describe('The first one.'),
      task_ids: z.array(taskId),
      notes: z.array(z.string()).optional().describe('What is odd about it, with a proposal; left out when nothing is.'),
    }),
  },
  { role: 'worker', paths: [post('/work/add')], tool: 'add_task', limit: 16 * 1_048_576 },
);

/** A running task lets others go first: it holds no slot while it waits, and runs again, as another attempt, when they have ended. */
export const workSuspend = command(
  'Give a held task back until other tasks have ended, mostly parts that it added; stop working on it.',
  {
    input: z.strictObject({
      session_id: sessionId,
      task_id: taskId,
      wait_for: z.array(taskId).min(1).max(1000).describe('The tasks to wait for.'),
      on_dependency_failure: dependencyPolicy
        .optional()
        .describe('When one of them fails; default ignore: it runs again and sees what failed.'),
      checkpoint: textOrObject.nullable().optional().describe('What the next attempt should know; it comes with the context.'),
      lease: leaseNumber.optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ task_id: taskId, status: taskStatus, waiting_for: z.int().describe('Unfinished tasks that it waits for.') }),
  },
  { role: 'worker', paths: [post('/work/suspend')], tool: 'suspend_task' },
);
