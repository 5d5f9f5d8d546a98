/**
 * Events of usage and budgets, and of work that waits for a provider. Costs in USD, counts in tokens, times in ms since 1970.
 */
import { z } from 'zod';
import { accountName, budgetScope, leaseNumber, limitKind, sequence, sessionId, taskId, textOrObject, tokenCount, usd } from '../ids.ts';

/** What a part of a run used. It is recorded whoever holds the task by now: it was spent. */
export const usageRecorded = z.object({
  session_id: sessionId,
  task_id: taskId.nullable(),
  lease: leaseNumber.nullable(),
  runner: z.string(),
  model: z.string(),
  tokens_in: tokenCount,
  tokens_out: tokenCount,
  cache_read: tokenCount,
  cache_write: tokenCount,
  /** null when neither the provider nor the table of prices knows it. */
  cost_usd: usd.nullable(),
  /** true: from the table of prices, not from the provider. */
  estimated: z.boolean(),
  /** Tokens that were recorded before without their cost, which this one contains. */
  prices_tokens: tokenCount.optional(),
});

/** What a task, a session or the swarm may use; both limits null: no longer limited. */
export const budgetSet = z.object({
  scope: budgetScope,
  /** The task or session; empty for the swarm. */
  target: z.string(),
  tokens: tokenCount.nullable(),
  cost_usd: usd.nullable(),
});

/** A budget is used up: its work has been stopped and none begins until it is raised. */
export const budgetExhausted = z.object({
  scope: budgetScope,
  target: z.string(),
  limited_by: z.enum(['tokens', 'cost_usd']),
  spent: z.number(),
  limit: z.number(),
});

/** A provider takes no more from an account for now, or, without one, from a session: they get nothing until it does. */
export const accountLimited = z.object({
  account: accountName.nullable(),
  /** The session that was refused. */
  session_id: sessionId,
  reason: limitKind,
  /** When the provider takes more, as far as it is known. */
  reset_at: z.number().nullable(),
  /** When the first of them gets work again. */
  until: z.number(),
  /** The others come back within so many ms after it. */
  spread: z.number(),
  /** Refusals in a row. */
  times: z.int(),
  /** What the provider said. */
  message: z.string().optional(),
});

/** A task gave its session back until its provider takes more. It counts neither as failed nor as lost. */
export const taskParked = z.object({
  task_id: taskId,
  prev: sequence,
  lease: leaseNumber,
  session_id: sessionId,
  reason: limitKind,
  /** When the provider takes more, as far as it is known. */
  reset_at: z.number().nullable(),
  /** When it is given out again: the reset and a random pause. */
  until: z.number(),
  /** What the next attempt may go on from. */
  checkpoint: textOrObject.nullable(),
});
