/**
 * Which class of needs a task belongs to: what it asks for itself, and the configured limits of its keys.
 */
import type { Task } from '../task/state.ts';
import type { Limit, NeedClass, Resources } from './state.ts';

const PRIORITIES = 11;

/** The keys of a task that a limit may be configured for. */
export function keysOf({
  type,
  group,
  required_capability,
  asks,
}: Pick<Task, 'type' | 'group' | 'required_capability' | 'asks'>): string[] {
  return [
    ...(asks === null || asks.concurrency === null ? [] : [asks.concurrency.key]),
    `type:${type}`,
    ...(group === null ? [] : [`group:${group}`]),
    ...(required_capability === null ? [] : [`capability:${required_capability}`]),
  ];
}

/** The class of a task, made when it is the first; null when it needs nothing. */
export function needsOf(resources: Resources, task: Task): NeedClass | null {
  const { asks } = task;
  if (asks === null && resources.limits.size === 0) return null;
  const amounts = Object.entries(asks?.resources ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const own = asks?.concurrency ?? null;
  const keys = [...new Set(keysOf(task))].filter((key) => key === own?.key || isConfigured(resources, key));
  if (amounts.length === 0 && keys.length === 0) return null;
  const signature = JSON.stringify([task.required_capability, amounts, keys, own?.limit ?? null]);
  const known = resources.classes.get(signature);
  if (known !== undefined) return known;
  const made: NeedClass = {
    signature,
    number: (resources.made += 1),
    amounts: amounts.flatMap(([name, amount]) => {
      const resource = resources.by_name.get(name);
      return resource === undefined ? [] : [[resource, amount] as const];
    }),
    keys: keys.map((key) => [limitOf(resources, key), key === own?.key ? own.limit : null] as const),
    members: 0,
    lanes: Array.from({ length: PRIORITIES }, () => ({ front: new Set<Task>(), back: new Set<Task>() })),
    waiting: 0,
    since: 0,
    exposed: new Set(),
  };
  resources.classes.set(signature, made);
  for (const [resource] of made.amounts) resource.classes.add(made);
  for (const [limit] of made.keys) limit.classes.add(made);
  return made;
}

/** A task joined its class. */
export function joinClass(needs: NeedClass): void {
  needs.members += 1;
  for (const [resource] of needs.amounts) resource.asked += 1;
}

/** A task left its class for good; a class without tasks goes. */
export function leaveClass(resources: Resources, needs: NeedClass): void {
  needs.members -= 1;
  for (const [resource] of needs.amounts) resource.asked -= 1;
  if (needs.members > 0) return;
  resources.classes.delete(needs.signature);
  for (const [resource] of needs.amounts) resource.classes.delete(needs);
  for (const [limit] of needs.keys) {
    limit.classes.delete(needs);
    if (limit.configured_at === null && limit.classes.size === 0) resources.limits.delete(limit.key);
  }
}

function isConfigured(resources: Resources, key: string): boolean {
  const limit = resources.limits.get(key);
  return limit !== undefined && limit.configured_at !== null;
}

function limitOf(resources: Resources, key: string): Limit {
  let limit = resources.limits.get(key);
  if (limit === undefined) {
    limit = {
      key,
      concurrency: null,
      rate: null,
      configured_at: null,
      running: 0,
      tokens: 0,
      filled_at: 0,
      classes: new Set(),
      waiting: new Set(),
    };
    resources.limits.set(key, limit);
  }
  return limit;
}
