/**
 * The rules of working on a task: request, claim, update, complete (A4–A7).
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { detectedWith } from '../capability/decide.ts';
import { refuseExhausted } from '../budget/decide.ts';
import { exhaustionOf, haltOf } from '../budget/state.ts';
import { type DecideContext, type Decision, NO_NAMES, NOTHING, type Rule } from '../decision.ts';
import { refuseShortage } from '../resource/decide.ts';
import { isRefused, refusal } from '../refuse.ts';
import { afterReturn, liveSession, returnOf } from '../session/live-session.ts';
import { isCapable, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { BODY_BYTES } from './decide-add.ts';
import { failForGood, failureOf } from './failure.ts';
import { type Claimant, leaseHeldBy } from './holder.ts';
import { jsonBytes } from './json-size.ts';
import { progressOf, startOf } from './report.ts';
import { isReady, isTerminal, type Lease, type Task } from './state.ts';

/** A4: shows demand; the dispatch that follows may give it a task. */
export const requestRule: Rule<'work.request'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    return isRefused(session) ? session : returnOf(session);
  },
};

/** A5: a specific task, started at once. Repeating it is harmless. */
export const claimRule: Rule<'work.claim'> = {
  names: (state, input) => (state.tasks.has(input.task_id) ? NO_NAMES : [input.task_id]),
  decide: (state, input, context) => {
    const subject = sessionAndTask(state, input, context);
    if (isRefused(subject)) return subject;
    const { session, task } = subject;
    if (task.lease?.session_id === session.id) return [...returnOf(session), ...startOf(task)];
    const no = whyNot(state, task, session) ?? refuseShortage(state, task, context.now);
    if (no !== null) return no;
    const data = {
      task_id: task.id,
      prev: 0,
      session_id: session.id,
      incarnation: session.incarnation,
      attempt: task.attempt + 1,
      started: true,
      policy: 'claim',
      score: 1,
    };
    return afterReturn(session, { type: 'task_assigned', data });
  },
};

/** A6: the first report starts the task. */
export const updateRule: Rule<'work.update'> = {
  names: (state, input) => (state.tasks.has(input.task_id) ? NO_NAMES : [input.task_id]),
  decide: (state, input, context) => {
    const held = heldTask(state, input, context);
    if (isRefused(held)) return held;
    const { session, task } = held;
    const bytes = jsonBytes(input.details, BODY_BYTES);
    if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
    const starts = input.status === 'assigned' ? NOTHING : startOf(task);
    return [
      ...returnOf(session),
      ...starts,
      ...progressOf(task, { progress: input.progress, details: input.details ?? null, deliberate: true }),
    ];
  },
};

/** A7: idempotent for the same lease and outcome; a stale lease changes nothing. */
export const completeRule: Rule<'work.complete'> = {
  names: (state, input) => (state.tasks.has(input.task_id) ? NO_NAMES : [input.task_id]),
  decide: (state, input, context) => {
    const task = state.tasks.get(input.task_id);
    if (task === undefined) return repeatsRetired(input, context);
    if (repeatsEnding(task, input)) return NOTHING;
    const held = heldTask(state, input, context);
    if (isRefused(held)) return held;
    const bytes = jsonBytes(input.result, BODY_BYTES);
    if (bytes > BODY_BYTES) return refusal('event_too_large', { bytes, limit: BODY_BYTES });
    return endOf(state, held, input, context);
  },
};

/** A task, the session that holds it, and the lease that a report speaks for. */
interface Held {
  readonly session: Session;
  readonly task: Task;
  readonly lease: Lease;
}

/** The live session that the caller speaks for, and the task in memory, or why not. */
function sessionAndTask(state: SwarmState, input: Claimant, context: DecideContext): Omit<Held, 'lease'> | Refusal {
  const session = liveSession(state, input.session_id, context.caller);
  if (isRefused(session)) return session;
  const task = state.tasks.get(input.task_id);
  return task === undefined ? missing(input.task_id, context) : { session, task };
}

/** The task that the session holds, or why it may not report on it. */
function heldTask(state: SwarmState, input: Claimant, context: DecideContext): Held | Refusal {
  const subject = sessionAndTask(state, input, context);
  if (isRefused(subject)) return subject;
  const { task } = subject;
  if (isTerminal(task.status) && input.lease === undefined) return terminal(task);
  const lease = leaseHeldBy(task, input, context.caller);
  return isRefused(lease) ? lease : { ...subject, lease };
}

/** True when the task's last attempt ended just like this, by the same session. */
function repeatsEnding(task: Task, input: InputOf<'work.complete'>): boolean {
  const { ending, lease } = task;
  if (ending === null || ending.session_id !== input.session_id) return false;
  const outcome = ending.failure === null ? 'completed' : ending.failure === 'reported' ? 'failed' : null;
  if (outcome !== input.status) return false;
  return input.lease === undefined ? lease === null : input.lease === ending.lease;
}

function endOf(state: SwarmState, held: Held, input: InputOf<'work.complete'>, context: DecideContext): Decision {
  const { task, lease, session } = held;
  const began = lease.started_at === 0 ? lease.assigned_at : lease.started_at;
  const duration_ms = input.duration_minutes === undefined ? context.now - began : input.duration_minutes * 60_000;
  const result = input.result ?? null;
  if (input.status === 'completed') {
    const completed: Fact = {
      type: 'task_completed',
      data: { task_id: task.id, prev: 0, lease: lease.number, session_id: session.id, result, duration_ms },
    };
    return [...afterReturn(session, completed), ...detectedWith(state, session, task.type)];
  }
  const failure = { reason: 'reported' as const, result, duration_ms };
  if (task.failures + 1 >= task.options.max_attempts) return [...returnOf(session), ...failForGood(state, task, failure)];
  return [...returnOf(session), failureOf(task, failure, context.now + backoff(task, context))];
}

/** Exponential backoff with equal jitter: half fixed, half random. At least 1 ms. */
function backoff(task: Task, context: DecideContext): number {
  const longest = 3_600_000;
  const pause = Math.min(longest, task.options.backoff_seconds * 1000 * 2 ** task.failures);
  return Math.max(1, Math.round(pause * (0.5 + 0.5 * context.random())));
}

function whyNot(state: SwarmState, task: Task, session: Session): Refusal | null {
  if (task.lease !== null) return refusal('task_taken', { task_id: task.id, holder: task.lease.session_id });
  if (isTerminal(task.status)) return terminal(task);
  if (!isReady(task)) {
    const reason = task.waiting_for > 0 ? `it waits for ${task.waiting_for} of its dependencies` : 'it waits before its next attempt';
    return refusal('task_not_ready', { task_id: task.id, reason });
  }
  if (!isCapable(session, task.required_capability)) {
    return refusal('capability_missing', { session_id: session.id, capability: task.required_capability, task_id: task.id });
  }
  const spent = haltOf(state.budgets, session.id) ?? exhaustionOf(state.budgets, 'task', task.id);
  if (spent !== null) return refuseExhausted(spent);
  if (session.held.length < session.slots) return null;
  return refusal('no_free_slot', { session_id: session.id, running: session.held.length, slots: session.slots });
}

function terminal(task: { readonly id: string; readonly status: string }): Refusal {
  return refusal('task_terminal', { task_id: task.id, status: task.status });
}

function missing(id: string, context: DecideContext): Refusal {
  const retired = context.retired.get(id);
  return retired === undefined ? refusal('task_unknown', { task_id: id }) : terminal(retired);
}

function repeatsRetired(input: InputOf<'work.complete'>, context: DecideContext): Decision {
  const retired = context.retired.get(input.task_id);
  if (retired === undefined) return refusal('task_unknown', { task_id: input.task_id });
  const { last } = retired;
  if (last.type !== 'task_completed' && last.type !== 'task_failed') return terminal(retired);
  const { session_id, lease } = last.data;
  const outcome = last.type === 'task_completed' ? 'completed' : last.data.reason === 'reported' ? 'failed' : null;
  const same = session_id === input.session_id && (input.lease === undefined || input.lease === lease) && outcome === input.status;
  return same ? NOTHING : terminal(retired);
}
