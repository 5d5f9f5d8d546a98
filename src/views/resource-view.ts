/**
 * Resources and limits as they are shown, and why a task waits for them.
 */
import { Failure } from '../contract/failure.ts';
import type { InputOf, OutputOf } from '../contract/operations.ts';
import type { LimitView, ResourceView } from '../contract/views/resource-view.ts';
import type { BlockingReason } from '../contract/views/explain-view.ts';
import type { Shortage } from '../domain/resource/gate.ts';
import { freeOf, type Limit, nextTokenAt, type Resource, tokensAt } from '../domain/resource/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { pageOf } from './page.ts';
import { listed, several } from './phrases.ts';
import { spokenTime } from './time.ts';

const HOLDERS_NAMED = 100;
const HOLDERS_TOLD = 5;
const LAST_PORT = 65_535;

/** A page of resources. */
export function listResources(state: SwarmState, input: InputOf<'resource.list'>): OutputOf<'resource.list'> {
  const page = pageOf(input, { after: (number) => resourcesAfter(state, number), matches: () => true });
  return { resources: page.items.map((resource) => showResource(state, resource)), next_cursor: page.next };
}

/** One resource. Throws Failure `resource_unknown`. */
export function showOneResource(state: SwarmState, name: string): { readonly resource: ResourceView } {
  const resource = state.resources.by_name.get(name);
  if (resource === undefined) throw new Failure('resource_unknown', { resource: name, suggestion: '' });
  return { resource: showResource(state, resource) };
}

/** Every limit at `now`. */
export function listLimits(state: SwarmState, now: number): OutputOf<'limit.list'> {
  return { limits: [...state.resources.limits.values()].map((limit) => showLimit(limit, now)) };
}

/** One limit at `now`. Throws Failure `limit_unknown`. */
export function showOneLimit(state: SwarmState, key: string, now: number): { readonly limit: LimitView } {
  const limit = state.resources.limits.get(key);
  if (limit === undefined) throw new Failure('limit_unknown', { key });
  return { limit: showLimit(limit, now) };
}

type ShortageCode = 'resource_busy' | 'limit_reached' | 'rate_limited';

/** What is short, and when it will not be. */
export function shortageReason(state: SwarmState, shortage: Shortage, now: number): BlockingReason & { readonly code: ShortageCode } {
  if (shortage.kind === 'concurrency') {
    const { running = 0, concurrency = null, rate = null } = state.resources.limits.get(shortage.key) ?? {};
    if (running === 0 || concurrency === 0) {
      const text = `No task of ${shortage.key} may start: its limit is ${concurrency ?? 0}.`;
      // Setting replaces all of a limit, so what else it bounds is named again.
      const kept = rate === null ? '' : ` --rate ${rate.count}/${rate.per_seconds}`;
      return { code: 'limit_reached', text, unblock: `Raise it: tutti limit set ${shortage.key} --concurrency 1${kept}` };
    }
    const text = `${several(running, 'task', 'tasks')} of ${shortage.key} ${running === 1 ? 'runs' : 'run'}, and no more may at the same time: ${listed(runningUnder(state, shortage.key))}.`;
    return { code: 'limit_reached', text, unblock: 'It starts when one of them ends; tutti limit list shows the limits.' };
  }
  if (shortage.kind === 'rate') {
    const limit = state.resources.limits.get(shortage.key);
    const at = limit === undefined ? now : nextTokenAt(limit);
    const text = `Tasks of ${shortage.key} may start ${several(limit?.rate?.count ?? 0, 'time', 'times')} in ${limit?.rate?.per_seconds ?? 0} s.`;
    return { code: 'rate_limited', text, unblock: `The next one may start at ${spokenTime(Math.max(now, at))}.` };
  }
  const { resource, amount } = shortage;
  const free = Math.max(0, freeOf(resource));
  const names = holdersOf(state, resource).map(({ task_id }) => task_id);
  const held =
    names.length === 0 ? '' : ` Held by ${names.slice(0, HOLDERS_TOLD).join(', ')}${names.length > HOLDERS_TOLD ? ' and others' : ''}.`;
  if (shortage.kind === 'kept') {
    const text = `${resource.name} is kept for a task that has waited for it longer than max_wait.${held}`;
    return { code: 'resource_busy', text, unblock: 'It starts after that task has.' };
  }
  if (amount > resource.capacity) {
    const text = `It asks for ${amount} of ${resource.name}, of which there are ${resource.capacity} in all.${held}`;
    return { code: 'resource_busy', text, unblock: `Raise it: ${raising(resource, amount)}; or cancel the task and add it with less.` };
  }
  const raised = raising(resource, resource.capacity + amount - freeOf(resource));
  const text = `It asks for ${amount} of ${resource.name}; ${free} of ${resource.capacity} are free.${held}`;
  return { code: 'resource_busy', text, unblock: `It starts when enough is given back; or raise it: ${raised}` };
}

/** The command that gives a resource a capacity; a range of ports grows downwards where it ends at the last port. */
function raising({ name, ports }: Resource, capacity: number): string {
  if (ports === null) return `tutti resource set ${name} ${capacity}`;
  const to = Math.min(LAST_PORT, ports.from + capacity - 1);
  return `tutti resource set ${name} --ports ${Math.max(1, to - capacity + 1)}-${to}`;
}

function showResource(state: SwarmState, resource: Resource): ResourceView {
  const free = freeOf(resource);
  const draining = resource.in_use > resource.capacity || free < 0;
  return {
    resource: resource.name,
    description: resource.description,
    capacity: resource.capacity,
    ports: resource.ports,
    in_use: resource.in_use,
    free: draining ? 0 : free,
    draining,
    held_by: holdersOf(state, resource),
    waiting: waitingIn(resource.classes),
  };
}

function showLimit(limit: Limit, now: number): LimitView {
  const { key, concurrency, rate, running } = limit;
  const tokens = rate === null ? null : Math.floor(tokensAt(limit, now) * 1000) / 1000;
  return { key, concurrency, rate, running, tokens, waiting: waitingIn(limit.classes), configured: limit.configured_at !== null };
}

function waitingIn(classes: Resource['classes']): number {
  let waiting = 0;
  for (const each of classes) waiting += each.waiting;
  return waiting;
}

/** Who holds some of it: looked up through the sessions, of which there are fewer than tasks. */
function holdersOf(state: SwarmState, { name, in_use }: Resource): ResourceView['held_by'] {
  const holders: ResourceView['held_by'] = [];
  if (in_use === 0) return holders;
  for (const session of state.sessions.values()) {
    for (const id of session.held) {
      const task = state.tasks.get(id);
      const amount = task?.asks?.resources?.[name] ?? 0;
      if (amount > 0) holders.push({ task_id: id, amount, ports: [...(task?.ports?.[name] ?? [])] });
      if (holders.length === HOLDERS_NAMED) return holders;
    }
  }
  return holders;
}

/** The tasks that run under a key. */
function runningUnder(state: SwarmState, key: string): string[] {
  const ids: string[] = [];
  for (const { held } of state.sessions.values()) {
    for (const id of held) if (state.tasks.get(id)?.needs?.keys.some(([limit]) => limit.key === key) === true) ids.push(id);
  }
  return ids;
}

function* resourcesAfter({ resources }: SwarmState, number: number): Generator<readonly [number, Resource]> {
  for (const resource of resources.by_name.values()) if (resource.number > number) yield [resource.number, resource];
}
