/**
 * Operations of decisions (C5) and of the inbox (F9): ask, answer, vote, withdraw, list, show; what waits for a person.
 */
import { z } from 'zod';
import { decisionKind, decisionOption } from '../events/decision-events.ts';
import { answerText, commandId, decisionId, leaseNumber, priority, sessionId, taskId, textOrObject, timestamp } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { colleagueRequestView, decisionStatus, decisionView, inboxItem, inboxKind, signalView } from '../views/decision-view.ts';
import { messageView } from '../views/message-view.ts';

const speaker = sessionId.optional().describe('Who speaks; left out: a person. A caller with a session credential must name its session.');
const reason = z.string().min(1).max(2000).optional();
const output = z.object({ decision: decisionView });

/** The task waits meanwhile, and so does its session. The same question of the same asker is asked once while it is open. */
export const decisionAsk = command(
  'Ask a person to decide; the task waits until somebody answers or its default holds.',
  {
    input: z.strictObject({
      question: z.string().min(1).max(2000),
      kind: decisionKind.optional().describe('Default decision.'),
      options: z.array(decisionOption).max(20).optional().describe('Left out: any text is an answer.'),
      context: textOrObject.optional().describe('What one has to know to decide, at most 64 KiB.'),
      evidence: z.array(z.string().min(1).max(1000)).max(20).optional().describe('Files, commits, addresses, events that show it.'),
      task_id: taskId.optional().describe('The task that needs it; left out: the only one that the session holds.'),
      session_id: speaker,
      lease: leaseNumber.optional(),
      priority: priority.optional(),
      deadline: timestamp.optional(),
      deadline_seconds: z.number().min(1).max(31_536_000).optional().describe('The deadline, from now.'),
      default_answer: answerText.optional().describe('The answer that holds when nobody has answered by the deadline.'),
      votes_needed: z.int().min(1).max(1000).optional().describe('So many votes for one option decide it.'),
      blocks: z.boolean().optional().describe('false: the task goes on meanwhile. Default true.'),
      release_task: z
        .boolean()
        .optional()
        .describe('true: give the task back; whoever gets it once the question is answered finds the answer in its context.'),
      command_id: commandId.optional(),
    }),
    output,
  },
  { role: 'worker', paths: [post('/decision/ask')], tool: 'ask_decision' },
);

/** For people; sessions vote. */
export const decisionAnswer = command(
  'Answer what was asked; the waiting work resumes. The first answer holds, another one is refused.',
  {
    input: z.strictObject({
      decision_id: decisionId,
      answer: answerText,
      reason,
      answered_by: z.string().min(1).max(128).optional().describe('Name of the person; left out: the principal.'),
      via: z.string().min(1).max(32).optional().describe('Where it was answered, for example web, cli, slack, email.'),
      data: textOrObject.optional().describe('What belongs to the answer, at most 64 KiB.'),
      command_id: commandId.optional(),
    }),
    output,
  },
  { role: 'operator', paths: [post('/decision/{decision_id}/answer'), post('/api/decisions')] },
);

/** Voting again replaces the vote. */
export const decisionVote = command(
  'Say what you would choose; with votes_needed so many equal votes decide.',
  {
    input: z.strictObject({ decision_id: decisionId, answer: answerText, reason, session_id: speaker, command_id: commandId.optional() }),
    output,
  },
  { role: 'worker', paths: [post('/decision/{decision_id}/vote')], tool: 'vote_decision' },
);

/** Whoever asked, or a person. */
export const decisionWithdraw = command(
  'Withdraw a question that nobody needs answered any more; the task goes on.',
  {
    input: z.strictObject({ decision_id: decisionId, reason, session_id: speaker, command_id: commandId.optional() }),
    output,
  },
  { role: 'worker', paths: [post('/decision/{decision_id}/withdraw')], tool: 'withdraw_decision', destructive: true },
);

/** The newest first. */
export const decisionList = query(
  'List decisions, the newest first.',
  {
    input: z.strictObject({
      status: decisionStatus.optional(),
      kind: decisionKind.optional(),
      task_id: taskId.optional(),
      session_id: sessionId.optional(),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ decisions: z.array(decisionView), next_cursor: z.string().nullable() }),
  },
  { role: 'viewer', paths: [get('/decision/list'), get('/api/decisions')], tool: 'list_decisions' },
);

/** With `wait` it answers once the decision is closed, or the time is over. */
export const decisionShow = query(
  'Show one decision; with `wait` once it is answered.',
  {
    input: z.strictObject({
      decision_id: decisionId,
      wait: z.number().min(0).max(300).optional().describe('Seconds to wait for its answer; default 0.'),
    }),
    output,
  },
  { role: 'viewer', paths: [get('/decision/{decision_id}'), get('/api/decisions/{decision_id}')], tool: 'show_decision' },
);

/** What stops work comes first, then the most urgent, then what waits longest. */
export const inboxList = query(
  'What waits for a person: permissions, decisions, questions, requests, signals, messages.',
  {
    input: z.strictObject({
      kind: inboxKind.optional(),
      snoozed: z.boolean().optional().describe('true: those that are put off; default: those that are not.'),
      cursor: z.string().max(512).optional(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({
      items: z.array(inboxItem),
      total: z.int(),
      blocking: z.int().describe('Items that keep work standing still.'),
      snoozed: z.int().describe('Items that are put off.'),
      wakes_at: timestamp.nullable().describe('When the next of them comes back.'),
      next_cursor: z.string().nullable(),
    }),
  },
  { role: 'viewer', paths: [get('/inbox/list'), get('/api/inbox')] },
);

/** Nobody is told otherwise: deadlines and defaults hold as before. */
export const inboxSnooze = command(
  'Put an item of the inbox off for a while; its deadline stays.',
  {
    input: z.strictObject({
      item_id: z.string().min(1).max(128),
      seconds: z.number().min(0).max(31_536_000).optional().describe('From now; default an hour; 0: it comes back at once.'),
      command_id: commandId.optional(),
    }),
    output: z.object({ item_id: z.string(), snoozed_until: timestamp.nullable() }),
  },
  { role: 'operator', paths: [post('/inbox/{item_id}/snooze')] },
);

/** One item, whole. */
export const inboxShow = query(
  'Show one item of the inbox, whole.',
  {
    input: z.strictObject({ item_id: z.string().min(1).max(128) }),
    output: z.object({
      kind: inboxKind,
      decision: decisionView.nullable(),
      signal: signalView.nullable(),
      request: colleagueRequestView.nullable(),
      message: messageView.nullable(),
    }),
  },
  { role: 'viewer', paths: [get('/inbox/{item_id}'), get('/api/inbox/{item_id}')] },
);
