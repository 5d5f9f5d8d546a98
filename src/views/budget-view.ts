/**
 * Usage and budgets as they are shown.
 */
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { BudgetScope } from '../contract/ids.ts';
import type { BudgetView, UsageView } from '../contract/views/budget-view.ts';
import { type Budgets, budgetKey, exhaustionOf, haltOf, type Spent, spentIn, tokensOf } from '../domain/budget/state.ts';
import type { SwarmState } from '../domain/state.ts';

const RANK: Readonly<Record<BudgetScope, number>> = { swarm: 0, session: 1, task: 2 };

/** Every budget, and what the swarm has used. */
export function listBudgets({ budgets }: SwarmState, input: { readonly exhausted?: boolean | undefined }): OutputOf<'budget.list'> {
  const all = [...budgets.limits.values()].sort((a, b) => RANK[a.scope] - RANK[b.scope]);
  const shown = all.flatMap(({ scope, target }) => showBudget(budgets, scope, target) ?? []);
  return { budgets: shown.filter((each) => input.exhausted !== true || each.exhausted), usage: showSpent(budgets.swarm) };
}

/** What a task, a session or the swarm has used. */
export function showUsage(
  { budgets }: SwarmState,
  input: { readonly task_id?: string | undefined; readonly session_id?: string | undefined },
): OutputOf<'usage.show'> {
  const { scope, target } = placeOf(input);
  return { usage: showSpent(spentIn(budgets, scope, target)), budget: showBudget(budgets, scope, target) };
}

/** What each session, task or model has used, the dearest first. */
export function listUsage({ budgets }: SwarmState, { by, limit = 100 }: InputOf<'usage.list'>): OutputOf<'usage.list'> {
  const spent = { session: budgets.sessions, task: budgets.tasks, model: budgets.models }[by];
  const all = [...spent].map(([name, each]) => ({ name, usage: showSpent(each) }));
  all.sort((a, b) => b.usage.cost_usd - a.usage.cost_usd || b.usage.tokens - a.usage.tokens);
  return { usage: all.slice(0, limit), total: all.length };
}

/** The budget that was set; null when it was removed. */
export function answerBudget(
  { budgets }: SwarmState,
  input: { readonly task_id?: string | undefined; readonly session_id?: string | undefined },
): OutputOf<'budget.set'> {
  const { scope, target } = placeOf(input);
  return { budget: showBudget(budgets, scope, target) };
}

/** Whether the run that reported has to end. */
export function answerUsage(
  { budgets }: SwarmState,
  { session_id, task_id }: { readonly session_id: string; readonly task_id?: string | undefined },
): OutputOf<'usage.report'> {
  const spent = haltOf(budgets, session_id) ?? (task_id === undefined ? null : exhaustionOf(budgets, 'task', task_id));
  return { recorded: true, stop: spent === null ? null : { scope: spent.scope, target: spent.target } };
}

function placeOf(input: { readonly task_id?: string | undefined; readonly session_id?: string | undefined }): {
  readonly scope: BudgetScope;
  readonly target: string;
} {
  if (input.task_id !== undefined) return { scope: 'task', target: input.task_id };
  return input.session_id === undefined ? { scope: 'swarm', target: '' } : { scope: 'session', target: input.session_id };
}

function showBudget(budgets: Budgets, scope: BudgetScope, target: string): BudgetView | null {
  const budget = budgets.limits.get(budgetKey(scope, target));
  if (budget === undefined) return null;
  return { ...budget, spent: showSpent(spentIn(budgets, scope, target)), exhausted: exhaustionOf(budgets, scope, target) !== null };
}

function showSpent(spent: Spent): UsageView {
  return { ...spent, tokens: tokensOf(spent) };
}
