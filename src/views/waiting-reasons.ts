/**
 * Why a pending task is not running, and what would change it (F10): every reason, in the order in which they have to go.
 */
import type { BlockingReason } from '../contract/views/explain-view.ts';
import type { WaitingReason } from '../contract/views/task-view.ts';
import { exhaustionOf, haltOf } from '../domain/budget/state.ts';
import { openQuestions } from '../domain/decision/state.ts';
import { type Pause, pauseOfWork, pausedThing } from '../domain/pause/state.ts';
import { slotsToGive } from '../domain/session/breaker.ts';
import { freeSlots, isCapable, isMember, type Session } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';
import type { Task } from '../domain/task/state.ts';
import { shortageReason } from './resource-view.ts';
import { isoTime } from './time.ts';

/** A reason of a waiting task. */
interface TaskReason extends BlockingReason {
  readonly code: WaitingReason['code'] | 'session_offline';
}

const NAMED_AT_MOST = 5;

/** The first thing that keeps a pending task from running; null when it is not pending. */
export function firstReason(state: SwarmState, task: Task): WaitingReason | null {
  if (task.status !== 'pending') return null;
  for (const { code, text, unblock } of waitingReasons(state, task, state.time)) {
    // A list of tasks says of each dependency what it waits for in its own line.
    if (code !== 'session_offline') return { code, text: code === 'dependency' ? text : `${text} ${unblock}`.trim() };
  }
  return null;
}

/** Everything that keeps a pending task from running, the first to go first. */
export function* waitingReasons(state: SwarmState, task: Task, now: number): Generator<TaskReason> {
  if (task.status !== 'pending') return;
  const pause = pauseOfWork(state.pauses, task.required_capability);
  if (pause !== null) yield pausedReason(pause);
  if (task.waiting_for > 0) yield* dependencyReasons(state, task);
  if (task.questions > 0) yield openQuestion(state, task);
  const capable = capableSessions(state, task);
  if (capable.length === 0) yield* noCapableSession(state, task);
  if (task.due_at > 0) {
    const unblock = `It becomes ready at ${isoTime(task.due_at)} by itself.`;
    const what = task.attempt > 0 ? 'Its next attempt begins at' : 'It was delayed until';
    yield { code: 'delayed', text: `${what} ${isoTime(task.due_at)}.`, unblock };
  }
  const shortage = task.due_at > 0 || task.waiting_for > 0 || task.questions > 0 ? null : shortageReason(state, task, now);
  if (shortage !== null) yield shortage;
  const spent = budgetReason(state, capable);
  if (spent !== null) yield spent;
  else if (capable.length > 0 && (task.queued || task.waiting_for > 0)) yield* sessionReasons(capable, now, task.queued);
}

function* dependencyReasons(state: SwarmState, task: Task): Generator<TaskReason> {
  const open: string[] = [];
  const failed: string[] = [];
  const gone: string[] = [];
  for (const id of task.dependencies) {
    const status = state.tasks.get(id)?.status;
    if (status === undefined) gone.push(id);
    else if (status === 'failed' || status === 'cancelled') failed.push(`${id} (${status})`);
    else if (status !== 'completed') open.push(`${id} (${status})`);
  }
  if (open.length + failed.length < task.waiting_for) {
    const text = `It can never run: some of these failed and have left memory: ${listed(gone)}.`;
    yield { code: 'dependency_failed', text, unblock: 'Cancel it and add it again without them.' };
  } else if (failed.length > 0 && task.options.on_dependency_failure !== 'ignore') {
    const text = `It waits until these are retried and complete: ${listed(failed)}.`;
    yield { code: 'dependency_failed', text, unblock: `Retry them: tutti task retry ${failed[0]?.split(' ')[0] ?? ''}` };
  }
  if (open.length === 0) return;
  const text = `It waits for ${open.length} of its dependencies: ${listed(open)}.`;
  yield { code: 'dependency', text, unblock: `See what holds them up: tutti why task ${open[0]?.split(' ')[0] ?? ''}` };
}

function openQuestion(state: SwarmState, { id }: Task): TaskReason {
  const [first, ...others] = openQuestions(state.decisions, id);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return {
    code: 'waiting_for_person',
    text: `A person has to answer ${first?.id ?? 'a question'}${more}: ${first?.question.slice(0, 200) ?? ''}`,
    unblock: '',
  };
}

/** A budget that keeps everybody who could do it from working. */
function budgetReason(state: SwarmState, capable: readonly Session[]): TaskReason | null {
  if (!state.halted || capable.some((session) => !session.halted)) return null;
  const spent =
    exhaustionOf(state.budgets, 'swarm', '') ?? capable.map(({ id }) => haltOf(state.budgets, id)).find((each) => each !== null);
  if (spent === undefined || spent === null) return null;
  const whose = spent.scope === 'swarm' ? 'the swarm' : `the sessions that could do it (${listed(capable.map(({ id }) => id))})`;
  const unit = spent.limited_by === 'tokens' ? 'tokens' : 'USD';
  const text = `The budget of ${whose} is used up: ${spent.spent} of ${spent.limit} ${unit}.`;
  return { code: 'budget_exhausted', text, unblock: 'Raise it: tutti budget set.' };
}

function capableSessions(state: SwarmState, task: Task): Session[] {
  const capable: Session[] = [];
  for (const session of state.sessions.values()) {
    if (isMember(session) && !session.offline && isCapable(session, task.required_capability)) capable.push(session);
  }
  return capable;
}

function* noCapableSession(state: SwarmState, task: Task): Generator<TaskReason> {
  const capability = task.required_capability;
  const text = capability === null ? 'No session is there.' : `No session has the capability ${capability}.`;
  yield { code: 'no_capable_session', text, unblock: 'Register one that has it.' };
  const offline = [...state.sessions.values()].filter((session) => isMember(session) && session.offline && isCapable(session, capability));
  if (offline.length === 0) return;
  const names = listed(offline.map(({ id }) => id));
  yield {
    code: 'session_offline',
    text: `It could be done by ${names}, but offline.`,
    unblock: 'A heartbeat or a request brings a session back.',
  };
}

function* sessionReasons(capable: readonly Session[], now: number, isReady: boolean): Generator<TaskReason> {
  const free = capable.filter((session) => freeSlots(session) > 0);
  if (free.length === 0) {
    const text = `All ${capable.length} sessions that could do it are busy.`;
    yield { code: 'no_free_session', text, unblock: 'The first of them that is done can take it; or register another.' };
    return;
  }
  const willing = free.filter((session) => slotsToGive(session, now) > 0);
  if (willing.length === 0) {
    const again = Math.min(...free.map(({ breaker }) => breaker.until));
    const text = `${listed(free.map(({ id }) => id))} failed again and again, and gets nothing until ${isoTime(again)}.`;
    yield { code: 'breaker_open', text, unblock: 'Then it is tried once; or register another session, or claim the task by name.' };
    return;
  }
  if (!isReady) return;
  const text = `It is ready; ${willing.length} of ${capable.length} capable sessions have a free slot and get it when they ask.`;
  yield { code: 'ready', text, unblock: '' };
}

/** Why nothing begins where it is paused. */
export function pausedReason(pause: Pause): BlockingReason & { readonly code: 'paused' } {
  const { scope, target, reason, by, since } = pause;
  const said = reason === null ? '' : ` They say: ${reason.slice(0, 200)}`;
  const flag = scope === 'swarm' ? '' : ` --${scope} ${target}`;
  return {
    code: 'paused',
    text: `${pausedThing(pause).replace('the', 'The')} was paused at ${isoTime(since)} by ${by}.${said}`,
    unblock: `Resume it: tutti resume${flag}`,
  };
}

/** Some names, and how many more. */
export function listed(names: readonly string[]): string {
  const rest = names.length - NAMED_AT_MOST;
  return rest > 0 ? `${names.slice(0, NAMED_AT_MOST).join(', ')} and ${rest} more` : names.join(', ');
}
