/**
 * What the rules know of named resources and of limits: what tasks need beside a capability and a session.
 *
 * A resource has a capacity, of which a task holds its amount for as long as its lease; a range of ports also gives it their
 * numbers. A limit of a key bounds how many of its tasks run at the same time, or how many start per time (token bucket).
 * Invariants: `in_use` is the sum over the leases; `running` counts the leases of a key; tokens are never below 0.
 * Bounds: 1,000 resources, 10,000 limits.
 */
import type { Task } from '../task/state.ts';

/** Resources at most. */
export const RESOURCES_AT_MOST = 1000;
/** Configured limits at most. */
export const LIMITS_AT_MOST = 10_000;

/** The numbers of a range, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** A named resource. */
export interface Resource {
  readonly name: string;
  /** Sequence number of the event that set it first. */
  readonly number: number;
  description: string;
  capacity: number;
  ports: PortRange | null;
  /** Held by leases. After the capacity was lowered it may be more than that. */
  in_use: number;
  /** Numbers that leases hold, of a range of ports. */
  readonly held_ports: Set<number>;
  /** Unfinished tasks that ask for it. */
  asked: number;
  readonly classes: Set<NeedClass>;
  /** Those of them that have waiting tasks. */
  readonly waiting: Set<NeedClass>;
}

/** A bucket of tokens: `count` at most, filled within `per_seconds`. */
export interface RateLimit {
  readonly count: number;
  readonly per_seconds: number;
}

/** What bounds the tasks of a key. */
export interface Limit {
  readonly key: string;
  /** Tasks that run at the same time; null: as the tasks say themselves. */
  concurrency: number | null;
  rate: RateLimit | null;
  /** null: nobody configured it; its tasks name it. */
  configured_at: number | null;
  running: number;
  /** At `filled_at`, in ms since 1970. */
  tokens: number;
  filled_at: number;
  readonly classes: Set<NeedClass>;
  /** Those of them that have waiting tasks. */
  readonly waiting: Set<NeedClass>;
}

/** Tasks that need the same: whatever lets one of them start lets any. */
export interface NeedClass {
  readonly signature: string;
  /** Classes that were made before it have smaller ones. */
  readonly number: number;
  /** Amounts of resources. */
  readonly amounts: readonly (readonly [Resource, number])[];
  /** Keys, each with the limit that its tasks name. */
  readonly keys: readonly (readonly [Limit, number | null])[];
  /** Unfinished tasks of this class. */
  members: number;
  /** Those that only wait for what they need, by priority; `front` are those that were held before, the newest first to go. */
  readonly lanes: { readonly front: Set<Task>; readonly back: Set<Task> }[];
  waiting: number;
  /** None of them has waited for longer than since then. */
  since: number;
  /** Those of them that are in the ready queue, because what they need is there. */
  readonly exposed: Set<Task>;
}

/** All resources and limits. */
export interface Resources {
  readonly by_name: Map<string, Resource>;
  readonly limits: Map<string, Limit>;
  readonly classes: Map<string, NeedClass>;
  /** Classes that were ever made. */
  made: number;
  /** Limits with a rate. */
  readonly rated: Set<Limit>;
}

/** None. */
export function createResources(): Resources {
  return { by_name: new Map(), limits: new Map(), classes: new Map(), made: 0, rated: new Set() };
}

/** When a bucket that tasks wait for has a token again, ms since 1970; Infinity for none. */
export function nextRefill({ rated }: Resources): number {
  let next = Infinity;
  for (const limit of rated) if (awaitsToken(limit)) next = Math.min(next, nextTokenAt(limit));
  return next;
}

/** True when tasks wait for a token of this limit. */
export function awaitsToken({ waiting, tokens }: Limit): boolean {
  return tokens < 1 && waiting.size > 0;
}

/** Tokens of a limit at a time; Infinity without a rate. */
export function tokensAt({ rate, tokens, filled_at }: Limit, now: number): number {
  if (rate === null) return Infinity;
  return Math.min(rate.count, tokens + (Math.max(0, now - filled_at) * rate.count) / (rate.per_seconds * 1000));
}

/** When the limit has a whole token again, ms since 1970; the time its bucket was last looked at when it has one. */
export function nextTokenAt({ rate, tokens, filled_at }: Limit): number {
  if (rate === null || tokens >= 1) return filled_at;
  return filled_at + Math.ceil(((1 - tokens) * rate.per_seconds * 1000) / rate.count);
}

/** Free amount of a resource; negative while it drains. */
export function freeOf({ capacity, in_use, ports, held_ports }: Resource): number {
  if (ports === null) return capacity - in_use;
  let held = 0;
  for (const port of held_ports) if (port >= ports.from && port <= ports.to) held += 1;
  return capacity - held;
}
