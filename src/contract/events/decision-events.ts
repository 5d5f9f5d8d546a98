/**
 * Events of decisions. Together they are the record of a decision; none is ever changed.
 */
import { z } from 'zod';
import { answerText, decisionId, priority, sessionId, taskId, textOrObject } from '../ids.ts';

/** Somebody puts an item of the inbox off, or takes it up again. */
export const inboxSnoozed = z.object({
  item_id: z.string(),
  /** ms since 1970; null: it comes back at once. */
  until: z.number().nullable(),
  snoozed_by: z.string(),
});

/** What is asked for: a choice, an answer in words, or leave to do something. */
export const decisionKind = z.enum(['decision', 'question', 'permission']);
/** What is asked for. */
export type DecisionKind = z.output<typeof decisionKind>;

/** One of the answers that are offered. */
export const decisionOption = z.strictObject({
  answer: z.string().min(1).max(200),
  details: z.string().max(2000).optional().describe('What it means, for whoever chooses.'),
});
/** One of the answers that are offered. */
export type DecisionOption = z.output<typeof decisionOption>;

/** Somebody needs a person to decide. Times are ms since 1970. */
export const decisionNeeded = z.object({
  decision_id: decisionId,
  kind: decisionKind,
  question: z.string(),
  options: z.array(decisionOption),
  context: textOrObject.nullable(),
  evidence: z.array(z.string()),
  /** A principal, or the session. */
  asked_by: z.string(),
  session_id: sessionId.nullable(),
  incarnation: z.int().nullable(),
  task_id: taskId.nullable(),
  priority,
  /** true: the task waits for it. */
  blocks: z.boolean(),
  deadline: z.number().nullable(),
  default_answer: answerText.nullable(),
  votes_needed: z.int().nullable(),
});

/** A session or a principal said what it would choose. */
export const decisionVoted = z.object({ decision_id: decisionId, voter: z.string(), answer: answerText, reason: z.string().nullable() });

/** What settled a decision: a person, its deadline, or votes. */
export const decisionSource = z.enum(['person', 'default', 'votes']);
/** What settled a decision. */
export type DecisionSource = z.output<typeof decisionSource>;

/** It was decided. */
export const decisionAnswered = z.object({
  decision_id: decisionId,
  answer: answerText,
  source: decisionSource,
  answered_by: z.string(),
  /** Where the person answered, for example web, cli, slack. */
  via: z.string().nullable(),
  reason: z.string().nullable(),
  /** What belongs to the answer beside its text. */
  data: textOrObject.nullable(),
  task_id: taskId.nullable(),
  session_id: sessionId.nullable(),
});

/** Nobody needs it any more. */
export const decisionWithdrawn = z.object({
  decision_id: decisionId,
  reason: z.string(),
  task_id: taskId.nullable(),
  session_id: sessionId.nullable(),
});
