/**
 * Decisions, signals, requests for colleagues and the inbox as they are shown (C5, F9).
 */
import { z } from 'zod';
import { decisionKind, decisionOption, decisionSource } from '../events/decision-events.ts';
import { colleagueOutcome, colleagueRequested, signalOutcome, signalRaised } from '../events/signal-events.ts';
import { decisionId, priority, sessionId, taskId, textOrObject, timestamp } from '../ids.ts';

/** The statuses of a decision. */
export const decisionStatus = z.enum(['open', 'answered', 'withdrawn']);

/** A decision as it is shown: its whole record. */
export const decisionView = z.object({
  decision_id: decisionId,
  kind: decisionKind,
  status: decisionStatus,
  question: z.string(),
  options: z.array(decisionOption),
  context: textOrObject.nullable(),
  evidence: z.array(z.string()),
  asked_by: z.string(),
  session_id: sessionId.nullable().describe('The session that waits.'),
  task_id: taskId.nullable().describe('The task that waits.'),
  priority,
  blocks: z.boolean().describe('true: its task waits for it.'),
  asked_at: timestamp,
  deadline: timestamp.nullable(),
  default_answer: z.string().nullable().describe('The answer that holds when nobody has answered by the deadline.'),
  votes: z.array(z.object({ voter: z.string(), answer: z.string(), reason: z.string().nullable(), voted_at: timestamp })),
  votes_needed: z.int().nullable(),
  answer: z.string().nullable(),
  answered_by: z.string().nullable(),
  source: decisionSource.nullable().describe('What settled it: a person, its deadline, or votes.'),
  via: z.string().nullable(),
  reason: z.string().nullable().describe('Why it was answered so, or withdrawn.'),
  data: textOrObject.nullable(),
  closed_at: timestamp.nullable(),
});
/** A decision as it is shown. */
export type DecisionView = z.output<typeof decisionView>;

/** A signal as it is shown. */
export const signalView = signalRaised.extend({
  status: z.enum(['open', 'resolved', 'dismissed']),
  raised_at: timestamp,
  outcome: signalOutcome.nullable(),
  resolution: z.string().nullable(),
  resolved_by: z.string().nullable(),
  resolved_at: timestamp.nullable(),
});
/** A signal as it is shown. */
export type SignalView = z.output<typeof signalView>;

/** A request for a colleague as it is shown. */
export const colleagueRequestView = colleagueRequested.extend({
  status: z.enum(['open', 'started', 'declined', 'withdrawn']),
  session_id: sessionId.nullable().describe('Who asked.'),
  requested_at: timestamp,
  outcome: colleagueOutcome.nullable(),
  colleague: sessionId.nullable().describe('The session that was started.'),
  reason: z.string().nullable(),
  settled_at: timestamp.nullable(),
});
/** A request for a colleague as it is shown. */
export type ColleagueRequestView = z.output<typeof colleagueRequestView>;

/** Kinds of what waits for a person. */
export const inboxKind = z.enum(['permission', 'decision', 'question', 'colleague', 'signal', 'message']);

/** One line of the inbox. */
export const inboxItem = z.object({
  item_id: z.string().describe('Id of the decision, signal or request; of a message `message-` and its number.'),
  kind: inboxKind,
  title: z.string(),
  from: z.string(),
  task_id: taskId.nullable(),
  priority,
  blocks: z.boolean().describe('true: work stands still until somebody answers.'),
  since: timestamp,
  deadline: timestamp.nullable(),
});
/** One line of the inbox. */
export type InboxItem = z.output<typeof inboxItem>;
