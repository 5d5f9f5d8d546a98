/**
 * Why a task is where it is, and why a session does what it does (F1, F10). Terms are numbers by name, times in seconds.
 */
import { z } from 'zod';
import { leaseNumber, sessionId, sessionStatus, taskId, taskStatus, timestamp } from '../ids.ts';

const terms = z.record(z.string(), z.number());

/** Something that keeps a task or a session from work, and what would change that. */
export const blockingReason = z.object({ code: z.string(), text: z.string(), unblock: z.string() });
/** Something that keeps a task or a session from work. */
export type BlockingReason = z.output<typeof blockingReason>;

/** Why a session cannot get a task now. */
const candidateObstacle = z.enum([
  'not_capable',
  'offline',
  'no_free_slot',
  'budget_exhausted',
  'provider_limited',
  'breaker_open',
  'paused',
  'reserved',
  'set_back',
  'not_asking',
]);

/** A session as a candidate for a task. */
export const candidateView = z.object({
  session_id: sessionId,
  obstacle: candidateObstacle.nullable().describe('null: it could get the task now.'),
  terms,
});
/** A session as a candidate for a task. */
export type CandidateView = z.output<typeof candidateView>;

/** Why a session holds a task: the numbers of the moment of decision. */
export const explainedAssignment = z.object({
  task_id: taskId,
  session_id: sessionId,
  lease: leaseNumber,
  assigned_at: timestamp,
  policy: z.string(),
  rule: z.string().nullable().describe('Which rule of the policy chose; null when the session claimed it by name.'),
  score: z.number(),
  text: z.string(),
  order: terms.describe('What put the task first.'),
  candidates: z.array(z.object({ session_id: sessionId, terms })).describe('The chosen session first.'),
  more: z.int().describe('Candidates that are not listed.'),
});
/** Why a session holds a task. */
export type ExplainedAssignment = z.output<typeof explainedAssignment>;

/** Why a task is where it is. */
export const taskExplanation = z.object({
  task_id: taskId,
  status: taskStatus,
  text: z.string(),
  reasons: z.array(blockingReason).describe('What keeps it from running, the first to go first; empty unless it is pending.'),
  assignment: explainedAssignment.nullable(),
  copying: blockingReason
    .nullable()
    .describe('Of an attempt that runs far longer than its kind does, where such are copied: its copy, or why there is none now.'),
  order: terms.describe('What orders it among the ready tasks now.'),
  candidates: z.array(candidateView).describe('Sessions, the one that would get it first; at most 20. Only while it is pending.'),
  more: z.int().describe('Sessions that are not listed.'),
});
/** Why a task is where it is. */
export type TaskExplanation = z.output<typeof taskExplanation>;

/** Why a session does what it does. */
export const sessionExplanation = z.object({
  session_id: sessionId,
  status: sessionStatus,
  text: z.string(),
  reasons: z.array(blockingReason).describe('What keeps it from getting a task, or another one; empty when it would get one at once.'),
  assignments: z.array(explainedAssignment),
});
/** Why a session does what it does. */
export type SessionExplanation = z.output<typeof sessionExplanation>;
