/**
 * Operations on the backlog for people: list, show, cancel, retry, reprioritise; dead letters and groups.
 */
import { z } from 'zod';
import {
  capability,
  commandId,
  failureReason,
  groupName,
  label,
  priority,
  reviewVerdict,
  sessionId,
  taskId,
  taskStatus,
  taskType,
} from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { commitChanges, mergeOutlook } from '../views/changes-view.ts';
import { deadLetter, groupView, historyEntry, taskView } from '../views/task-view.ts';

/** What tasks are chosen by; all that is named must fit. */
const filterFields = {
  status: taskStatus.optional(),
  type: taskType.optional(),
  required_capability: capability.optional(),
  group: groupName.optional(),
  label: label.optional(),
  parent: taskId.optional().describe('Only its parts.'),
  assigned_to: sessionId.optional(),
  reason: failureReason.optional().describe('Only tasks whose last attempt failed for this reason.'),
};
const pageFields = { cursor: z.string().max(512).optional(), limit: z.int().min(1).max(1000).optional() };

/** What tasks are chosen by; all that is named must fit. */
export const taskFilter = z.strictObject(filterFields);
/** What tasks are chosen by. */
export type TaskFilter = z.output<typeof taskFilter>;

/** Tasks in memory: all unfinished ones and the newest finished ones, in the order they were added. */
export const taskList = query(
  'List tasks.',
  {
    input: z.strictObject({
      ...filterFields,
      overdue: z.boolean().optional().describe('Only those whose deadline has passed.'),
      ...pageFields,
    }),
    output: z.object({ tasks: z.array(taskView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/task/list'), get('/api/tasks')], tool: 'list_tasks' },
);

/** Tasks that failed for good and are in memory, the oldest first. */
export const taskDead = query(
  'List dead letters: tasks that failed for good, with the reason; `task.retry` puts them back.',
  {
    input: z.strictObject({
      reason: filterFields.reason,
      type: filterFields.type,
      required_capability: filterFields.required_capability,
      group: filterFields.group,
      label: filterFields.label,
      ...pageFields,
    }),
    output: z.object({
      tasks: z.array(deadLetter),
      by_reason: z.partialRecord(failureReason, z.int()).describe('How many there are in all, by reason.'),
      next_cursor: z.string().nullable(),
    }),
  },
  { role: 'viewer', paths: [get('/task/dead'), get('/api/tasks/dead')], tool: 'list_dead_tasks' },
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

const reviewComment = z.object({
  path: z.string().min(1).max(1000),
  line: z.int().min(1),
  side: z.enum(['before', 'after']).optional().describe('Which state the line is numbered in; default after.'),
  text: z.string().min(1).max(2000),
});
/** What is said of a line. */
export type ReviewComment = z.output<typeof reviewComment>;

/** F6: what the evidence says can be looked at. */
export const taskDiff = query(
  'Show what the newest evidence of a task changed, file by file.',
  {
    input: z.strictObject({
      task_id: taskId,
      into: z.string().min(1).max(1000).optional().describe('A branch: also say what merging the work into it would come to.'),
    }),
    output: z.object({
      task_id: taskId,
      branch: z.string().nullable(),
      changes: commitChanges.nullable(),
      merge: mergeOutlook.nullable().describe('null: no branch was named, or there are no changes.'),
      missing: z
        .enum(['no_result', 'no_commit', 'no_base', 'no_repository', 'not_in_repository'])
        .nullable()
        .describe(
          'Why there are no changes to show: it left no result; the result names no commit, or no base; this server knows no repository; ' +
            'its repository lacks one of the commits.',
        ),
    }),
  },
  { role: 'viewer', paths: [get('/task/{task_id}/diff'), get('/api/tasks/{task_id}/diff')], tool: 'show_diff' },
);

/** Approving twice merges once. What is to be changed becomes another task, or a message while the session still works on it. */
export const taskReview = command(
  'Approve the work of a task, which a worker then merges, or have it changed.',
  {
    input: z.strictObject({
      task_id: taskId,
      verdict: reviewVerdict,
      into: z.string().min(1).max(1000).optional().describe('To approve: the branch that gets the work; made when it is missing.'),
      repository: z
        .string()
        .min(1)
        .max(4096)
        .optional()
        .describe('Its folder on the machine of the worker; left out: the one that the instructions of the task name.'),
      summary: z.string().min(1).max(4000).optional().describe('To have it changed: what matters most.'),
      comments: z.array(reviewComment).max(200).optional().describe('To have it changed: what is said of single lines.'),
      command_id: commandId.optional(),
    }),
    output: z.object({
      task_id: taskId,
      verdict: reviewVerdict,
      follow_up: taskId.nullable().describe('The task that merges the work or goes on with it; null: a message was sent instead.'),
    }),
  },
  { role: 'operator', paths: [post('/task/{task_id}/review')], tool: 'review_task' },
);

/** Ends a task before it ends by itself; a running one loses its lease, and its unfinished parts end with it. */
export const taskCancel = command(
  'Cancel a task and its unfinished parts; a running one loses its lease and its session is told to stop.',
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

/** Changes how urgent an unfinished task is. */
export const taskReprioritise = command(
  'Change the priority of an unfinished task; one that waits is served by it from now on.',
  {
    input: z.strictObject({ task_id: taskId, priority, command_id: commandId.optional() }),
    output: z.object({ task_id: taskId, priority }),
  },
  { role: 'operator', paths: [post('/task/{task_id}/reprioritise')], tool: 'reprioritise_task' },
);

/** The most tasks that one call changes. */
const CHANGED_AT_ONCE = 1000;

/** Which tasks a call is about: named, or all that fit a filter which names something. */
const chosen = {
  task_ids: z.array(taskId).min(1).max(CHANGED_AT_ONCE).optional().describe('These tasks.'),
  filter: taskFilter.optional().describe('Or all tasks that fit and can be changed; it must name something.'),
  dry_run: z.boolean().optional().describe('true: say what would be changed, and change nothing.'),
  command_id: commandId.optional(),
};

/** What became of each task. */
const outcome = z.object({
  changed: z.int().describe('How many were changed.'),
  more: z.boolean().describe('true: more tasks fit the filter than one call changes; call again.'),
  results: z.array(
    z.object({
      task_id: taskId,
      ok: z.boolean(),
      changed: z.boolean().describe('false: it was so already, or it could not be changed.'),
      status: taskStatus.nullable(),
      code: z.string().nullable().describe('Why not: a code of the error catalogue.'),
      message: z.string().nullable(),
    }),
  ),
});
/** What became of each task. */
export type BulkOutcome = z.output<typeof outcome>;

/** Cancels many tasks. */
export const taskCancelMany = command(
  'Cancel many tasks, named or by a filter; each is answered for itself.',
  { input: z.strictObject({ ...chosen, reason: z.string().max(2000).optional() }), output: outcome },
  { role: 'operator', paths: [post('/task/cancel')], tool: 'cancel_tasks', destructive: true },
);

/** Retries many tasks. */
export const taskRetryMany = command(
  'Run many failed or cancelled tasks again, named or by a filter; each is answered for itself.',
  { input: z.strictObject(chosen), output: outcome },
  { role: 'operator', paths: [post('/task/retry')], tool: 'retry_tasks' },
);

/** Reprioritises many tasks. */
export const taskReprioritiseMany = command(
  'Change the priority of many unfinished tasks, named or by a filter; each is answered for itself.',
  { input: z.strictObject({ ...chosen, priority }), output: outcome },
  { role: 'operator', paths: [post('/task/reprioritise')], tool: 'reprioritise_tasks' },
);

/** Groups, the one that began first at the top. */
export const groupList = query(
  'List groups of tasks: how many of each are unfinished, and whether all have ended.',
  {
    input: z.strictObject({
      open: z.boolean().optional().describe('true: only those with unfinished tasks; false: only the others.'),
      ...pageFields,
    }),
    output: z.object({ groups: z.array(groupView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/group/list'), get('/api/groups')], tool: 'list_groups' },
);

/** One group. */
export const groupShow = query(
  'Show one group of tasks.',
  { input: z.strictObject({ group: groupName }), output: z.object({ group: groupView }) },
  { role: 'viewer', paths: [get('/group/{group}'), get('/api/groups/{group}')], tool: 'show_group' },
);
