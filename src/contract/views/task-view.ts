/**
 * A task, an assignment and a history entry as they are shown (A12).
 */
import { z } from 'zod';
import {
  decisionId,
  dependencyPolicy,
  failureReason,
  fraction,
  groupName,
  leaseNumber,
  priority,
  sessionId,
  taskId,
  taskStatus,
  taskType,
  textOrObject,
  timestamp,
} from '../ids.ts';
import { decisionView } from './decision-view.ts';
import { knowledgeHit } from './knowledge-view.ts';

/** Why a pending task does not run, in words and as a code. */
export const waitingReason = z.object({
  code: z.enum([
    'paused',
    'dependency',
    'dependency_failed',
    'waiting_for_person',
    'no_capable_session',
    'delayed',
    'copied',
    'budget_exhausted',
    'resource_busy',
    'limit_reached',
    'rate_limited',
    'no_free_session',
    'breaker_open',
    'provider_limited',
    'ready',
  ]),
  text: z.string(),
});
/** Why a pending task does not run. */
export type WaitingReason = z.output<typeof waitingReason>;

/** A task as it is shown. */
export const taskView = z.object({
  id: taskId,
  type: taskType,
  title: z.string(),
  spec: textOrObject,
  priority,
  status: taskStatus,
  progress: fraction,
  assigned_to: sessionId.nullable(),
  required_capability: z.string().nullable(),
  estimated_hours: z.number().nullable(),
  resources: z.record(z.string(), z.int()).describe('What it holds while a session holds it.'),
  ports: z.record(z.string(), z.array(z.int())).describe('The numbers it got of each range of ports, while a session holds it.'),
  concurrency: z.object({ key: z.string(), limit: z.int() }).nullable(),
  group: groupName.nullable(),
  dependencies: z.array(taskId),
  on_dependency_failure: dependencyPolicy,
  labels: z.array(z.string()),
  parent: taskId.nullable(),
  not_before: timestamp
    .nullable()
    .describe('While it is pending: it does not start before, because of its delay or the pause after a failed attempt.'),
  deadline: timestamp.nullable(),
  overdue: z.boolean().describe('Its deadline passed before it had ended.'),
  attempt: z.int().describe('Attempts begun so far.'),
  max_attempts: z.int(),
  lease: leaseNumber.nullable(),
  created_at: timestamp,
  assigned_at: timestamp.nullable(),
  started_at: timestamp.nullable(),
  completed_at: timestamp.nullable().describe('When it ended, however it ended.'),
  result: textOrObject.nullable(),
  failure: z.string().nullable().describe('Why it failed or was cancelled.'),
  waiting_for_person: z.array(decisionId).describe('Open questions that it waits for.'),
  failure_message: z.string().nullable().describe('The same in words, when the session gave any.'),
  waiting: waitingReason.nullable().describe('Why it is not running, while it is pending.'),
});
/** A task as it is shown. */
export type TaskView = z.output<typeof taskView>;

/** A task that failed for good. */
export const deadLetter = z.object({
  task: taskView,
  reason: failureReason,
  message: z.string().nullable(),
  failed_at: timestamp,
  session_id: sessionId.nullable().describe('Whose attempt failed last.'),
  unblocks: z.int().describe('Unfinished tasks that wait for it.'),
});
/** A task that failed for good. */
export type DeadLetter = z.output<typeof deadLetter>;

/** A group of tasks. */
export const groupView = z.object({
  group: groupName,
  open: z.int().describe('Unfinished tasks.'),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  began_at: timestamp,
  ended_at: timestamp.nullable().describe('When its last task ended; null while any is unfinished.'),
});
/** A group of tasks. */
export type GroupView = z.output<typeof groupView>;

/** A task given to a session. */
export const assignmentView = z.object({
  session_id: sessionId,
  task_id: taskId,
  task: taskView,
  score: z.number(),
  reason: z.string(),
  lease: leaseNumber,
});
/** A task given to a session. */
export type AssignmentView = z.output<typeof assignmentView>;

/** What a session needs to know beside the task itself. */
export const taskContext = z.object({
  dependencies: z.array(z.object({ id: taskId, status: z.string(), result: textOrObject.nullable() })),
  attempts: z.array(z.object({ session_id: sessionId.nullable(), action: z.string(), timestamp, details: z.unknown().nullable() })),
  knowledge: z
    .array(knowledgeHit.extend({ content: textOrObject.nullable().describe('null when it is long: `knowledge.get`.') }))
    .describe('What is known that fits the task best.'),
  decisions: z.array(decisionView).describe('What people were asked about it, and answered; the newest last.'),
});
/** What a session needs to know beside the task itself. */
export type TaskContext = z.output<typeof taskContext>;

/** One line of a task's history. */
export const historyEntry = z.object({
  session_id: sessionId.nullable(),
  action: z
    .string()
    .describe(
      'added, assigned, started, progressed, completed, failed, released, suspended, probed, cancelled, retried, reprioritised, reviewed, overdue, due.',
    ),
  timestamp,
  duration: z.number().nullable().describe('Minutes from its start to this entry, when it ended here.'),
  result: textOrObject.nullable(),
  details: z.unknown().nullable(),
  seq: z.int(),
  lease: leaseNumber.nullable(),
});
/** One line of a task's history. */
export type HistoryEntry = z.output<typeof historyEntry>;
