/**
 * Operations of usage and budgets (F3): what runs used, what they may use, and work that waits for its provider.
 */
import { z } from 'zod';
import { budgetScope, commandId, leaseNumber, limitKind, sessionId, taskId, textOrObject, timestamp, tokenCount, usd } from '../ids.ts';
import { command, get, post, query } from '../operation.ts';
import { budgetView, usageView } from '../views/budget-view.ts';

/** Recorded also when the lease is gone: it was spent. */
export const usageReport = command(
  'Report what a part of a run used; what is used up by it is stopped at once.',
  {
    input: z.strictObject({
      session_id: sessionId,
      task_id: taskId.optional(),
      lease: leaseNumber.optional(),
      runner: z.string().min(1).max(128).optional(),
      model: z.string().max(256).optional(),
      tokens_in: tokenCount.optional().describe('Tokens that went in, without those from a cache.'),
      tokens_out: tokenCount.optional(),
      cache_read: tokenCount.optional(),
      cache_write: tokenCount.optional(),
      cost_usd: usd.nullable().optional().describe('null or left out: nobody knows.'),
      estimated: z.boolean().optional().describe('true: the cost comes from a table of prices.'),
      prices_tokens: tokenCount.optional().describe('Tokens that were reported before without their cost, which this one contains.'),
      command_id: commandId.optional(),
    }),
    output: z.object({
      recorded: z.literal(true),
      stop: z
        .object({ scope: budgetScope, target: z.string() })
        .nullable()
        .describe('The budget that is used up: end the run. null: go on.'),
    }),
  },
  { role: 'worker', paths: [post('/usage/report')] },
);

/** What was used by whom. */
export const usageShow = query(
  'Show what a task, a session or the whole swarm has used.',
  {
    input: z.strictObject({ task_id: taskId.optional(), session_id: sessionId.optional() }),
    output: z.object({ usage: usageView, budget: budgetView.nullable() }),
  },
  { role: 'viewer', paths: [get('/usage/show'), get('/api/usage')], tool: 'show_usage' },
);

/** The dearest first. */
export const usageList = query(
  'List what each session, task in memory, or model has used.',
  {
    input: z.strictObject({ by: z.enum(['session', 'task', 'model']), limit: z.int().min(1).max(1000).optional() }),
    output: z.object({
      usage: z.array(z.object({ name: z.string().describe('Empty: a model that nobody named.'), usage: usageView })),
      total: z.int(),
    }),
  },
  { role: 'viewer', paths: [get('/usage/list'), get('/api/usage/list')], tool: 'list_usage' },
);

/** Both limits null: the budget is removed. */
export const budgetSetOperation = command(
  'Limit what a task, a session or the swarm may use. Work beyond it is stopped at once; raising it lets it go on.',
  {
    input: z.strictObject({
      task_id: taskId.optional().describe('Left out, and no session either: the swarm.'),
      session_id: sessionId.optional(),
      tokens: tokenCount.nullable().optional(),
      cost_usd: usd.nullable().optional(),
      command_id: commandId.optional(),
    }),
    output: z.object({ budget: budgetView.nullable().describe('null: it was removed.') }),
  },
  { role: 'operator', paths: [post('/budget/set')] },
);

/** The swarm's first, then sessions, then tasks, in the order they were set. */
export const budgetList = query(
  'List the budgets and what is left of them.',
  {
    input: z.strictObject({ exhausted: z.boolean().optional().describe('true: only those that are used up.') }),
    output: z.object({ budgets: z.array(budgetView).max(10_000), usage: usageView.describe('Of the whole swarm.') }),
  },
  { role: 'viewer', paths: [get('/budget/list'), get('/api/budgets')] },
);

/** The task counts neither as failed nor as lost. */
export const workPark = command(
  'Give a held task back until its provider takes more; it is given out again then, with a random pause.',
  {
    input: z.strictObject({
      session_id: sessionId,
      task_id: taskId,
      lease: leaseNumber.optional(),
      reason: limitKind,
      message: z.string().max(500).optional().describe('What the provider said; shown to people when the reason is access or model.'),
      reset_at: timestamp.nullable().optional().describe('null or left out: nobody knows; it waits for longer each time.'),
      checkpoint: textOrObject.nullable().optional().describe('What the next attempt may go on from, at most 64 KiB.'),
      command_id: commandId.optional(),
    }),
    output: z.object({ task_id: taskId, status: z.literal('parked'), until: timestamp }),
  },
  { role: 'worker', paths: [post('/work/park')], tool: 'park_task' },
);
