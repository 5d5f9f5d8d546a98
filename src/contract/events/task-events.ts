/**
 * Events of tasks. Each names the task's event before it (`prev`, 0 for the first), so that a task's history
 * is a walk through the log and costs no memory. A lease is the sequence number of its task_assigned event.
 */
import { z } from 'zod';
import {
  dependencyPolicy,
  failureReason,
  fraction,
  groupName,
  idempotencyKey,
  label,
  leaseNumber,
  priority,
  retryRules,
  reviewVerdict,
  sequence,
  sessionId,
  taskId,
  taskType,
  textOrObject,
} from '../ids.ts';

const subject = { task_id: taskId, prev: sequence };

/** A task entered the backlog. */
export const taskAdded = z.object({
  task_id: taskId,
  prev: sequence,
  type: taskType,
  title: z.string(),
  spec: textOrObject,
  priority,
  /** true: nothing is added to it; false: computed, and computed again when its dependencies are met (B1). */
  explicit_priority: z.boolean(),
  required_capability: z.string().nullable(),
  /** What most tasks lack is left out: it would be most of the log. */
  estimated_hours: z.number().optional(),
  resources: z.record(z.string(), z.int()).optional(),
  concurrency: z.object({ key: z.string(), limit: z.int() }).optional(),
  dependencies: z.array(taskId).optional(),
  /** How many of the dependencies were unfinished when it was added. */
  waiting_for: z.int().optional(),
  /** Since version 2. */
  group: groupName.optional(),
  /** Of a task whose id the client chose. */
  content_hash: z.string().optional(),
  options: z
    .object({
      on_dependency_failure: dependencyPolicy.optional(),
      max_attempts: z.int().optional(),
      backoff_seconds: z.number().optional(),
      /** Since version 3, like all that follow. */
      retry: retryRules.optional(),
      labels: z.array(label).optional(),
      parent: taskId.optional(),
      deadline: z.number().optional(),
      /** Since version 4: it is a speculative copy of this task. */
      speculates_on: taskId.optional(),
    })
    .optional(),
  not_before: z.number().optional(),
  idempotency_key: idempotencyKey.optional(),
});

/** The numbers that decided an assignment: by name, times in seconds. */
export const assignmentTerms = z.object({
  /** Which rule of the policy chose. */
  rule: z.string(),
  /** What put the task first. */
  order: z.record(z.string(), z.number()),
  /** Sessions that could have had it, the best first; at most five, the chosen one among them. */
  candidates: z.array(z.object({ session_id: sessionId, terms: z.record(z.string(), z.number()) })),
  /** How many more there were. */
  more: z.int(),
});
/** The numbers that decided an assignment. */
export type AssignmentTerms = z.output<typeof assignmentTerms>;

/** A task was given to a session; the event's sequence number is the lease. */
export const taskAssigned = z.object({
  ...subject,
  session_id: sessionId,
  incarnation: z.int(),
  attempt: z.int(),
  /** true for a claim, which starts the task at once. */
  started: z.boolean(),
  policy: z.string(),
  score: z.number(),
  /** Since version 2; a claim has none. */
  why: assignmentTerms.optional(),
});

/** The session began to work. */
export const taskStarted = z.object({ ...subject, lease: leaseNumber });

/** The session reported. */
export const taskProgressed = z.object({ ...subject, lease: leaseNumber, progress: fraction, details: textOrObject.nullable() });

/** Running work showed no progress for long and was asked for a sign of life. */
export const taskProbed = z.object({
  ...subject,
  lease: leaseNumber,
  session_id: sessionId,
  silent_ms: z.number(),
  /** True: it reports, but has run far longer than its kind does. */
  overrun: z.boolean().optional(),
});

/** The session finished it. */
export const taskCompleted = z.object({
  ...subject,
  lease: leaseNumber,
  session_id: sessionId,
  result: textOrObject.nullable(),
  duration_ms: z.number(),
  /** Since version 2: its speculative copy completed, under that lease and by that session. */
  copy_id: taskId.optional(),
});

/** An attempt failed: for good when retry_at is null, else it runs again from then on. */
export const taskFailed = z.object({
  ...subject,
  lease: leaseNumber.nullable(),
  session_id: sessionId.nullable(),
  reason: failureReason,
  result: textOrObject.nullable(),
  duration_ms: z.number(),
  retry_at: z.number().nullable(),
  /** In words; since version 2, as most of the reasons. */
  message: z.string().optional(),
});

/** Why a lease ended before its task did. */
export const releaseReason = z.enum([
  'deregistered',
  'replaced',
  'session_offline',
  'claim_timeout',
  'straggling',
  'stalled',
  'waiting_for_person',
  'budget_exhausted',
  'copy_won',
  'rebalanced',
]);
/** Why a lease ended before its task did. */
export type ReleaseReason = z.output<typeof releaseReason>;

/** A lease ended and its task went back to the queue. */
export const taskReleased = z.object({
  ...subject,
  lease: leaseNumber,
  session_id: sessionId,
  reason: releaseReason,
  /** When the session was last heard of, ms since 1970; null when that is not the reason. */
  last_contact: z.number().nullable(),
});

/** The pause before another attempt is over. */
export const taskDue = z.object({ ...subject });

/** Somebody ended it. */
export const taskCancelled = z.object({ ...subject, lease: leaseNumber.nullable(), session_id: sessionId.nullable(), reason: z.string() });

/** Somebody put it back into the queue; `waiting_for` counts its unfinished dependencies now. */
export const taskRetried = z.object({ ...subject, waiting_for: z.int() });

/** Somebody put it back into the queue after it had left memory: what it was when it ended, and where it stands among the others. */
export const taskRecalled = taskAdded.omit({ not_before: true, idempotency_key: true }).extend({
  /** The event with which it was added. */
  number: sequence,
  created_at: z.number(),
  was: z.enum(['failed', 'cancelled']),
  /** Attempts begun. */
  attempt: z.int(),
  overdue: z.boolean(),
});

/** Its deadline passed before it had ended. */
export const taskOverdue = z.object({ ...subject, deadline: z.number() });

/** Somebody changed its priority. */
export const taskReprioritised = z.object({ ...subject, priority });

/** A person looked at its work: a follow-up merges it or goes on with it; null: the comments went to the session that still works on it. */
export const taskReviewed = z.object({
  ...subject,
  verdict: reviewVerdict,
  follow_up: taskId.nullable(),
  /** How many lines were commented. */
  comments: z.int(),
});

/** Its session gave it back until others have ended: it waits for them without holding a slot, then it is ready again. */
export const taskSuspended = z.object({
  ...subject,
  lease: leaseNumber,
  session_id: sessionId,
  /** What it waits for from now on, beside its dependencies. */
  wait_for: z.array(taskId),
  /** How many of them are unfinished. */
  waiting_for: z.int(),
  on_dependency_failure: dependencyPolicy,
  /** What the next attempt should know. */
  checkpoint: textOrObject.nullable(),
});

/** The oldest `count` finished tasks left memory; the log still has them. */
export const tasksRetired = z.object({
  count: z.int().positive(),
  /** Since version 2: of those that failed, or of the others; left out: of all. */
  of: z.enum(['failed', 'others']).optional(),
});

/** All tasks of a group have ended: how many of each, ever since the group began. */
export const groupEnded = z.object({ group: groupName, completed: z.int(), failed: z.int(), cancelled: z.int() });
