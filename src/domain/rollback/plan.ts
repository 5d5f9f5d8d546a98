/**
 * Plans a rollback: the facts that bring things back to how they were, and what stays as it is. Each fact is one that a
 * rule of its own noun could have decided, in an order in which none stands in the way of the next.
 * Invariant: no lease ends by it.
 */
import type { Fact } from '../../contract/event.ts';
import type { KeptThing, RollbackPart } from '../../contract/events/swarm-events.ts';
import { BUDGETS_IN_ALL, excessOf, spentIn } from '../budget/state.ts';
import { builtInNamed, CAPABILITIES_AT_MOST } from '../capability/state.ts';
import type { DecideContext } from '../decision.ts';
import { CONTENT_SIZE, newestOf, TOPICS } from '../knowledge/state.ts';
import { pauseOf } from '../pause/state.ts';
import { LIMITS_AT_MOST, RESOURCES_AT_MOST } from '../resource/state.ts';
import { nextAfter } from '../schedule/fire.ts';
import { SCHEDULES_AT_MOST } from '../schedule/state.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import type { Task } from '../task/state.ts';
import { ALL_PARTS, type Earlier, sameTopic } from './earlier.ts';
import { planQuestions, planSignals } from './plan-inbox.ts';
import { planTasks, type TaskPlan } from './plan-tasks.ts';

/** What a rollback does. */
export interface RollbackPlan {
  readonly parts: readonly RollbackPart[];
  readonly facts: readonly Fact[];
  readonly kept: readonly KeptThing[];
  /** The rest needs another rollback. */
  readonly more: boolean;
}

type Planning = Pick<DecideContext, 'now' | 'random' | 'caller' | 'calendar' | 'retired'>;
type Part = Pick<RollbackPlan, 'facts' | 'kept'>;

const NO_TASKS: TaskPlan = { facts: [], kept: [], more: false, retried: [], cancelled: [] };

/** Plans it for the chosen parts. */
export function planRollback(
  state: SwarmState,
  earlier: Earlier,
  context: Planning,
  chosen: readonly RollbackPart[] = ALL_PARTS,
): RollbackPlan {
  const parts = ALL_PARTS.filter((part) => chosen.includes(part));
  const has = (part: RollbackPart): boolean => parts.includes(part);
  const fits = (task: Task): boolean => asksFit(state, task, has('resources') ? earlier.resources : new Map());
  const tasks = has('tasks') ? planTasks(state, earlier, fits) : NO_TASKS;
  const resources = has('resources') ? planResources(state, earlier, tasks) : { before: [], after: [], kept: [] };
  const facts: Fact[] = [];
  const kept: KeptThing[] = [];
  const take = (part: Part): void => {
    facts.push(...part.facts);
    kept.push(...part.kept);
  };
  if (has('settings')) take(planSettings(state, earlier));
  if (has('capabilities')) take(planCapabilities(state, earlier));
  if (has('limits')) take(planLimits(state, earlier));
  take({ facts: resources.before, kept: [] });
  take(tasks);
  take({ facts: resources.after, kept: resources.kept });
  if (has('knowledge')) take(planKnowledge(state, earlier, context));
  if (has('schedules')) take(planSchedules(state, earlier, context));
  if (has('pauses')) take(planPauses(state, earlier));
  if (has('budgets')) take(planBudgets(state, earlier));
  if (has('signals')) take(planSignals(state, earlier, context));
  if (has('decisions')) take(planQuestions(state, earlier, { ...context, tasks }));
  if (parts.length === ALL_PARTS.length) kept.push(...earlier.stays);
  const { knowledge_unlisted, inbox } = earlier;
  const left = (has('knowledge') ? knowledge_unlisted : 0) + (has('signals') ? inbox.signals_unlisted : 0);
  return { parts, facts, kept, more: tasks.more || left + (has('decisions') ? inbox.questions_unlisted : 0) > 0 };
}

function planSettings({ settings }: SwarmState, earlier: Earlier): Part {
  const changed = Object.entries(earlier.settings).filter(([key, value]) => Reflect.get(settings, key) !== value);
  if (changed.length === 0) return { facts: [], kept: [] };
  return { facts: [{ type: 'config_applied', data: { settings: Object.fromEntries(changed) } }], kept: [] };
}

function planCapabilities({ capabilities: { defined } }: SwarmState, earlier: Earlier): Part {
  const facts: Fact[] = [];
  for (const [name, was] of earlier.capabilities) {
    const is = defined.get(name) ?? null;
    if (canonicalJson(is) === canonicalJson(was)) continue;
    if (was === null || canonicalJson(was) === canonicalJson(builtInNamed(name) ?? null)) {
      if (is !== null) facts.push({ type: 'capability_removed', data: { capability: name } });
    } else if (is !== null || defined.size < CAPABILITIES_AT_MOST) {
      const { description, skills, time_multiplier, detection } = was;
      const rule = detection === null ? null : { ...detection, task_types: [...detection.task_types] };
      facts.push({
        type: 'capability_defined',
        data: { capability: name, description, skills: [...skills], time_multiplier, detection: rule },
      });
    }
  }
  return { facts, kept: [] };
}

function planLimits({ resources: { limits } }: SwarmState, earlier: Earlier): Part {
  const facts: Fact[] = [];
  for (const [key, was] of earlier.limits) {
    const present = limits.get(key);
    const is = present === undefined || present.configured_at === null ? null : present;
    if (was === null) {
      if (is !== null) facts.push({ type: 'limit_removed', data: { key } });
    } else if (
      is === null ? limits.size < LIMITS_AT_MOST : canonicalJson([is.concurrency, is.rate]) !== canonicalJson([was.concurrency, was.rate])
    ) {
      facts.push({ type: 'limit_set', data: { key, ...was } });
    }
  }
  return { facts, kept: [] };
}

/** Those that come back before the tasks that ask for them; those that go after the tasks that asked for them. */
function planResources(
  { resources: { by_name } }: SwarmState,
  earlier: Earlier,
  { retried, cancelled }: TaskPlan,
): { readonly before: Fact[]; readonly after: Fact[]; readonly kept: KeptThing[] } {
  const plan: { before: Fact[]; after: Fact[]; kept: KeptThing[] } = { before: [], after: [], kept: [] };
  const asking = (tasks: readonly Task[], name: string): number => tasks.filter(({ asks }) => asks?.resources?.[name] !== undefined).length;
  for (const [resource, was] of earlier.resources) {
    const is = by_name.get(resource);
    const left = (is?.asked ?? 0) - asking(cancelled, resource) + asking(retried, resource);
    const keep = (reason: string): void => void plan.kept.push({ kind: 'resource', id: resource, reason });
    if (was === null) {
      if (is === undefined) continue;
      if (left > 0) keep(`${left} unfinished tasks ask for it`);
      else plan.after.push({ type: 'resource_removed', data: { resource } });
      continue;
    }
    if (is !== undefined && (is.ports === null) !== (was.ports === null)) keep('it is of another kind since: remove it by hand');
    else if (is === undefined && by_name.size >= RESOURCES_AT_MOST) keep(`there are ${RESOURCES_AT_MOST} resources`);
    else if (
      is === undefined ||
      canonicalJson([is.capacity, is.ports, is.description]) !== canonicalJson([was.capacity, was.ports, was.description])
    )
      plan.before.push({ type: 'resource_set', data: { resource, ...was } });
  }
  return plan;
}

function planKnowledge({ knowledge }: SwarmState, earlier: Earlier, { caller }: Planning): Part {
  const facts: Fact[] = [];
  const kept: KeptThing[] = [];
  let { size } = knowledge;
  let count = knowledge.topics.size;
  for (const [topic, was] of earlier.knowledge) {
    const is = knowledge.topics.get(topic);
    const newest = newestOf(knowledge, topic);
    const next = { topic, before: newest.seq, version: newest.version + 1, updated_by: caller.actor };
    if (was === null) {
      if (is === undefined) continue;
      facts.push({ type: 'knowledge_deleted', data: next });
      size -= is.size;
      count -= 1;
      continue;
    }
    if (is !== undefined && sameTopic(was, is)) continue;
    size += was.size - (is?.size ?? 0);
    count += is === undefined ? 1 : 0;
    if (size > CONTENT_SIZE || count > TOPICS) {
      kept.push({ kind: 'knowledge', id: topic, reason: 'the knowledge base is full' });
      continue;
    }
    const { content, tags, source } = was;
    const about = { ...(tags.length === 0 ? {} : { tags: [...tags] }), ...(source === null ? {} : { source }) };
    facts.push({ type: 'knowledge_written', data: { ...next, content, ...about } });
  }
  return { facts, kept };
}

function planSchedules({ schedules: { by_id } }: SwarmState, earlier: Earlier, context: Planning): Part {
  const facts: Fact[] = [];
  const kept: KeptThing[] = [];
  for (const [schedule_id, was] of earlier.schedules) {
    const is = by_id.get(schedule_id);
    if (was === null) {
      if (is !== undefined) facts.push({ type: 'schedule_removed', data: { schedule_id } });
      continue;
    }
    const { paused, ...definition } = was;
    const next = nextAfter(definition, context.now, context);
    const known =
      is === undefined
        ? null
        : {
            cron: is.cron,
            time_zone: is.time_zone,
            task: is.task,
            catch_up: is.catch_up,
            overlap: is.overlap,
            jitter_seconds: is.jitter_seconds,
          };
    if (canonicalJson(known) === canonicalJson(definition)) {
      if (is?.paused === paused) continue;
      facts.push(paused ? { type: 'schedule_paused', data: { schedule_id } } : { type: 'schedule_resumed', data: { schedule_id, next } });
      continue;
    }
    if (is === undefined && by_id.size >= SCHEDULES_AT_MOST) {
      kept.push({ kind: 'schedule', id: schedule_id, reason: `there are ${SCHEDULES_AT_MOST} schedules` });
      continue;
    }
    if (is !== undefined) facts.push({ type: 'schedule_removed', data: { schedule_id } });
    facts.push({ type: 'schedule_added', data: { schedule_id, ...definition, next } });
    if (paused) facts.push({ type: 'schedule_paused', data: { schedule_id } });
  }
  return { facts, kept };
}

function planPauses({ pauses, sessions }: SwarmState, earlier: Earlier): Part {
  const facts: Fact[] = [];
  const kept: KeptThing[] = [];
  for (const { scope, target, reason, paused } of earlier.pauses.values()) {
    if ((pauseOf(pauses, scope, target) !== null) === paused) continue;
    if (scope === 'session' && paused && !sessions.has(target))
      kept.push({ kind: 'pause', id: `session ${target}`, reason: 'it has left' });
    else facts.push(paused ? { type: 'work_paused', data: { scope, target, reason } } : { type: 'work_resumed', data: { scope, target } });
  }
  return { facts, kept };
}

/** What is spent stays spent, so a limit that is reached by now is not brought back: it would end leases. */
function planBudgets({ budgets, tasks, sessions }: SwarmState, earlier: Earlier): Part {
  const facts: Fact[] = [];
  const kept: KeptThing[] = [];
  for (const [key, was] of earlier.budgets) {
    const is = budgets.limits.get(key);
    if (was === null) {
      if (is !== undefined) facts.push({ type: 'budget_set', data: { ...is, tokens: null, cost_usd: null } });
      continue;
    }
    const { scope, target } = was;
    const keep = (reason: string): void => void kept.push({ kind: 'budget', id: `${scope} ${target}`.trim(), reason });
    const excess = excessOf(was, spentIn(budgets, scope, target));
    if (canonicalJson(is ?? null) === canonicalJson(was)) continue;
    if ((scope === 'task' && !tasks.has(target)) || (scope === 'session' && !sessions.has(target))) keep('it has left memory');
    else if (excess !== null) keep(`${excess.spent} of the ${excess.limit} it allowed are used by now: it would stop the work at once`);
    else if (is === undefined && budgets.limits.size >= BUDGETS_IN_ALL) keep(`there are ${BUDGETS_IN_ALL} budgets`);
    else facts.push({ type: 'budget_set', data: { ...was } });
  }
  return { facts, kept };
}

/** True when what a task asks for will be there once resources are as they were. */
function asksFit({ resources: { by_name } }: SwarmState, { asks }: Task, earlier: Earlier['resources']): boolean {
  return Object.entries(asks?.resources ?? {}).every(([name, amount]) => {
    const was = earlier.get(name);
    const capacity = was === undefined ? by_name.get(name)?.capacity : was?.capacity;
    return capacity !== undefined && amount <= capacity;
  });
}
