/**
 * What the events of usage and budgets do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { budgetKey, createSpent, haltOf, MODELS_AT_MOST, OTHER_MODELS, type Spent, tokensOf } from './state.ts';

/** A part of a run used something. */
export function onUsageRecorded(state: SwarmState, { data }: EventOf<'usage_recorded'>): void {
  const { budgets } = state;
  count(budgets.swarm, data);
  count(spentBy(budgets.sessions, data.session_id), data);
  // Usage of a task that has left memory still counts for its session and the swarm.
  if (data.task_id !== null && state.tasks.has(data.task_id)) count(spentBy(budgets.tasks, data.task_id), data);
  const { models } = budgets;
  count(spentBy(models, models.has(data.model) || models.size < MODELS_AT_MOST ? data.model : OTHER_MODELS), data);
  refreshHalts(state);
}

/** A budget was set, raised or removed. */
export function onBudgetSet(state: SwarmState, { data }: EventOf<'budget_set'>): void {
  const { limits } = state.budgets;
  const key = budgetKey(data.scope, data.target);
  if (data.tokens === null && data.cost_usd === null) limits.delete(key);
  else limits.set(key, { ...data });
  refreshHalts(state);
}

/** Told for those who follow; the state knows from what is spent. */
export function onBudgetExhausted(): void {
  // Derived: see refreshHalts.
}

/** Forgets what a task used; its events stay in the log. */
export function forgetTaskUsage({ budgets }: SwarmState, taskId: string): void {
  if (budgets.tasks.size > 0) budgets.tasks.delete(taskId);
  if (budgets.limits.size > 0) budgets.limits.delete(budgetKey('task', taskId));
}

/** Forgets what a session used. */
export function forgetSessionUsage({ budgets }: SwarmState, sessionId: string): void {
  budgets.sessions.delete(sessionId);
  budgets.limits.delete(budgetKey('session', sessionId));
}

function refreshHalts(state: SwarmState): void {
  if (state.budgets.limits.size === 0 && !state.halted) return;
  let halted = false;
  for (const session of state.sessions.values()) {
    session.halted = haltOf(state.budgets, session.id) !== null;
    halted ||= session.halted;
  }
  state.halted = halted;
}

function spentBy(usage: Map<string, Spent>, id: string): Spent {
  let spent = usage.get(id);
  if (spent === undefined) {
    spent = createSpent();
    usage.set(id, spent);
  }
  return spent;
}

function count(spent: Spent, data: EventOf<'usage_recorded'>['data']): void {
  spent.tokens_in += data.tokens_in;
  spent.tokens_out += data.tokens_out;
  spent.cache_read += data.cache_read;
  spent.cache_write += data.cache_write;
  spent.runs += 1;
  if (data.cost_usd === null) spent.unpriced_tokens += tokensOf(data);
  else spent.cost_usd += data.cost_usd;
  if (data.prices_tokens !== undefined) spent.unpriced_tokens = Math.max(0, spent.unpriced_tokens - data.prices_tokens);
  if (data.estimated) spent.estimated_usd += data.cost_usd ?? 0;
}
