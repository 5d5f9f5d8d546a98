/**
 * The rules of working on a task: request, claim, update, complete (A4–A7).
 */
import type { Fact } from '../../contract/event.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { InputOf } from '../../contract/operations.ts';
import { detectedWith } from '../capability/decide.ts';
import { refuseExhausted } from '../budget/decide.ts';
import { exhaustionOf, haltOf } from '../budget/state.ts';
import { type DecideContext, type Decision, NOTHING, type Rule } from '../decision.ts';
import { sessionObstacle, type TaskBlocker, taskBlockers } from '../dispatch/blockers.ts';
import { refuseShortage } from '../resource/decide.ts';
import { refusePaused } from '../pause/state.ts';
import { isRefused, refusal } from '../refuse.ts';
import { afterReturn, liveSession, returnOf } from '../session/live-session.ts';
import { endRefusal } from '../session/refused-access.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { BODY_BYTES } from './decide-add.ts';
import { failForGood, failureOf } from './failure.ts';
import { type Held, heldTask, namedTask, sessionAndTask, terminal } from './held-task.ts';
import { jsonBytes } from './json-size.ts';
import { progressOf, startOf } from './report.ts';
import { isReported, pauseBeforeRetry } from './retry-rules.ts';
import { isTerminal, type Task } from './state.ts';

/** A4: shows demand; the dispatch that follows may give it a task. */
export const requestRule: Rule<'work.request'> = {
  decide: (state, input, context) => {
    const session = liveSession(state, input.session_id, context.caller);
    return isRefused(session) ? session : returnOf(session);
  },
};

/** A5: a specific task, started at once. Repeating it is harmless. */
export const claimRule: Rule<'work.claim'> = {
  names: namedTask,
  decide: (state, input, context) => {
    const subject = sessionAndTask(state, input, context);
    if (isRefused(subject)) return subject;
    const { session, task } = subject;
    if (task.lease?.session_id === session.id) return [...returnOf(session), ...startOf(task)];
    const no = whyNot(state, task, session, context.now);
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
  names: namedTask,
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
  names: namedTask,
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

/** True when the task's last attempt ended just like this, by the same session. */
function repeatsEnding(task: Task, input: InputOf<'work.complete'>): boolean {
  const { ending, lease } = task;
  if (ending === null || ending.session_id !== input.session_id) return false;
  const outcome = ending.failure === null ? 'completed' : ending.reason !== null && isReported(ending.reason) ? 'failed' : null;
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
    const more = [...detectedWith(state, session, task.type), ...endRefusal(state, session, context.now)];
    return more.length === 0 ? afterReturn(session, completed) : [...afterReturn(session, completed), ...more];
  }
  const reason = input.reason ?? 'reported';
  const failure = { reason, result, duration_ms, ...(input.message === undefined ? {} : { message: input.message }) };
  const pause = pauseBeforeRetry(task, { reason, retryAfter: input.retry_after }, context.random);
  if (pause === null) return [...returnOf(session), ...failForGood(state, task, failure)];
  return [...returnOf(session), failureOf(task, failure, context.now + pause)];
}

function whyNot(state: SwarmState, task: Task, session: Session, now: number): Refusal | null {
  if (task.lease !== null) return refusal('task_taken', { task_id: task.id, holder: task.lease.session_id });
  if (isTerminal(task.status)) return terminal(task);
  for (const blocker of taskBlockers(state, task, now)) {
    const refused = refuseBlocked(state, task, session, blocker);
    if (refused !== null) return refused;
  }
  const spent = exhaustionOf(state.budgets, 'task', task.id);
  return spent === null ? refuseObstacle(state, task, session, now) : refuseExhausted(spent);
}

/** A claim by name goes before others that wait for the same: only what is short keeps it back. */
function refuseBlocked(state: SwarmState, task: Task, session: Session, blocker: TaskBlocker): Refusal | null {
  switch (blocker.kind) {
    case 'paused':
      return refusePaused(state.pauses, session.id, task.required_capability);
    case 'shortage':
      return refuseShortage(task, blocker.shortage);
    case 'turn':
      return null;
    default:
      return refusal('task_not_ready', { task_id: task.id, reason: notReadyFor(task, blocker) });
  }
}

function notReadyFor(task: Task, blocker: Exclude<TaskBlocker, { readonly kind: 'paused' | 'shortage' | 'turn' }>): string {
  switch (blocker.kind) {
    case 'question':
      return `a person has to answer ${blocker.questions.map(({ id }) => id).join(', ')}`;
    case 'copied':
      return `its copy ${blocker.copy.id} runs`;
    case 'delayed':
      return 'it waits for its time';
    default:
      return `it waits for ${task.waiting_for} of its dependencies`;
  }
}

/** What keeps the session from it; a breaker does not, for it is its own decision. */
function refuseObstacle(state: SwarmState, task: Task, session: Session, now: number): Refusal | null {
  switch (sessionObstacle(session, task, now)) {
    case 'not_capable':
      return refusal('capability_missing', { session_id: session.id, capability: task.required_capability, task_id: task.id });
    case 'paused':
      return refusePaused(state.pauses, session.id, task.required_capability);
    case 'no_free_slot':
      return refusal('no_free_slot', { session_id: session.id, running: session.held.length, slots: session.slots });
    case 'budget_exhausted': {
      const spent = haltOf(state.budgets, session.id);
      return spent === null ? null : refuseExhausted(spent);
    }
    default:
      return null;
  }
}

function repeatsRetired(input: InputOf<'work.complete'>, context: DecideContext): Decision {
  const retired = context.retired.get(input.task_id);
  if (retired === undefined) return refusal('task_unknown', { task_id: input.task_id });
  const { last } = retired;
  if (last.type !== 'task_completed' && last.type !== 'task_failed') return terminal(retired);
  const { session_id, lease } = last.data;
  const outcome = last.type === 'task_completed' ? 'completed' : isReported(last.data.reason) ? 'failed' : null;
  const same = session_id === input.session_id && (input.lease === undefined || input.lease === lease) && outcome === input.status;
  return same ? NOTHING : terminal(retired);
}
