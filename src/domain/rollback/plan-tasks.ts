/**
 * What a rollback does to tasks: cancelled ones wait again, queued ones that were not there are cancelled, priorities are
 * as they were. Work that was done stays done, and no lease is touched.
 * Invariant: a task is only cancelled when nothing that stays waits for it, so nothing else ends with it.
 */
import type { Fact } from '../../contract/event.ts';
import type { KeptThing } from '../../contract/events/swarm-events.ts';
import type { SwarmState } from '../state.ts';
import { retryTasks } from '../task/change-tasks.ts';
import { isTerminal, type Task } from '../task/state.ts';
import { NO_RETIRED } from '../decision.ts';
import type { Earlier, EarlierTask } from './earlier.ts';

/** Tasks that one rollback changes at most. */
const CHANGED_AT_ONCE = 1000;

/** What becomes of tasks. */
export interface TaskPlan {
  readonly facts: readonly Fact[];
  readonly kept: readonly KeptThing[];
  readonly more: boolean;
  readonly retried: readonly Task[];
  readonly cancelled: readonly Task[];
}

/** Plans it. `fits` tells whether what a task asks for will be there. */
export function planTasks(state: SwarmState, earlier: Earlier, fits: (task: Task) => boolean): TaskPlan {
  const kept: KeptThing[] = [];
  const retrying: Task[] = [];
  const ending: Task[] = [];
  const ranked: { readonly task: Task; readonly priority: number }[] = [];
  const keep = (id: string, reason: string): void => void kept.push({ kind: 'task', id, reason });
  for (const [id, was] of earlier.tasks) {
    const task = state.tasks.get(id);
    if (task === undefined) {
      if (was !== null) keep(id, 'it has ended since and left memory: the work is done');
      continue;
    }
    const reason = moveOf(state, task, { was, fits, retrying, ending });
    if (reason !== null) keep(id, reason);
    else if (
      was !== null &&
      was.priority !== task.priority &&
      !isTerminal(was.status) &&
      task.status !== 'completed' &&
      task.status !== 'failed'
    )
      ranked.push({ task, priority: was.priority });
  }
  if (earlier.tasks_unlisted > 0) keep('', `${earlier.tasks_unlisted} more tasks are not as they were`);
  const retried = retrying.slice(0, CHANGED_AT_ONCE);
  const back = new Set(retried.map(({ id }) => id));
  const reranked = ranked.filter(({ task }) => !isTerminal(task.status) || back.has(task.id)).slice(0, CHANGED_AT_ONCE);
  const free = withoutAwaited(state, ending, { back, keep });
  const cancelled = free.slice(0, CHANGED_AT_ONCE);
  const facts: Fact[] = [
    ...retryTasks(state, retried, [], NO_RETIRED),
    ...reranked.map(({ task, priority }): Fact => ({ type: 'task_reprioritised', data: { task_id: task.id, prev: 0, priority } })),
    ...cancelled.map(({ id }): Fact => {
      const reason = `rolled back to event ${earlier.seq}`;
      return { type: 'task_cancelled', data: { task_id: id, prev: 0, lease: null, session_id: null, reason } };
    }),
  ];
  const more = retried.length < retrying.length || cancelled.length < free.length || reranked.length === CHANGED_AT_ONCE;
  return { facts, kept, more, retried, cancelled };
}

interface Moving {
  readonly was: EarlierTask | null;
  readonly fits: (task: Task) => boolean;
  readonly retrying: Task[];
  readonly ending: Task[];
}

/** Files a task under what is done with it; why it stays as it is, or null. */
function moveOf(state: SwarmState, task: Task, { was, fits, retrying, ending }: Moving): string | null {
  const { status } = task;
  if (status === 'completed') return 'it was completed since: the work is done';
  if (task.lease !== null) {
    if (was?.lease === task.lease.number) return null;
    return `it is worked on by ${task.lease.session_id} under lease ${task.lease.number}`;
  }
  if (status === 'pending') {
    if (was === null || was.status === 'cancelled') ending.push(task);
    else if (was.status === 'failed') return 'it had failed, and waits for another try since';
    else if (was.lease > 0) return 'it was worked on then; its lease has ended since, and it waits';
    return null;
  }
  if (was === null || was.status === status) return null;
  if (isTerminal(was.status)) return `it had ended as ${was.status}, and has ended as ${status} since`;
  const lost = status === 'failed' && (task.ending?.lease ?? 0) > 0;
  if (lost) return `it failed since: tutti task retry ${task.id}`;
  if (task.dependencies.some((id) => !state.tasks.has(id))) return `what it depends on has left memory: tutti task retry ${task.id}`;
  if (!fits(task)) return 'what it asks for is no longer there';
  retrying.push(task);
  return null;
}

interface Awaited {
  /** Tasks that wait again. */
  readonly back: ReadonlySet<string>;
  readonly keep: (id: string, reason: string) => void;
}

/** Those that no unfinished task but others of them waits for or is a part of. */
function withoutAwaited(state: SwarmState, tasks: readonly Task[], { back, keep }: Awaited): Task[] {
  const ending = new Set(tasks.map(({ id }) => id));
  const open = (id: string): boolean => back.has(id) || !isTerminal(state.tasks.get(id)?.status ?? 'completed');
  const waiters = new Map<string, string[]>();
  for (const id of back)
    for (const dependency of state.tasks.get(id)?.dependencies ?? []) waiters.set(dependency, [...(waiters.get(dependency) ?? []), id]);
  for (let changed = true; changed;) {
    changed = false;
    for (const id of ending) {
      const others = [...(state.dependents.get(id) ?? []), ...(state.parts.get(id) ?? []), ...(waiters.get(id) ?? [])];
      const holder = others.find((other) => open(other) && !ending.has(other));
      if (holder === undefined) continue;
      ending.delete(id);
      keep(id, `${holder} needs it and stays`);
      changed = true;
    }
  }
  return tasks.filter(({ id }) => ending.has(id));
}
