/**
 * Operations on the backlog for people: list, show, history, cancel, retry.
 */
import { z } from 'zod';
import { capability, commandId, sessionId, taskId, taskStatus, taskType } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { historyEntry, taskView } from '../views/task-view.ts';

/** Tasks in memory: all unfinished ones and the newest finished ones, in the order they were added. */
export const taskList = query(
  'List tasks.',
  {
    input: z.strictObject({
      status: taskStatus.optional(),
      type: taskType.optional(),
      assigned_to: sessionId.optional(),
      required_capability: capability.optional(),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ tasks: z.array(taskView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/task/list'), get('/api/tasks')], tool: 'list_tasks' },
);

/** One task, wherever it is: in memory or retired to the log. */
export const taskShow = query(
  'Show one task and its history.',
  {
    input: z.strictObject({ task_id: taskId }),
    output: z.object({ task: taskView, history: z.array(historyEntry) }),
  },
  { role: 'viewer', paths: [get('/task/{task_id}'), get('/api/tasks/{task_id}')], tool: 'show_task' },
);

/** Ends a task before it ends by itself; a running one loses its lease. */
export const taskCancel = command(
  'Cancel a task; a running one loses its lease and its session is told to stop.',
  {
    input: z.strictObject({ task_id: taskId, reason: z.string().max(2000).optional(), command_id: commandId.optional() }),
    output: z.object({ task_id: taskId, status: z.literal('cancelled') }),
  },
  { role: 'operator', paths: [post('/task/{task_id}/cancel')], tool: 'cancel_task', destructive: true },
);

/** Puts a failed or cancelled task back into the queue. */
export const taskRetry = command(
  'Run a failed or cancelled task again.',
  {
    input: z.strictObject({ task_id: taskId, command_id: commandId.optional() }),
    output: z.object({ task_id: taskId, status: z.literal('pending') }),
  },
  { role: 'operator', paths: [post('/task/{task_id}/retry')], tool: 'retry_task' },
);
