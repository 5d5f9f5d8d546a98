/**
 * What a rollback is told of an earlier moment: how each thing was then that is another now. Plain data, so that it can
 * come from another thread.
 * Invariant: a thing that is in none of the maps is not touched; null says that it was not there then.
 * Bounds: tasks and contents that are listed; what is beyond them is counted.
 */
import type { EventData } from '../../contract/event.ts';
import type { KeptThing, RollbackPart } from '../../contract/events/swarm-events.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Budget } from '../budget/state.ts';
import type { CapabilityDefinition } from '../capability/state.ts';
import type { Knowledge } from '../knowledge/state.ts';
import { allPauses, type Pause } from '../pause/state.ts';
import type { CronSchedule } from '../schedule/state.ts';
import type { SwarmState } from '../state.ts';
import { canonicalJson } from '../task/content-hash.ts';
import { isTerminal, type Task } from '../task/state.ts';
import { earlierInbox, type EarlierInbox, inboxOf, type OpenInbox } from './earlier-inbox.ts';
import { type OutOfReach, outOfReachOf, whatStays } from './what-stays.ts';

/** A task as it was. */
export interface EarlierTask {
  readonly status: Task['status'];
  readonly priority: number;
  /** The lease it had, or 0. */
  readonly lease: number;
}

type EarlierTopic = Pick<Knowledge, 'content' | 'tags' | 'source' | 'size' | 'version'>;
type EarlierResource = Omit<EventData<'resource_set'>, 'resource'>;
type EarlierLimit = Omit<EventData<'limit_set'>, 'key'>;
type EarlierSchedule = Pick<CronSchedule, 'cron' | 'time_zone' | 'task' | 'catch_up' | 'overlap' | 'jitter_seconds' | 'paused'>;

/** How things were. */
export interface Earlier {
  readonly seq: number;
  /** ms since 1970. */
  readonly time: number;
  readonly tasks: ReadonlyMap<string, EarlierTask | null>;
  /** Tasks that are not listed; their work is done, or they are too many. */
  readonly tasks_unlisted: number;
  readonly settings: Partial<Settings>;
  readonly knowledge: ReadonlyMap<string, EarlierTopic | null>;
  /** Topics that are left for another rollback. */
  readonly knowledge_unlisted: number;
  readonly resources: ReadonlyMap<string, EarlierResource | null>;
  readonly limits: ReadonlyMap<string, EarlierLimit | null>;
  readonly schedules: ReadonlyMap<string, EarlierSchedule | null>;
  readonly capabilities: ReadonlyMap<string, CapabilityDefinition | null>;
  readonly pauses: ReadonlyMap<string, Pick<Pause, 'scope' | 'target' | 'reason'> & { readonly paused: boolean }>;
  readonly budgets: ReadonlyMap<string, Budget | null>;
  readonly inbox: EarlierInbox;
  /** What is not as it was and that no rollback touches. */
  readonly stays: readonly KeptThing[];
}

/** The things of a state that can be compared; each stays as it is while the state goes on. */
export interface Things {
  readonly seq: number;
  readonly tasks: ReadonlyMap<string, EarlierTask>;
  readonly settings: Settings;
  readonly knowledge: ReadonlyMap<string, Knowledge>;
  readonly resources: ReadonlyMap<string, EarlierResource>;
  readonly limits: ReadonlyMap<string, EarlierLimit>;
  readonly schedules: ReadonlyMap<string, EarlierSchedule>;
  readonly capabilities: ReadonlyMap<string, CapabilityDefinition>;
  readonly pauses: ReadonlyMap<string, Pick<Pause, 'scope' | 'target' | 'reason'>>;
  readonly budgets: ReadonlyMap<string, Budget>;
  readonly inbox: OpenInbox;
  readonly beyond: OutOfReach;
}

const TASKS_LISTED = 5000;
const TOPICS_LISTED = 200;
const CONTENT_LISTED = 4 * 1_048_576;

/** Every part that there is. */
export const ALL_PARTS: readonly RollbackPart[] = [
  'settings',
  'capabilities',
  'resources',
  'limits',
  'tasks',
  'knowledge',
  'schedules',
  'pauses',
  'budgets',
  'signals',
  'decisions',
];

/** The things of a state. */
export function thingsOf(state: SwarmState): Things {
  const tasks = new Map<string, EarlierTask>();
  for (const { id, status, priority, lease } of state.tasks.values()) tasks.set(id, { status, priority, lease: lease?.number ?? 0 });
  const limits = new Map<string, EarlierLimit>();
  for (const { key, concurrency, rate, configured_at } of state.resources.limits.values())
    if (configured_at !== null) limits.set(key, { concurrency, rate });
  const schedules = new Map<string, EarlierSchedule>();
  for (const each of state.schedules.by_id.values()) {
    const { cron, time_zone, task, catch_up, overlap, jitter_seconds, paused } = each;
    schedules.set(each.id, { cron, time_zone, task, catch_up, overlap, jitter_seconds, paused });
  }
  return {
    seq: state.seq,
    tasks,
    settings: { ...state.settings },
    knowledge: new Map(state.knowledge.topics),
    resources: new Map(
      [...state.resources.by_name].map(([name, { capacity, ports, description }]) => [name, { capacity, ports, description }]),
    ),
    limits,
    schedules,
    capabilities: new Map(state.capabilities.defined),
    pauses: new Map(
      allPauses(state.pauses).map(({ scope, target, reason }) => [canonicalJson([scope, target]), { scope, target, reason }]),
    ),
    budgets: new Map(state.budgets.limits),
    inbox: inboxOf(state),
    beyond: outOfReachOf(state),
  };
}

/** How the things of `then` were, where those of `now` are others. */
export function earlierOf(then: Things, time: number, now: Things): Earlier {
  const { tasks, unlisted } = earlierTasks(then.tasks, now.tasks);
  const topics = earlierTopics(then.knowledge, now.knowledge);
  const changed = Object.entries(then.settings).filter(([key, value]) => now.settings[key as keyof Settings] !== value);
  const pauses = new Map<string, Pick<Pause, 'scope' | 'target' | 'reason'> & { readonly paused: boolean }>();
  for (const [key, pause] of then.pauses) if (!now.pauses.has(key)) pauses.set(key, { ...pause, paused: true });
  for (const [key, pause] of now.pauses) if (!then.pauses.has(key)) pauses.set(key, { ...pause, paused: false });
  return {
    seq: then.seq,
    time,
    tasks,
    tasks_unlisted: unlisted,
    settings: Object.fromEntries(changed) as Partial<Settings>,
    knowledge: topics.listed,
    knowledge_unlisted: topics.unlisted,
    resources: others(then.resources, now.resources),
    limits: others(then.limits, now.limits),
    schedules: others(then.schedules, now.schedules),
    capabilities: others(then.capabilities, now.capabilities),
    pauses,
    budgets: others(then.budgets, now.budgets),
    inbox: earlierInbox(then.inbox, now.inbox),
    stays: whatStays(then, now),
  };
}

/** Those that can be brought back first, then those of which it can only be said that they cannot. */
function earlierTasks(then: Things['tasks'], now: Things['tasks']): { tasks: Map<string, EarlierTask | null>; unlisted: number } {
  const open: [string, EarlierTask | null][] = [];
  const done: [string, EarlierTask | null][] = [];
  for (const [id, is] of now) {
    const was = then.get(id) ?? null;
    if (was !== null && was.status === is.status && was.priority === is.priority && was.lease === is.lease) continue;
    if (was === null && isTerminal(is.status) && is.status !== 'completed') continue;
    (is.status === 'completed' ? done : open).push([id, was]);
  }
  for (const [id, was] of then) if (!now.has(id) && !isTerminal(was.status)) done.push([id, was]);
  const all = [...open, ...done];
  return { tasks: new Map(all.slice(0, TASKS_LISTED)), unlisted: Math.max(0, all.length - TASKS_LISTED) };
}

function earlierTopics(
  then: Things['knowledge'],
  now: Things['knowledge'],
): { listed: Map<string, EarlierTopic | null>; unlisted: number } {
  const listed = new Map<string, EarlierTopic | null>();
  let size = 0;
  let unlisted = 0;
  const list = (topic: string, was: Knowledge | null): void => {
    size += was?.size ?? 0;
    if (listed.size >= TOPICS_LISTED || (size > CONTENT_LISTED && listed.size > 0)) unlisted += 1;
    else listed.set(topic, was === null ? null : topicOf(was));
  };
  for (const [topic, was] of then) {
    const is = now.get(topic);
    if (is?.seq !== was.seq && !(is !== undefined && sameTopic(was, is))) list(topic, was);
  }
  for (const topic of now.keys()) if (!then.has(topic)) list(topic, null);
  return { listed, unlisted };
}

function topicOf({ content, tags, source, size, version }: Knowledge): EarlierTopic {
  return { content, tags, source, size, version };
}

/** True when two versions say the same. */
export function sameTopic(a: Pick<Knowledge, 'content' | 'tags' | 'source'>, b: Pick<Knowledge, 'content' | 'tags' | 'source'>): boolean {
  return canonicalJson([a.content, a.tags, a.source]) === canonicalJson([b.content, b.tags, b.source]);
}

function others<T>(then: ReadonlyMap<string, T>, now: ReadonlyMap<string, T>): Map<string, T | null> {
  const found = new Map<string, T | null>();
  for (const [key, was] of then) if (canonicalJson(was) !== canonicalJson(now.get(key) ?? null)) found.set(key, was);
  for (const key of now.keys()) if (!then.has(key)) found.set(key, null);
  return found;
}
