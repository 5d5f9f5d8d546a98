/**
 * What is not the same at two moments. Only net changes: whoever wants every step reads the events.
 */
import type { MomentChange } from '../contract/operations/travel-operations.ts';
import { allPauses } from '../domain/pause/state.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';

type Kind = MomentChange['kind'];

/** A moment, as far as two are compared: each thing in words. */
export interface Outline {
  readonly things: ReadonlyMap<Kind, ReadonlyMap<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** The outline of a state. */
export function outlineOf(state: SwarmState): Outline {
  const tasks = new Map<string, string>();
  for (const { id, status, lease, ending } of state.tasks.values()) {
    const session = lease?.session_id ?? (status === 'pending' ? null : ending?.session_id) ?? null;
    tasks.set(id, `${status.replaceAll('_', ' ')}${session === null ? '' : ` ${status === 'assigned' ? 'to' : 'by'} ${session}`}`);
  }
  const sessions = new Map<string, string>();
  let members = 0;
  for (const session of state.sessions.values()) {
    if (!isMember(session)) continue;
    members += 1;
    sessions.set(session.id, session.held.length === 0 ? session.status : `${session.status} with ${session.held.join(', ')}`);
  }
  const topics = new Map<string, string>();
  for (const { topic, version } of state.knowledge.topics.values()) topics.set(topic, `version ${version}`);
  const locks = new Map<string, string>();
  for (const { name, session_id } of state.locks.by_name.values()) locks.set(name, `held by ${session_id}`);
  const settings = new Map(Object.entries(state.settings).map(([key, value]) => [key, JSON.stringify(value)]));
  return {
    things: new Map<Kind, ReadonlyMap<string, string>>([
      ['task', tasks],
      ['session', sessions],
      ['knowledge', topics],
      ['lock', locks],
      ['setting', settings],
      ...arrangementsOf(state),
    ]),
    counts: { added: state.added, ...state.task_counts, sessions: members, topics: topics.size },
  };
}

/** What was asked, noticed and arranged. */
function arrangementsOf({ decisions, signals, pauses, resources, schedules, budgets }: SwarmState): [Kind, Map<string, string>][] {
  const words = <T>(all: Iterable<T>, say: (one: T) => readonly [string, string]): Map<string, string> => new Map(Array.from(all, say));
  return [
    [
      'decision',
      words(decisions.records.values(), ({ id, closed_at, answer }) => [
        id,
        closed_at === 0 ? 'open' : answer === null ? 'withdrawn' : `answered "${answer}"`,
      ]),
    ],
    ['signal', words(signals.records.values(), ({ id, resolved }) => [id, resolved?.outcome ?? 'open'])],
    ['pause', words(allPauses(pauses), ({ scope, target }) => [`${scope} ${target}`.trim(), 'in force'])],
    ['resource', words(resources.by_name.values(), ({ name, capacity }) => [name, `of capacity ${capacity}`])],
    [
      'limit',
      words(
        [...resources.limits.values()].filter(({ configured_at }) => configured_at !== null),
        ({ key, concurrency, rate }) => [
          key,
          [concurrency === null ? [] : [`${concurrency} at once`], rate === null ? [] : [`${rate.count} per ${rate.per_seconds} s`]]
            .flat()
            .join(', '),
        ],
      ),
    ],
    ['schedule', words(schedules.by_id.values(), ({ id, cron, paused }) => [id, `${cron}${paused ? ', at rest' : ''}`])],
    [
      'budget',
      words(budgets.limits.values(), ({ scope, target, tokens, cost_usd }) => [
        `${scope} ${target}`.trim(),
        [tokens === null ? [] : [`${tokens} tokens`], cost_usd === null ? [] : [`${cost_usd} USD`]].flat().join(', '),
      ]),
    ],
  ];
}

/** The changes from one outline to another; `retired` tells the status of tasks that left memory in between. */
export function changesBetween(before: Outline, after: Outline, retired: ReadonlyMap<string, string>): MomentChange[] {
  const changes: MomentChange[] = [];
  for (const [kind, then] of before.things) {
    const now = after.things.get(kind) ?? new Map<string, string>();
    for (const id of new Set([...then.keys(), ...now.keys()])) {
      const [was, is] = [then.get(id) ?? null, now.get(id) ?? (kind === 'task' ? (retired.get(id) ?? null) : null)];
      if (was !== null && is !== null && kind === 'task' && !now.has(id) && was.startsWith(is)) continue;
      if (was !== is) changes.push({ kind, id, before: was, after: is, text: sentence(kind, id, was, is) });
    }
  }
  return changes;
}

/** Tasks of one outline that the other does not have. */
export function missingTasks(before: Outline, after: Outline): string[] {
  const now = after.things.get('task');
  return [...(before.things.get('task')?.keys() ?? [])].filter((id) => now?.has(id) !== true);
}

/** How many more there are of each. */
export function countsBetween(before: Outline, after: Outline): Record<string, number> {
  const names = new Set([...Object.keys(before.counts), ...Object.keys(after.counts)]);
  return Object.fromEntries([...names].map((name) => [name, (after.counts[name] ?? 0) - (before.counts[name] ?? 0)]));
}

function sentence(kind: Kind, id: string, was: string | null, is: string | null): string {
  switch (kind) {
    case 'task':
      if (was === null) return `The task ${id} was added, and is ${is}.`;
      return is === null
        ? `The task ${id} was ${was}, and was not there yet at the other moment.`
        : `The task ${id} was ${was}, and is ${is}.`;
    case 'session':
      if (was === null) return `The session ${id} joined, and is ${is}.`;
      return is === null ? `The session ${id} was ${was}, and has left.` : `The session ${id} was ${was}, and is ${is}.`;
    case 'knowledge':
      if (was === null) return `The topic ${id} was written: ${is}.`;
      return is === null ? `The topic ${id} was deleted; it had ${was}.` : `The topic ${id} had ${was}, and has ${is}.`;
    case 'lock':
      if (was === null) return `The lock ${id} is ${is}.`;
      return is === null ? `The lock ${id} was ${was}, and is free.` : `The lock ${id} was ${was}, and is ${is}.`;
    case 'setting':
      return `The rule ${id} was ${was}, and is ${is}.`;
    default:
      if (was === null) return `The ${kind} ${id} was made: ${is}.`;
      return is === null ? `The ${kind} ${id} was ${was}, and is gone.` : `The ${kind} ${id} was ${was}, and is ${is}.`;
  }
}
