/**
 * What the events of resources and limits do to the state.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { isTerminal, type Task } from '../task/state.ts';
import { refile } from '../task/lifecycle.ts';
import { settleAll } from './gate.ts';
import { joinClass, keysOf, leaveClass, needsOf } from './needs.ts';
import { type Limit, tokensAt } from './state.ts';

/** A resource is there, or has another capacity. */
export function onResourceSet(state: SwarmState, event: EventOf<'resource_set'>): void {
  const { resource: name, capacity, ports, description } = event.data;
  const present = state.resources.by_name.get(name);
  if (present === undefined) {
    const made = {
      name,
      number: event.seq,
      description,
      capacity,
      ports,
      in_use: 0,
      held_ports: new Set<number>(),
      asked: 0,
      classes: new Set<never>(),
      waiting: new Set<never>(),
    };
    state.resources.by_name.set(name, made);
    return;
  }
  Object.assign(present, { capacity, ports, description });
  settleAll(state, event.time);
}

/** It is gone. Nobody asks for it. */
export function onResourceRemoved(state: SwarmState, event: EventOf<'resource_removed'>): void {
  state.resources.by_name.delete(event.data.resource);
}

/** A key has a limit, or another one. */
export function onLimitSet(state: SwarmState, event: EventOf<'limit_set'>): void {
  const { key, concurrency, rate } = event.data;
  const present = state.resources.limits.get(key);
  const limit: Limit = present ?? {
    key,
    concurrency,
    rate,
    configured_at: event.time,
    running: 0,
    tokens: 0,
    filled_at: 0,
    classes: new Set(),
    waiting: new Set(),
  };
  const wasConfigured = present !== undefined && present.configured_at !== null;
  const isFull = present === undefined || present.rate === null;
  Object.assign(limit, { concurrency, rate, configured_at: event.time, filled_at: event.time });
  limit.tokens = rate === null ? 0 : isFull ? rate.count : Math.min(rate.count, limit.tokens);
  state.resources.limits.set(key, limit);
  if (rate === null) state.resources.rated.delete(limit);
  else state.resources.rated.add(limit);
  if (!wasConfigured) reclassify(state, key);
  settleAll(state, event.time);
}

/** Its tasks are bound no more, but by what they say themselves. */
export function onLimitRemoved(state: SwarmState, event: EventOf<'limit_removed'>): void {
  const { key } = event.data;
  const limit = state.resources.limits.get(key);
  if (limit === undefined) return;
  Object.assign(limit, { concurrency: null, rate: null, configured_at: null, tokens: 0 });
  state.resources.rated.delete(limit);
  reclassify(state, key);
  if (limit.classes.size === 0) state.resources.limits.delete(key);
  settleAll(state, event.time);
}

/** A bucket has a token again. */
export function onLimitRefilled(state: SwarmState, event: EventOf<'limit_refilled'>): void {
  const limit = state.resources.limits.get(event.data.key);
  if (limit === undefined) return;
  limit.tokens = tokensAt(limit, event.time);
  limit.filled_at = event.time;
  settleAll(state, event.time);
}

/** Gives every unfinished task of a key its class anew, and counts those that run. What waits has waited as long as before. */
function reclassify(state: SwarmState, key: string): void {
  const { resources } = state;
  for (const task of state.tasks.values()) {
    if (isTerminal(task.status) || !keysOf(task).includes(key)) continue;
    const before = task.needs;
    refile(state, task, () => {
      const needs = needsOf(resources, task);
      if (needs !== null) joinClass(needs);
      task.needs = needs;
      if (task.lease !== null) recount(before, needs);
      if (before !== null) leaveClass(resources, before);
    });
  }
}

/** What runs counts for the keys of its class now, and for no other. */
function recount(before: Task['needs'], now: Task['needs']): void {
  for (const [limit] of before?.keys ?? []) limit.running -= 1;
  for (const [limit] of now?.keys ?? []) limit.running += 1;
}
