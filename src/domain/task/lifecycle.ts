/**
 * The moves of a task between its states, shared by the events that cause them.
 * Invariant: task_counts, the ready queue and `finished` follow every move.
 */
import type { Json, TaskStatus } from '../../contract/ids.ts';
import { unhold } from '../session/membership.ts';
import type { SwarmState } from '../state.ts';
import { delay } from './delayed-tasks.ts';
import { jsonSize } from './json-size.ts';
import { dequeue, enqueue } from './ready-queue.ts';
import { type Ending, isReady, isTerminal, type Task } from './state.ts';

const DEPENDENCIES_MET_BONUS = 1;
const HIGHEST_PRIORITY = 10;

/** Changes the status and its count. */
export function moveTo(state: SwarmState, task: Task, status: TaskStatus): void {
  state.task_counts[task.status] -= 1;
  state.task_counts[status] += 1;
  task.status = status;
}

/** Queues a task if nothing but a session is missing. */
export function queueIfReady(state: SwarmState, task: Task, atFront = false): void {
  if (isReady(task)) enqueue(state.ready, task, atFront);
}

/** Ends the lease of a task and frees its session's slot. */
export function endLease(state: SwarmState, task: Task, time: number): void {
  if (task.lease === null) return;
  unhold(state, task.lease.session_id, task.id, time);
  task.lease = null;
}

/** How the attempt that runs now ends. */
export function endingOf(task: Task, time: number, result: Json | null, failure: string | null): Ending {
  const lease = task.lease;
  return {
    time,
    lease: lease?.number ?? 0,
    session_id: lease?.session_id ?? null,
    started_at: lease?.started_at ?? 0,
    assigned_at: lease?.assigned_at ?? 0,
    result,
    failure,
  };
}

/** Puts a task back to wait, at the front of its lane when `atFront`, not before `dueAt`. */
export function requeue(state: SwarmState, task: Task, dueAt: number, atFront: boolean): void {
  moveTo(state, task, 'pending');
  task.progress = 0;
  task.due_at = dueAt;
  if (dueAt > 0) delay(state.delayed, task.id, dueAt);
  queueIfReady(state, task, atFront);
}

/** Ends a task for good. */
export function finish(state: SwarmState, task: Task, status: TaskStatus, ending: Ending): void {
  dequeue(state.ready, task);
  endLease(state, task, ending.time);
  moveTo(state, task, status);
  task.ending = ending;
  task.due_at = 0;
  const bytes = ending.result === null ? 0 : jsonSize(ending.result, Infinity);
  state.finished.set(task.id, bytes);
  state.finished_bytes += bytes;
}

/** Tells those who wait for `task` that it completed. */
export function satisfyDependents(state: SwarmState, task: Task): void {
  const waiting = state.dependents.get(task.id);
  if (waiting === undefined) return;
  for (const id of waiting) {
    const dependent = state.tasks.get(id);
    if (dependent === undefined || (task.settled && dependent.options.on_dependency_failure === 'ignore')) continue;
    countDown(state, dependent);
  }
  state.dependents.delete(task.id);
}

/** Tells those who ignore failures that `task` is over; the others wait for its retry. */
export function settleIgnoring(state: SwarmState, task: Task): void {
  if (task.settled) return;
  task.settled = true;
  for (const id of state.dependents.get(task.id) ?? []) {
    const dependent = state.tasks.get(id);
    if (dependent?.options.on_dependency_failure === 'ignore') countDown(state, dependent);
  }
}

/** Takes a finished task out of memory. */
export function forget(state: SwarmState, task: Task): void {
  state.finished_bytes -= state.finished.get(task.id) ?? 0;
  state.finished.delete(task.id);
  state.tasks.delete(task.id);
  state.retired += 1;
}

/** Takes a task out of the finished ones, to run again. */
export function revive(state: SwarmState, task: Task): void {
  state.finished_bytes -= state.finished.get(task.id) ?? 0;
  state.finished.delete(task.id);
}

function countDown(state: SwarmState, dependent: Task): void {
  dependent.waiting_for -= 1;
  if (dependent.waiting_for > 0 || isTerminal(dependent.status)) return;
  if (!dependent.explicit_priority) dependent.priority = Math.min(HIGHEST_PRIORITY, dependent.priority + DEPENDENCIES_MET_BONUS);
  queueIfReady(state, dependent);
}
