/**
 * The moves of a task between its states, shared by the events that cause them.
 * Invariants: task_counts, the ready queue and `finished` follow every move; an unfinished task's waiting_for counts
 * exactly its dependencies in `dependents` that name it, plus those that failed and left memory.
 */
import type { FailureReason, Json, TaskStatus } from '../../contract/ids.ts';
import { depart } from '../arrival-order.ts';
import { endScheduled } from '../schedule/state.ts';
import { forgetTaskUsage } from '../budget/evolve.ts';
import { acquire, enterGate, giveBack, leaveGate } from '../resource/gate.ts';
import { joinClass, leaveClass, needsOf } from '../resource/needs.ts';
import { settleCharge } from '../group/charge-group.ts';
import { type Ended, joinGroup, leaveGroup } from '../group/state.ts';
import { unhold } from '../session/membership.ts';
import { invariant } from '../invariant.ts';
import type { SwarmState } from '../state.ts';
import { copyOf, forgetCopy } from './copies.ts';
import { jsonSize } from './json-size.ts';
import { dequeue, enqueue } from './ready-queue.ts';
import { type Ending, isReady, isTerminal, type Task } from './state.ts';
import { append, type TaskList, unlink } from './task-list.ts';
import { clearTime, setTime } from './timed-tasks.ts';

const DEPENDENCIES_MET_BONUS = 1;
/** No priority is higher. */
export const HIGHEST_PRIORITY = 10;

/** Changes the status and its count. */
export function moveTo(state: SwarmState, task: Task, status: TaskStatus): void {
  state.task_counts[task.status] -= 1;
  state.task_counts[status] += 1;
  task.status = status;
}

/** Queues a task if nothing but a session is missing; what it needs beside one may keep it at the gate. Its wait begins at `since`, or goes on at the front. An overdue one stands before its equals. */
export function queueIfReady(state: SwarmState, task: Task, atFront = false, since = state.time): void {
  if (!isReady(task)) return;
  if (copyOf(state, task) !== null) {
    if (!atFront) task.ready_at = since;
    return;
  }
  if (task.required_capability !== null && state.pauses.capabilities.has(task.required_capability)) {
    if (!atFront) task.ready_at = since;
    return;
  }
  if (!atFront) task.ready_at = since;
  const first = atFront || task.overdue;
  if (task.needs === null) enqueue(state.ready, task, first);
  else enterGate(state, task, task.needs, first);
}

/** Files a task anew after what orders it has changed; its wait goes on. */
export function refile(state: SwarmState, task: Task, change: () => void): void {
  const since = isReady(task) ? task.ready_at : state.time;
  leaveQueue(state, task);
  change();
  queueIfReady(state, task, false, since);
}

/** Takes a task out of the queue, whatever comes next. */
export function leaveQueue(state: SwarmState, task: Task): void {
  if (task.needs === null) dequeue(state.ready, task);
  else leaveGate(state, task, task.needs);
}

/** Notes what an unfinished task needs beside a session. */
export function beginNeeds(state: SwarmState, task: Task): void {
  task.needs = needsOf(state.resources, task);
  if (task.needs !== null) joinClass(task.needs);
}

/** Takes what a task needs, for its lease. */
export function takeNeeds(state: SwarmState, task: Task): void {
  if (task.needs !== null) task.ports = acquire(state, task, task.needs);
}

/** Ends the lease of a task and frees its session's slot. */
export function endLease(state: SwarmState, task: Task, time: number): void {
  if (task.lease === null) return;
  unhold(state, task.lease.session_id, task.id, time);
  settleCharge(state, task, task.lease, time);
  task.lease = null;
  if (task.needs === null) return;
  giveBack(state, task, task.needs);
  task.ports = null;
}

interface Outcome {
  readonly result: Json | null;
  readonly failure?: string;
  readonly reason?: FailureReason;
  readonly message?: string | undefined;
}

/** How the attempt that runs now ends. */
export function endingOf(task: Task, time: number, { result, failure, reason, message }: Outcome): Ending {
  const lease = task.lease;
  return {
    time,
    lease: lease?.number ?? 0,
    session_id: lease?.session_id ?? null,
    started_at: lease?.started_at ?? 0,
    assigned_at: lease?.assigned_at ?? 0,
    result,
    bytes: result === null ? 0 : jsonSize(result, Infinity),
    failure: failure ?? null,
    reason: reason ?? null,
    message: message ?? null,
  };
}

/** Puts a task back to wait, at the front of its lane when `atFront`, not before `dueAt`. */
export function requeue(state: SwarmState, task: Task, dueAt: number, atFront: boolean): void {
  moveTo(state, task, 'pending');
  task.progress = 0;
  task.due_at = dueAt;
  if (dueAt > 0) setTime(state.delayed, task.id, dueAt);
  queueIfReady(state, task, atFront);
}

/** Ends the pause of a task, whatever comes next. */
export function endDelay(state: SwarmState, task: Task): void {
  if (task.due_at === 0) return;
  task.due_at = 0;
  clearTime(state.delayed, task.id);
}

/** A task is unfinished: it was added, or had ended as `was` and is retried. */
export function enter(state: SwarmState, task: Task, event: { readonly seq: number; readonly time: number }, was: Ended | null): void {
  const { parent, deadline } = task.options;
  if (parent !== null) {
    const parts = state.parts.get(parent);
    if (parts === undefined) state.parts.set(parent, new Set([task.id]));
    else parts.add(task.id);
  }
  if (task.overdue) state.overdue += 1;
  else if (deadline > 0) setTime(state.deadlines, task.id, deadline);
  joinGroup(state.groups, groupCounting(task), event, was);
}

/** Ends a task for good. */
export function finish(state: SwarmState, task: Task, status: Ended, ending: Ending): void {
  invariant(!isTerminal(task.status), () => `${task.id} is ${task.status} and cannot end as ${status}`);
  leaveQueue(state, task);
  endLease(state, task, ending.time);
  moveTo(state, task, status);
  task.ending = ending;
  endDelay(state, task);
  endScheduled(state.schedules, task.id);
  if (task.needs !== null) leaveClass(state.resources, task.needs);
  task.needs = null;
  clearTime(state.deadlines, task.id);
  if (task.overdue) state.overdue -= 1;
  leavePart(state, task);
  leaveGroup(state.groups, groupCounting(task), status);
  state.setbacks.delete(task.id);
  const original = forgetCopy(state, task);
  if (original !== null) queueIfReady(state, original, true);
  append(endedLike(state, task), task);
  state.finished_bytes += ending.bytes;
}

/** Lets a task wait for those of its dependencies that are not over for it. A task that is not there may follow in the same request. */
export function awaitDependencies(state: SwarmState, task: Task, among: readonly string[] = task.dependencies): void {
  if (task.waiting_for === 0) return;
  for (const id of among) {
    const status = state.tasks.get(id)?.status ?? 'pending';
    if (status === 'completed' || (ignoresFailure(task) && isTerminal(status))) continue;
    const waiting = state.dependents.get(id);
    if (waiting === undefined) state.dependents.set(id, [task.id]);
    else if (!waiting.includes(task.id)) waiting.push(task.id);
  }
}

/** A task waits for nobody that left memory: it ran, or is gone. */
export function awaitNone(state: SwarmState, task: Task): void {
  for (const id of task.dependencies) {
    if (!state.tasks.has(id)) keepDependents(state, id, (dependent) => dependent !== task.id);
  }
}

/** Of those that name a task that comes back, those that ignore failures do not wait for it. */
export function awaitAgain(state: SwarmState, id: string): void {
  keepDependents(state, id, (dependent) => {
    const task = state.tasks.get(dependent);
    return task !== undefined && !ignoresFailure(task);
  });
}

function keepDependents(state: SwarmState, id: string, keep: (dependent: string) => boolean): void {
  const kept = state.dependents.get(id)?.filter(keep);
  if (kept === undefined) return;
  if (kept.length === 0) state.dependents.delete(id);
  else state.dependents.set(id, kept);
}

/** Tells those who wait for `task` that it completed. */
export function satisfyDependents(state: SwarmState, task: Task): void {
  const waiting = state.dependents.get(task.id);
  if (waiting === undefined) return;
  state.dependents.delete(task.id);
  for (const id of waiting) countDown(state, state.tasks.get(id));
}

/** Tells those who ignore failures that `task` is over; the others go on waiting, for its retry. */
export function settleIgnoring(state: SwarmState, task: Task): void {
  const others: string[] = [];
  for (const id of state.dependents.get(task.id) ?? []) {
    const dependent = state.tasks.get(id);
    if (dependent === undefined) continue;
    if (ignoresFailure(dependent)) countDown(state, dependent);
    else others.push(id);
  }
  if (others.length === 0) state.dependents.delete(task.id);
  else state.dependents.set(task.id, others);
}

/** True while others wait for a task: one that failed is then kept in memory, so that it can be retried. */
export function isAwaited(state: SwarmState, task: Task): boolean {
  if (state.dependents.size === 0) return false;
  const waiting = state.dependents.get(task.id);
  return waiting !== undefined && waiting.some((id) => !isTerminal(state.tasks.get(id)?.status ?? 'completed'));
}

/** Takes a finished task out of memory. */
export function forget(state: SwarmState, task: Task): void {
  leaveFinished(state, task);
  state.tasks.delete(task.id);
  forgetTaskUsage(state, task.id);
  depart(state.task_order, (id) => state.tasks.has(id));
  // Who waits for one that failed may still be there when it comes back.
  if (!isAwaited(state, task)) state.dependents.delete(task.id);
  awaitNone(state, task);
  state.retired += 1;
}

/** Takes a task out of the finished ones, to run again. */
export function revive(state: SwarmState, task: Task, event: { readonly seq: number; readonly time: number }): void {
  leaveFinished(state, task);
  enter(state, task, event, task.status as Ended);
}

function leaveFinished(state: SwarmState, task: Task): void {
  state.finished_bytes -= task.ending?.bytes ?? 0;
  unlink(endedLike(state, task), task);
}

/** Where a task that has ended stands. */
function endedLike(state: SwarmState, { status }: Task): TaskList {
  return status === 'failed' ? state.dead : state.finished;
}

/** The group that a task counts in. A copy is work of a group that the group does not have to end. */
function groupCounting({ group, options }: Task): string | null {
  return options.speculates_on === null ? group : null;
}

/** A part has ended. */
function leavePart(state: SwarmState, { id, options }: Task): void {
  const parts = options.parent === null ? undefined : state.parts.get(options.parent);
  if (options.parent === null || parts === undefined) return;
  parts.delete(id);
  if (parts.size === 0) state.parts.delete(options.parent);
}

function countDown(state: SwarmState, dependent: Task | undefined): void {
  if (dependent === undefined || isTerminal(dependent.status)) return;
  dependent.waiting_for -= 1;
  if (dependent.waiting_for > 0) return;
  if (dependent.bonus_open) {
    dependent.priority = Math.min(HIGHEST_PRIORITY, dependent.priority + DEPENDENCIES_MET_BONUS);
    dependent.bonus_open = false;
  }
  queueIfReady(state, dependent);
}

function ignoresFailure(task: Task): boolean {
  return task.options.on_dependency_failure === 'ignore';
}
