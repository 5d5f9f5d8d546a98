/**
 * Usage and budgets as they are shown.
 */
import { z } from 'zod';
import { budgetScope, tokenCount, usd } from '../ids.ts';

/** What was used. Tokens are all that went in, out, and to and from a cache. */
export const usageView = z.object({
  tokens: tokenCount,
  tokens_in: tokenCount,
  tokens_out: tokenCount,
  cache_read: tokenCount,
  cache_write: tokenCount,
  cost_usd: usd,
  estimated_usd: usd.describe('The part of the cost that comes from the table of prices.'),
  unpriced_tokens: tokenCount.describe('Tokens whose cost nobody knows.'),
  runs: z.int().nonnegative().describe('Reports of usage.'),
});
/** What was used. */
export type UsageView = z.output<typeof usageView>;

/** A budget, and what is left of it. */
export const budgetView = z.object({
  scope: budgetScope,
  target: z.string().describe('The task or session; empty for the swarm.'),
  tokens: tokenCount.nullable(),
  cost_usd: usd.nullable(),
  spent: usageView,
  exhausted: z.boolean(),
});
/** A budget, and what is left of it. */
export type BudgetView = z.output<typeof budgetView>;
