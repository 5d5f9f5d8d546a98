/**
 * The rules of usage and budgets (F3). A budget that is used up stops its work in the same decision: its leases end, so
 * that nothing a run does later counts, whatever the run itself does.
 */
import type { EventData, Fact } from '../../contract/event.ts';
import type { BudgetScope } from '../../contract/ids.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { NOTHING, type Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { liveSession, returnOf } from '../session/live-session.ts';
import type { SwarmState } from '../state.ts';
import { failForGood } from '../task/failure.ts';
import { releaseTask } from '../task/release.ts';
import { isTerminal } from '../task/state.ts';
import { type Budget, budgetKey, BUDGETS_IN_ALL, type Excess, excessOf, type Spent, spentIn, tokensOf } from './state.ts';

/** Adds up what was used, and stops what has used up its budget by it. */
export const reportUsageRule: Rule<'usage.report'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    if (isRefused(session)) return session;
    const data = usageOf(input);
    const facts: Fact[] = [...returnOf(session), { type: 'usage_recorded', data }];
    const stopping = { now: context.now, stopped: new Set<string>() };
    const scopes: readonly [BudgetScope, string][] = [
      ['task', data.task_id ?? ''],
      ['session', session.id],
      ['swarm', ''],
    ];
    for (const [scope, target] of scopes) {
      const budget = state.budgets.limits.get(budgetKey(scope, target));
      const before = spentIn(state.budgets, scope, target);
      if (budget === undefined || excessOf(budget, before) !== null) continue;
      const excess = excessOf(budget, plus(before, data));
      if (excess !== null) facts.push(...stopWork(state, budget, excess, stopping));
    }
    return facts;
  },
};

/** Limits what may be used; what has used more already is stopped at once. */
export const setBudgetRule: Rule<'budget.set'> = {
  decide: (state, input, context) => {
    const place = placeOf(state, input);
    if (isRefused(place)) return place;
    const budget: Budget = { ...place, tokens: input.tokens ?? null, cost_usd: input.cost_usd ?? null };
    const key = budgetKey(place.scope, place.target);
    const before = state.budgets.limits.get(key);
    const removes = budget.tokens === null && budget.cost_usd === null;
    if (removes && before === undefined) return NOTHING;
    if (!removes && before === undefined && state.budgets.limits.size >= BUDGETS_IN_ALL) {
      return refusal('budget_limit', { limit: BUDGETS_IN_ALL });
    }
    const facts: Fact[] = [{ type: 'budget_set', data: { ...budget } }];
    const excess = excessOf(budget, spentIn(state.budgets, place.scope, place.target));
    return excess === null ? facts : [...facts, ...stopWork(state, budget, excess, { now: context.now, stopped: new Set() })];
  },
};

/** The refusal that names a budget which is used up. */
export function refuseExhausted({ scope, target, limited_by, spent, limit }: Budget & Excess): Refusal {
  const whose = scope === 'swarm' ? 'the swarm' : `the ${scope} ${target}`;
  return refusal('budget_exhausted', { whose, spent, limit, unit: limited_by === 'tokens' ? 'tokens' : 'USD' });
}

interface Stopping {
  readonly now: number;
  /** Tasks that the same decision has stopped already: two budgets can stop one task, its lease ends once. */
  readonly stopped: Set<string>;
}

function stopWork(state: SwarmState, { scope, target }: Budget, excess: Excess, { now, stopped }: Stopping): Fact[] {
  const facts: Fact[] = [{ type: 'budget_exhausted', data: { scope, target, ...excess } }];
  if (scope === 'task') {
    const task = state.tasks.get(target);
    if (task === undefined || isTerminal(task.status)) return facts;
    stopped.add(target);
    const duration_ms = task.lease === null ? 0 : now - task.lease.assigned_at;
    return [...facts, ...failForGood(state, task, { reason: 'budget_exhausted', result: null, duration_ms })];
  }
  const sessions = scope === 'swarm' ? [...state.sessions.values()] : [state.sessions.get(target)].filter((each) => each !== undefined);
  for (const session of sessions) {
    for (const id of session.held.toReversed()) {
      const task = state.tasks.get(id);
      if (task === undefined || stopped.has(id)) continue;
      stopped.add(id);
      facts.push(...releaseTask(state, task, 'budget_exhausted', { now }));
    }
  }
  return facts;
}

function usageOf(input: InputOf<'usage.report'>): EventData<'usage_recorded'> {
  return {
    session_id: input.session_id,
    task_id: input.task_id ?? null,
    lease: input.lease ?? null,
    runner: input.runner ?? '',
    model: input.model ?? '',
    tokens_in: input.tokens_in ?? 0,
    tokens_out: input.tokens_out ?? 0,
    cache_read: input.cache_read ?? 0,
    cache_write: input.cache_write ?? 0,
    cost_usd: input.cost_usd ?? null,
    estimated: input.estimated ?? false,
    ...(input.prices_tokens === undefined ? {} : { prices_tokens: input.prices_tokens }),
  };
}

function plus(spent: Spent, data: EventData<'usage_recorded'>): Spent {
  return {
    ...spent,
    tokens_in: spent.tokens_in + tokensOf(data),
    cost_usd: spent.cost_usd + (data.cost_usd ?? 0),
  };
}

function placeOf(state: SwarmState, { task_id, session_id }: InputOf<'budget.set'>): Pick<Budget, 'scope' | 'target'> | Refusal {
  if (task_id !== undefined && session_id !== undefined) {
    return refusal('invalid_input', { issues: 'session_id: name a task or a session, not both' });
  }
  if (task_id !== undefined) return state.tasks.has(task_id) ? { scope: 'task', target: task_id } : refusal('task_unknown', { task_id });
  if (session_id === undefined) return { scope: 'swarm', target: '' };
  return state.sessions.has(session_id) ? { scope: 'session', target: session_id } : refusal('session_unknown', { session_id });
}
