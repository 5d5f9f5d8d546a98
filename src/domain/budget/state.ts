/**
 * What the rules know of usage and budgets.
 *
 * A budget: set → (exhausted → raised)* → removed. Invariants: what is spent never shrinks while its task or session is
 * remembered; a budget is exhausted exactly when what is spent has reached one of its limits; while that of the swarm or of
 * a session is, the session is halted and gets nothing. Bounds: 10,000 budgets; usage of remembered tasks and sessions only.
 */
import type { BudgetScope } from '../../contract/ids.ts';

/** Budgets that may be set at once. */
export const BUDGETS_IN_ALL = 10_000;

/** Models that are told apart; the names come from agents. */
export const MODELS_AT_MOST = 200;
/** What models beyond these are counted as. */
export const OTHER_MODELS = 'others';

/** What was used: tokens, and USD. */
export interface Spent {
  tokens_in: number;
  tokens_out: number;
  cache_read: number;
  cache_write: number;
  cost_usd: number;
  estimated_usd: number;
  unpriced_tokens: number;
  runs: number;
}

/** A budget. */
export interface Budget {
  readonly scope: BudgetScope;
  /** The task or session; empty for the swarm. */
  readonly target: string;
  readonly tokens: number | null;
  readonly cost_usd: number | null;
}

/** All usage and budgets. */
export interface Budgets {
  readonly swarm: Spent;
  readonly sessions: Map<string, Spent>;
  readonly tasks: Map<string, Spent>;
  /** By the name that the provider gives the model; empty: nobody said. */
  readonly models: Map<string, Spent>;
  /** By `budgetKey`, in the order they were set. */
  readonly limits: Map<string, Budget>;
}

/** Nothing was used, nothing is limited. */
export function createBudgets(): Budgets {
  return { swarm: createSpent(), sessions: new Map(), tasks: new Map(), models: new Map(), limits: new Map() };
}

/** Nothing was used. */
export function createSpent(): Spent {
  return { tokens_in: 0, tokens_out: 0, cache_read: 0, cache_write: 0, cost_usd: 0, estimated_usd: 0, unpriced_tokens: 0, runs: 0 };
}

/** The key of a budget. */
export function budgetKey(scope: BudgetScope, target: string): string {
  return `${scope}:${target}`;
}

/** What was used within a scope. */
export function spentIn(budgets: Budgets, scope: BudgetScope, target: string): Spent {
  const found = scope === 'swarm' ? budgets.swarm : (scope === 'session' ? budgets.sessions : budgets.tasks).get(target);
  return found ?? createSpent();
}

/** All tokens of some usage. */
export function tokensOf({
  tokens_in,
  tokens_out,
  cache_read,
  cache_write,
}: Pick<Spent, 'tokens_in' | 'tokens_out' | 'cache_read' | 'cache_write'>): number {
  return tokens_in + tokens_out + cache_read + cache_write;
}

/** How a budget is exceeded by what is spent. */
export interface Excess {
  readonly limited_by: 'tokens' | 'cost_usd';
  readonly spent: number;
  readonly limit: number;
}

/** Which limit is reached, or null. */
export function excessOf({ tokens, cost_usd }: Pick<Budget, 'tokens' | 'cost_usd'>, spent: Spent): Excess | null {
  const used = tokensOf(spent);
  if (tokens !== null && used >= tokens) return { limited_by: 'tokens', spent: used, limit: tokens };
  if (cost_usd !== null && spent.cost_usd >= cost_usd) return { limited_by: 'cost_usd', spent: spent.cost_usd, limit: cost_usd };
  return null;
}

/** The exhausted budget of a scope with its excess, or null. */
export function exhaustionOf(budgets: Budgets, scope: BudgetScope, target: string): (Budget & Excess) | null {
  if (budgets.limits.size === 0) return null;
  const budget = budgets.limits.get(budgetKey(scope, target));
  const excess = budget === undefined ? null : excessOf(budget, spentIn(budgets, scope, target));
  return budget === undefined || excess === null ? null : { ...budget, ...excess };
}

/** The exhausted budget that keeps a session from working, or null. */
export function haltOf(budgets: Budgets, sessionId: string): (Budget & Excess) | null {
  return exhaustionOf(budgets, 'swarm', '') ?? exhaustionOf(budgets, 'session', sessionId);
}
