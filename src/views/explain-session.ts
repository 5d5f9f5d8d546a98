/**
 * Why a session gets no task, or why it holds those it has (F10).
 */
import type { BlockingReason, SessionExplanation } from '../contract/views/explain-view.ts';
import { haltOf } from '../domain/budget/state.ts';
import { sessionObstacle } from '../domain/dispatch/blockers.ts';
import { breakerState } from '../domain/session/breaker.ts';
import { slotsToGive } from '../domain/session/slots-to-give.ts';
import { isLimited, needsPerson } from '../domain/session/provider-limit.ts';
import { isMember, type Session } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import { readyTasks } from '../domain/task/ready-queue.ts';
import type { Task } from '../domain/task/state.ts';
import { explainLease } from './explain-task.ts';
import { listed, several } from './phrases.ts';
import { spokenTime } from './time.ts';
import type { ViewContext } from './view-context.ts';
import { pausedReason } from './waiting-reasons.ts';

/** Ready tasks that are told when a free session gets none of them. */
const TASKS_TOLD = 3;

/** Explains a session. */
export function explainSession(state: SwarmState, session: Session, context: ViewContext): SessionExplanation {
  const reasons = [...reasonsOf(state, session, context)];
  const assignments = session.held.flatMap((id) => {
    const task = state.tasks.get(id);
    return task === undefined || task.lease === null ? [] : [explainLease(task, task.lease)];
  });
  const holds = assignments.length === 0 ? '' : `It works on ${listed(session.held)}. `;
  return {
    session_id: session.id,
    status: isMember(session) ? session.status : 'offline',
    text: `${holds}${reasons[0]?.text ?? 'The next task that becomes ready and that it can do may come to it.'}`,
    reasons,
    assignments,
  };
}

function* reasonsOf(state: SwarmState, session: Session, context: ViewContext): Generator<BlockingReason> {
  const { now, dispatch } = context;
  const { id, held, slots, breaker } = session;
  if (!isMember(session)) {
    yield { code: 'left', text: `It left at ${spokenTime(session.ended_at)}.`, unblock: 'Register it again.' };
    return;
  }
  for (const pause of [state.pauses.swarm, state.pauses.sessions.get(id) ?? null]) if (pause !== null) yield pausedReason(pause);
  if (session.offline) {
    const text = `It has been silent since before ${spokenTime(session.offline_at)} and counts as offline.`;
    yield { code: 'offline', text, unblock: 'A heartbeat or a request brings it back.' };
  }
  if (held.length >= slots) {
    const text = slots === 1 ? 'Its only slot is taken.' : `All of its ${slots} slots are taken.`;
    yield { code: 'no_free_slot', text, unblock: 'It gets the next task when one of them ends.' };
  }
  const spent = haltOf(state.budgets, id);
  if (spent !== null) {
    const unit = spent.limited_by === 'tokens' ? 'tokens' : 'USD';
    const whose = spent.scope === 'swarm' ? 'the swarm' : 'this session';
    const text = `The budget of ${whose} is used up: ${spent.spent} of ${spent.limit} ${unit}.`;
    yield { code: 'budget_exhausted', text, unblock: 'Raise it: tutti budget set.' };
  }
  if (session.limited !== null && isLimited(session, now)) {
    yield limitReason(session, session.limited);
  }
  if (breakerState(breaker, now) === 'open') {
    const text = `It failed again and again, and gets nothing until ${spokenTime(breaker.until)}.`;
    yield { code: 'breaker_open', text, unblock: 'Then it gets one task to try; completing one closes the breaker.' };
  } else if (breaker.until > 0 && held.length > 0 && slotsToGive(session, now) === 0) {
    yield {
      code: 'half_open',
      text: 'It is on trial with one task after it failed again and again.',
      unblock: 'Completing it ends the trial.',
    };
  }
  if (held.length < slots && !session.offline && !dispatch.wants(id)) {
    yield {
      code: 'not_asking',
      text: 'It has not asked for work.',
      unblock: 'A request, an idle heartbeat or a standing wish brings it work.',
    };
  }
  for (const capability of session.capabilities) {
    const paused = state.pauses.capabilities.get(capability);
    if (paused !== undefined) yield pausedReason(paused);
  }
  const isFree = held.length < slots && sessionObstacle(session, { required_capability: null }, now) === null && dispatch.wants(id);
  yield* workReasons(state, session, isFree ? context : null);
}

/** What there is for it; with a context, why it does not get it although it is free and asks. */
function* workReasons(state: SwarmState, session: Session, context: ViewContext | null): Generator<BlockingReason> {
  const lacking: string[] = [];
  const able: string[] = [];
  for (const [capability, { size }] of state.ready.shelves) {
    if (size === 0) continue;
    if (capability === '' || session.capabilities.includes(capability)) able.push(capability);
    else lacking.push(`${capability} (${size})`);
  }
  if (able.length > 0) {
    if (context === null || state.pauses.swarm !== null) return;
    for (const task of firstReady(state, able)) {
      const reason = keptReason(task, session, context);
      if (reason !== null) yield reason;
    }
    return;
  }
  if (lacking.length > 0) {
    const text = `It can do none of what is ready (${several(state.ready.size, 'task', 'tasks')}): that needs ${listed(lacking)}.`;
    yield { code: 'no_task_for_it', text, unblock: 'Register it with one of these capabilities, or add tasks it can do.' };
    return;
  }
  const { pending } = state.task_counts;
  const text =
    pending === 0
      ? 'There is nothing to do.'
      : `No task is ready; ${several(pending, 'waits', 'wait')} for others, for a time, or for what they need.`;
  yield { code: 'no_ready_task', text, unblock: pending === 0 ? 'Add tasks.' : 'See what they wait for: tutti task list --status pending' };
}

/** The ready tasks of some capabilities that stand first. */
function firstReady(state: SwarmState, capabilities: readonly string[]): Task[] {
  const first: Task[] = [];
  for (const capability of capabilities) {
    let told = 0;
    for (const task of readyTasks(state.ready, capability)) {
      first.push(task);
      told += 1;
      if (told === TASKS_TOLD) break;
    }
  }
  return first.toSorted((a, b) => b.priority - a.priority || a.ready_at - b.ready_at).slice(0, TASKS_TOLD);
}

/** Why a ready task does not come to a session that is free and asks; null when it may come at once. */
function keptReason(task: Task, session: Session, { dispatch }: ViewContext): BlockingReason | null {
  const { candidates, kept, keptFor, planned } = dispatch.candidates(task);
  const unblock = `See who gets it: tutti why task ${task.id}`;
  const own = candidates.find((each) => each.session === session)?.obstacle ?? null;
  if (own === 'reserved') {
    const what = keptFor !== null && keptFor.session === session ? `${keptFor.task.id}, which is` : 'a task that is';
    const text = `It is kept for ${what} more urgent than ${task.id} and expected to be ready soon.`;
    return { code: 'reserved', text, unblock: 'It gets that task, or what is ready once it has been late.' };
  }
  if (own === 'set_back') return { code: 'reserved', text: `It was too slow for ${task.id}, which waits for another session.`, unblock };
  if (planned !== null && planned.session !== session) {
    return { code: 'reserved', text: `A plan keeps ${task.id} for ${planned.session.id}: so the whole ends sooner.`, unblock };
  }
  const text = `${task.id} is kept for a busy session that would end it sooner.`;
  return kept ? { code: 'reserved', text, unblock } : null;
}

/** Why its provider keeps it from working, and what helps. */
function limitReason({ account }: Session, limited: NonNullable<Session['limited']>): BlockingReason {
  const whose = account === null ? '' : ` from the account ${account}`;
  const until = spokenTime(limited.until);
  if (!needsPerson(limited)) {
    const text = `Its provider takes no more${whose}; it gets nothing until ${until}.`;
    return { code: 'provider_limited', text, unblock: 'It goes on by itself then; a session with another account can work now.' };
  }
  const what = limited.reason === 'model' ? 'does not have the model that it asks for' : `refuses its key${whose}`;
  const said = limited.message === undefined ? '' : ` (${limited.message})`;
  return {
    code: 'provider_limited',
    text: `Its provider ${what}${said}; it tries again after ${until}.`,
    unblock: `${limited.reason === 'model' ? 'Name a model that there is' : 'Set a key that works, or pay its bill'}, then start it anew.`,
  };
}
