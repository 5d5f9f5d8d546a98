/**
 * The rules of resources and limits: set and remove; what a task may ask for; and what time refills.
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { nearestName } from '../capability/nearest-name.ts';
import { NOTHING, type Rule } from '../decision.ts';
import { refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import type { Task } from '../task/state.ts';
import type { Shortage } from './gate.ts';
import type { Asks } from './asks.ts';
import { awaitsToken, freeOf, LIMITS_AT_MOST, nextTokenAt, RESOURCES_AT_MOST } from './state.ts';

/** A capacity below what is in use takes nothing away: the resource drains. */
export const setResourceRule: Rule<'resource.set'> = {
  decide: (state, input) => {
    const { resource } = input;
    const ports = 'ports' in input ? input.ports : null;
    if (ports !== null && ports.to < ports.from) {
      return refusal('resource_invalid', { resource, reason: `the range ends at ${ports.to}, before it begins at ${ports.from}` });
    }
    const capacity = 'ports' in input ? input.ports.to - input.ports.from + 1 : input.capacity;
    const present = state.resources.by_name.get(resource);
    const description = input.description ?? present?.description ?? '';
    if (present === undefined && state.resources.by_name.size >= RESOURCES_AT_MOST)
      return refusal('resource_limit', { limit: RESOURCES_AT_MOST });
    if (present !== undefined && (present.ports === null) !== (ports === null)) {
      return refusal('resource_invalid', {
        resource,
        reason: `it is ${present.ports === null ? 'an amount' : 'a range of ports'}, and stays so`,
      });
    }
    const same = present !== undefined && present.capacity === capacity && present.description === description;
    if (same && canonicalJson(present.ports) === canonicalJson(ports)) return NOTHING;
    return [{ type: 'resource_set', data: { resource, capacity, ports, description } }];
  },
};

/** Only when no unfinished task asks for it. */
export const removeResourceRule: Rule<'resource.remove'> = {
  decide: (state, { resource }) => {
    const present = state.resources.by_name.get(resource);
    if (present === undefined) return unknownResource(state, resource);
    if (present.asked > 0) return refusal('resource_in_use', { resource, tasks: present.asked });
    return [{ type: 'resource_removed', data: { resource } }];
  },
};

/** Replaces what was configured for the key. */
export const setLimitRule: Rule<'limit.set'> = {
  decide: (state, { key, concurrency = null, rate = null }) => {
    const present = state.resources.limits.get(key);
    if (concurrency === null && rate === null) {
      return refusal('limit_invalid', { key, reason: 'it bounds nothing: name concurrency or rate' });
    }
    if (/^(?:type|group|capability):$/.test(key)) return refusal('limit_invalid', { key, reason: `nothing is named after ${key}` });
    const isConfigured = present !== undefined && present.configured_at !== null;
    if (isConfigured && present.concurrency === concurrency && canonicalJson(present.rate) === canonicalJson(rate)) return NOTHING;
    if (!isConfigured && state.resources.limits.size >= LIMITS_AT_MOST)
      return refusal('limit_invalid', { key, reason: `there are ${LIMITS_AT_MOST} limits` });
    return [{ type: 'limit_set', data: { key, concurrency, rate } }];
  },
};

/** What its tasks say themselves goes on. */
export const removeLimitRule: Rule<'limit.remove'> = {
  decide: (state, { key }) => {
    if ((state.resources.limits.get(key)?.configured_at ?? null) === null) return refusal('limit_unknown', { key });
    return [{ type: 'limit_removed', data: { key } }];
  },
};

/** Why a task may not ask for this; null when it may. */
export function refuseAsks(state: SwarmState, asks: { readonly resources?: Asks['resources'] | undefined }): Refusal | null {
  for (const [resource, amount] of Object.entries(asks.resources ?? {})) {
    const present = state.resources.by_name.get(resource);
    if (present === undefined) return unknownResource(state, resource);
    if (amount > present.capacity) return refusal('resource_too_small', { resource, amount, capacity: present.capacity });
  }
  return null;
}

/** Why a task that is ready otherwise cannot be claimed while this is short; null when it can. */
export function refuseShortage(task: Task, shortage: Shortage): Refusal | null {
  if (shortage.kind === 'kept') return null;
  const reason =
    shortage.kind === 'resource'
      ? `it asks for ${shortage.amount} of ${shortage.resource.name}, of which ${Math.max(0, freeOf(shortage.resource))} are free`
      : `the limit of ${shortage.key} is reached`;
  return refusal('task_not_ready', { task_id: task.id, reason });
}

/** The buckets that have a token again for those who wait. */
export function decideRefills(state: SwarmState, now: number): Fact[] {
  const facts: Fact[] = [];
  for (const limit of state.resources.rated) {
    if (awaitsToken(limit) && nextTokenAt(limit) <= now) facts.push({ type: 'limit_refilled', data: { key: limit.key } });
  }
  return facts;
}

function unknownResource(state: SwarmState, resource: string): Refusal {
  const near = nearestName(resource, state.resources.by_name.keys());
  const names = [...state.resources.by_name.keys()].slice(0, 12);
  const known = names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`;
  return refusal('resource_unknown', { resource, suggestion: near === null ? known : `Did you mean ${near}?` });
}

/** What a task that is added asks for; null: nothing. */
export function asksIn(
  task: Pick<InputOf<'schedule.add'>['task'], 'resources' | 'concurrency'>,
): Partial<Pick<typeof task, 'resources' | 'concurrency'>> | null {
  const { resources, concurrency } = task;
  if ((resources === undefined || Object.keys(resources).length === 0) && concurrency === undefined) return null;
  return {
    ...(resources === undefined || Object.keys(resources).length === 0 ? {} : { resources }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}
