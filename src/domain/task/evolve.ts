/**
 * What the events of tasks do to the state.
 */
import type { EventData, EventOf } from '../../contract/event.ts';
import { countCompleted } from '../activity/state.ts';
import { countEnded } from '../capability/state.ts';
import { arrive, comeBack } from '../arrival-order.ts';
import { chargeGroup } from '../group/charge-group.ts';
import type { Ended } from '../group/state.ts';
import { invariant } from '../invariant.ts';
import { forgetFailure, noteFailure, noteSuccess } from '../session/breaker.ts';
import { forgetLimit } from '../session/provider-limit.ts';
import { hold } from '../session/membership.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { failsElsewhere, observeAttempt } from '../learning/observe.ts';
import { kindOf, nominalDuration } from '../learning/task-kind.ts';
import {
  awaitAgain,
  awaitDependencies,
  awaitNone,
  beginNeeds,
  endDelay,
  endingOf,
  endLease,
  enter,
  finish,
  forget,
  isAwaited,
  moveTo,
  leaveQueue,
  queueIfReady,
  refile,
  requeue,
  revive,
  satisfyDependents,
  takeNeeds,
  settleIgnoring,
} from './lifecycle.ts';
import { noteCopy } from './copies.ts';
import { noteKey } from './recent-keys.ts';
import { isReported } from './retry-rules.ts';
import { countsAsLost, isOwnFault, noteSetback } from './setbacks.ts';
import { DEFAULT_OPTIONS, type Task } from './state.ts';
import { clearTime, setTime } from './timed-tasks.ts';

/** Prefixes that are counted before any task of such a type came: a bound on what odd ids can cost. */
const FOREIGN_PREFIXES = 10_000;
const ZERO = 48;
const NO_DEPENDENCIES: readonly string[] = Object.freeze([]);

/** A task entered the backlog. */
export function onTaskAdded(state: SwarmState, event: EventOf<'task_added'>): void {
  const { data } = event;
  const task = begunTask(event, data.not_before ?? 0);
  const others = state.tasks.size;
  state.tasks.set(task.id, task);
  invariant(state.tasks.size > others, () => `event ${event.seq} adds the task ${task.id} again`);
  arrive(state.task_order, task.id, event.seq);
  state.added += 1;
  noteCopy(state, task);
  begin(state, task, event, null);
  if (data.idempotency_key !== undefined) {
    const use = { task_id: task.id, content_hash: task.content_hash, time: event.time };
    noteKey(state.keys, data.idempotency_key, use, (id) => state.tasks.has(id));
  }
  countDefaultId(state, task.type, task.id);
}

/** Somebody put it back into the queue after it had left memory. */
export function onTaskRecalled(state: SwarmState, event: EventOf<'task_recalled'>): void {
  const { number, created_at, was, attempt, overdue } = event.data;
  const task: Task = { ...begunTask(event, 0), created_at, attempt, overdue };
  invariant(!state.tasks.has(task.id), () => `event ${event.seq} recalls the task ${task.id}, which is in memory`);
  state.tasks.set(task.id, task);
  awaitAgain(state, task.id);
  comeBack(state.task_order, task.id, number);
  state.retired -= 1;
  state.task_counts[was] -= 1;
  begin(state, task, event, was);
}

/** An unfinished task enters: it is new, or had ended as `was`. */
function begin(state: SwarmState, task: Task, event: EventOf<'task_added' | 'task_recalled'>, was: Ended | null): void {
  state.task_counts.pending += 1;
  beginNeeds(state, task);
  awaitDependencies(state, task);
  enter(state, task, event, was);
  if (task.due_at > 0) setTime(state.delayed, task.id, task.due_at);
  queueIfReady(state, task);
}

function begunTask(event: EventOf<'task_added' | 'task_recalled'>, notBefore: number): Task {
  const { data } = event;
  return {
    id: data.task_id,
    type: data.type,
    title: data.title,
    spec: data.spec,
    required_capability: data.required_capability,
    estimated_hours: data.estimated_hours ?? null,
    group: data.group ?? null,
    asks: asksOf(data),
    dependencies: data.dependencies ?? NO_DEPENDENCIES,
    options: data.options === undefined ? DEFAULT_OPTIONS : { ...DEFAULT_OPTIONS, ...definedIn(data.options) },
    content_hash: data.content_hash ?? '',
    created_at: event.time,
    ready_at: event.time,
    priority: data.priority,
    bonus_open: !data.explicit_priority && (data.waiting_for ?? 0) > 0,
    status: 'pending',
    progress: 0,
    waiting_for: data.waiting_for ?? 0,
    attempt: 0,
    failures: 0,
    lost: 0,
    questions: 0,
    due_at: notBefore > event.time ? notBefore : 0,
    overdue: false,
    needs: null,
    ports: null,
    lease: null,
    ending: null,
    last_seq: event.seq,
    queued: false,
    before: null,
    after: null,
  };
}

function asksOf({ resources, concurrency }: Pick<EventData<'task_added'>, 'resources' | 'concurrency'>): Task['asks'] {
  return resources === undefined && concurrency === undefined ? null : { resources: resources ?? null, concurrency: concurrency ?? null };
}

/** A session got the task. */
export function onTaskAssigned(state: SwarmState, event: EventOf<'task_assigned'>): void {
  const { task_id, session_id, incarnation, attempt, started, policy, score, why } = event.data;
  const task = taskOf(state, event);
  leaveQueue(state, task);
  moveTo(state, task, started ? 'in_progress' : 'assigned');
  task.attempt = attempt;
  task.lease = {
    number: event.seq,
    session_id,
    incarnation,
    assigned_at: event.time,
    policy,
    score,
    why: why ?? null,
    started_at: started ? event.time : 0,
    progress_at: event.time,
    probed_at: 0,
    overrun_at: 0,
    charged: chargeGroup(state, task, session_id),
  };
  takeNeeds(state, task);
  hold(state, session_id, task_id, event.time);
}

/** The session began. */
export function onTaskStarted(state: SwarmState, event: EventOf<'task_started'>): void {
  const task = taskOf(state, event);
  if (task.lease === null) return;
  moveTo(state, task, 'in_progress');
  task.lease.started_at = event.time;
  task.lease.progress_at = event.time;
}

/** The session reported. */
export function onTaskProgressed(state: SwarmState, event: EventOf<'task_progressed'>): void {
  const task = taskOf(state, event);
  if (task.lease === null) return;
  task.progress = event.data.progress;
  task.lease.progress_at = event.time;
  task.lease.probed_at = 0;
}

/** Its silence was noticed. */
export function onTaskProbed(state: SwarmState, event: EventOf<'task_probed'>): void {
  const task = taskOf(state, event);
  if (task.lease === null) return;
  task.lease.probed_at = event.time;
  if (event.data.overrun === true) task.lease.overrun_at = event.time;
}

/** The session finished it. */
export function onTaskCompleted(state: SwarmState, event: EventOf<'task_completed'>): void {
  const { session_id, lease, result, duration_ms, copy_id } = event.data;
  const task = taskOf(state, event);
  // What a copy did was counted when the copy completed.
  if (copy_id === undefined) {
    const session = state.sessions.get(session_id);
    if (session !== undefined) {
      session.performance.completed += 1;
      session.performance.duration_ms += duration_ms;
      countEnded(session.performance.tallies, task.type, true);
    }
    countCompleted(state.activity, event.time, duration_ms);
    learn(state, task, session, { success: true, ran: duration_ms });
  }
  task.progress = 1;
  const ending = endingOf(task, event.time, { result });
  finish(state, task, 'completed', copy_id === undefined ? ending : { ...ending, lease, session_id, started_at: event.time - duration_ms });
  satisfyDependents(state, task);
}

/** An attempt failed. */
export function onTaskFailed(state: SwarmState, event: EventOf<'task_failed'>): void {
  const { session_id, reason, result, retry_at, message } = event.data;
  const task = taskOf(state, event);
  const session = session_id === null ? undefined : state.sessions.get(session_id);
  if (session !== undefined) session.performance.failed += 1;
  learn(state, task, holderOf(state, task), { success: reason === 'dependency_failed' ? null : false, ran: ranSoFar(state, task) });
  if (isReported(reason)) task.failures += 1;
  if (isReported(reason) && session !== undefined) countEnded(session.performance.tallies, task.type, false);
  if (reason === 'leases_lost') task.lost += 1;
  const ending = endingOf(task, event.time, { result, failure: reason, reason, message });
  if (retry_at === null) {
    finish(state, task, 'failed', ending);
    settleIgnoring(state, task);
    return;
  }
  task.ending = ending;
  noteSetback(state, task, event.time, null);
  endLease(state, task, event.time);
  requeue(state, task, retry_at, false);
}

/** A lease ended before its task did. */
export function onTaskReleased(state: SwarmState, event: EventOf<'task_released'>): void {
  const task = taskOf(state, event);
  learn(state, task, holderOf(state, task), { success: isOwnFault(event.data.reason) ? false : null, ran: ranSoFar(state, task) });
  if (countsAsLost(event.data.reason)) task.lost += 1;
  noteSetback(state, task, event.time, event.data.reason);
  endLease(state, task, event.time);
  requeue(state, task, 0, true);
}

/** It waits until its provider takes more, and goes on before others then. */
export function onTaskParked(state: SwarmState, event: EventOf<'task_parked'>): void {
  const task = taskOf(state, event);
  endLease(state, task, event.time);
  requeue(state, task, event.data.until, true);
}

/** The pause is over. */
export function onTaskDue(state: SwarmState, event: EventOf<'task_due'>): void {
  const task = taskOf(state, event);
  endDelay(state, task);
  queueIfReady(state, task);
}

/** Somebody ended it. */
export function onTaskCancelled(state: SwarmState, event: EventOf<'task_cancelled'>): void {
  const task = taskOf(state, event);
  finish(state, task, 'cancelled', endingOf(task, event.time, { result: null, failure: event.data.reason }));
  settleIgnoring(state, task);
}

/** Somebody put it back into the queue. */
export function onTaskRetried(state: SwarmState, event: EventOf<'task_retried'>): void {
  const task = taskOf(state, event);
  revive(state, task, event);
  beginNeeds(state, task);
  task.ending = null;
  task.failures = 0;
  task.lost = 0;
  task.waiting_for = event.data.waiting_for;
  awaitDependencies(state, task);
  requeue(state, task, 0, false);
}

/** Its deadline passed: among equals it stands first from now on. */
export function onTaskOverdue(state: SwarmState, event: EventOf<'task_overdue'>): void {
  const task = taskOf(state, event);
  clearTime(state.deadlines, task.id);
  state.overdue += 1;
  refile(state, task, () => (task.overdue = true));
}

/** Somebody changed its priority. */
export function onTaskReprioritised(state: SwarmState, event: EventOf<'task_reprioritised'>): void {
  const task = taskOf(state, event);
  refile(state, task, () => {
    task.priority = event.data.priority;
    task.bonus_open = false;
  });
}

/** Its session gave it back until others have ended. */
export function onTaskSuspended(state: SwarmState, event: EventOf<'task_suspended'>): void {
  const { wait_for, waiting_for, on_dependency_failure } = event.data;
  const task = taskOf(state, event);
  endLease(state, task, event.time);
  awaitNone(state, task);
  task.dependencies = [...new Set([...task.dependencies, ...wait_for])];
  task.options = { ...task.options, on_dependency_failure };
  task.waiting_for = waiting_for;
  awaitDependencies(state, task, wait_for);
  requeue(state, task, 0, true);
}

/** The oldest finished tasks left memory. */
export function onTasksRetired(state: SwarmState, event: EventOf<'tasks_retired'>): void {
  for (const task of oldestFinished(state, event.data)) forget(state, task);
}

/** The `count` tasks that finished first, are still in memory, and that nobody waits for: those that failed, the others, or all. */
export function oldestFinished(state: SwarmState, { count, of }: EventData<'tasks_retired'>): Task[] {
  const oldest: Task[] = [];
  let other = of === 'failed' ? null : state.finished.first;
  let failed = of === 'others' ? null : state.dead.first;
  while (oldest.length < count && (other !== null || failed !== null)) {
    const isOther = failed === null || (other !== null && other.last_seq < failed.last_seq);
    const task = (isOther ? other : failed) as Task;
    if (isOther) other = task.after;
    else failed = task.after;
    if (!isAwaited(state, task)) oldest.push(task);
  }
  return oldest;
}

/** The number in a default id `{type}-{nnn}`, whose digits begin at `start`; 0 when they are none. */
function defaultNumber(id: string, start: number): number {
  if (start === 0 || id.length - start < 3 || id.length - start > 15) return 0;
  let number = 0;
  for (let index = start; index < id.length; index += 1) {
    const digit = id.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}

/** Notes the number of an id that looks like a default one of any type, so that no default id is ever given twice. */
function countDefaultId({ counters }: SwarmState, type: string, id: string): void {
  const start = id.lastIndexOf('-') + 1;
  const number = defaultNumber(id, start);
  if (number === 0) return;
  const isOwn = start === type.length + 1 && id.startsWith(type);
  const prefix = isOwn ? type : id.slice(0, start - 1);
  const known = counters.get(prefix);
  if (known === undefined && !isOwn && counters.size >= FOREIGN_PREFIXES) return;
  if (known === undefined || number > known) counters.set(prefix, number);
}

/** The task of an event, which is its newest from now on. */
export function taskOf(
  state: SwarmState,
  event: { readonly seq: number; readonly data: { readonly task_id: string; readonly prev: number } },
): Task {
  const { task_id, prev } = event.data;
  const task = state.tasks.get(task_id);
  invariant(task !== undefined, () => `event ${event.seq} names the task ${task_id}, which is not in memory`);
  invariant(task.last_seq === prev, () => `event ${event.seq} follows ${prev}, but the last of ${task_id} is ${task.last_seq}`);
  task.last_seq = event.seq;
  return task;
}

/** The session that holds a task. */
function holderOf({ sessions }: SwarmState, { lease }: Task): Session | undefined {
  return lease === null ? undefined : sessions.get(lease.session_id);
}

/** Takes in what the end of the running attempt at a session teaches. */
function learn(
  state: SwarmState,
  task: Task,
  session: Session | undefined,
  { success, ran }: { readonly success: boolean | null; readonly ran: number },
): void {
  if (session === undefined) return;
  const kind = kindOf(task);
  const attempt = { kind, session_id: session.id, nominal: nominalDuration(task), time: state.time, success, ran };
  observeAttempt(state.kinds, session.performance.learned, attempt);
  if (success === true) {
    noteSuccess(session.breaker);
    forgetLimit(session, state.time);
  }
  if (success !== false) return;
  const before = task.ending?.session_id ?? null;
  if (before !== null && before !== session.id) {
    const other = state.sessions.get(before);
    if (other !== undefined) forgetFailure(other.breaker, task.id);
  } else if (!failsElsewhere(state.kinds, kind, session.id)) noteFailure(session.breaker, task.id, state.time, state.settings);
}

/** How long the running attempt has run, in ms; 0 when it has not started. */
function ranSoFar(state: SwarmState, { lease }: Task): number {
  return lease === null || lease.started_at === 0 ? 0 : state.time - lease.started_at;
}

function definedIn<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return options as { [K in keyof T]: Exclude<T[K], undefined> };
}
