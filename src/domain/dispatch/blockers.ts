/**
 * What keeps a task from running, told once: the dispatch, claims, candidates and every explanation ask here.
 * Invariant: a pending task stands in the ready queue exactly while `taskBlockers` names nothing (of tasks that need the
 * same resources only the first stand there, the others have `turn`).
 */
import { type Budget, type Excess, exhaustionOf, haltOf } from '../budget/state.ts';
import { type DecisionRecord, openQuestions } from '../decision/state.ts';
import type { Pause } from '../pause/state.ts';
import { lastingShortagesOf, type Shortage, shortagesOf } from '../resource/gate.ts';
import { breakerState } from '../session/breaker.ts';
import { slotsToGive } from '../session/slots-to-give.ts';
import { isLimited } from '../session/provider-limit.ts';
import { isCapable, isMember, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { copyOf } from '../task/copies.ts';
import { isReady, type Task } from '../task/state.ts';

/** What keeps a task back, whoever would do it. */
export type TaskBlocker =
  | { readonly kind: 'paused'; readonly pause: Pause }
  /** Some of these failed and have left memory: it can never run. */
  | { readonly kind: 'dependency_lost'; readonly ids: readonly string[] }
  | { readonly kind: 'dependency_failed' | 'dependency'; readonly tasks: readonly Task[] }
  | { readonly kind: 'question'; readonly questions: readonly DecisionRecord[] }
  | { readonly kind: 'delayed'; readonly until: number }
  /** Its speculative copy runs, and completes it. */
  | { readonly kind: 'copied'; readonly copy: Task }
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  /** Others that need the same stand before it. */
  | { readonly kind: 'turn'; readonly before: number };

/** What keeps some of the sessions that could do it from doing it, while something keeps all the others too. */
export type SessionsBlocker =
  | { readonly kind: 'no_capable_session' }
  | ({ readonly sessions: readonly Session[]; /** How many there are that could do it. */ readonly of: number } & (
      | { readonly kind: 'sessions_offline' | 'no_free_session' | 'sessions_paused' }
      | { readonly kind: 'budget'; readonly spent: Budget & Excess }
      | { readonly kind: 'breaker_open' | 'provider_limited'; readonly until: number }
    ));

/** Why a session cannot get a task now. */
export type Obstacle =
  | 'not_capable'
  | 'left'
  | 'offline'
  | 'paused'
  | 'no_free_slot'
  | 'budget_exhausted'
  | 'provider_limited'
  | 'breaker_open';

/** What keeps a pending task back, whoever would do it: the first to go first. */
export function* taskBlockers(state: SwarmState, task: Task, now: number): Generator<TaskBlocker> {
  if (task.queued && state.pauses.swarm === null) return;
  const { swarm, capabilities } = state.pauses;
  const pause = task.required_capability === null ? undefined : capabilities.get(task.required_capability);
  if (swarm !== null) yield { kind: 'paused', pause: swarm };
  if (pause !== undefined) yield { kind: 'paused', pause };
  if (task.waiting_for > 0) yield* dependencyBlockers(state, task);
  if (task.questions > 0) yield { kind: 'question', questions: openQuestions(state.decisions, task.id) };
  if (task.due_at > 0) yield { kind: 'delayed', until: task.due_at };
  const copy = copyOf(state, task);
  if (copy !== null) yield { kind: 'copied', copy };
  if (task.needs === null || task.queued) return;
  // What is held now may be free by the time it is ready; what nobody can give back will not.
  const shortages = [...(isReady(task) ? shortagesOf(state, task.needs, now) : lastingShortagesOf(task.needs))];
  for (const shortage of shortages) yield { kind: 'shortage', shortage };
  if (shortages.length === 0 && isReady(task) && pause === undefined && copy === null)
    yield { kind: 'turn', before: task.needs.exposed.size };
}

/** What keeps all sessions together from a task: nothing when some session could get it when it asks. */
export function* sessionsBlockers(state: SwarmState, task: Task, now: number): Generator<SessionsBlocker> {
  const { required_capability } = task;
  const able = [...state.sessions.values()].filter((session) => isMember(session) && isCapable(session, required_capability));
  const capable = able.filter(({ offline }) => !offline);
  const of = capable.length;
  if (of === 0) {
    yield { kind: 'no_capable_session' };
    if (able.length > 0) yield { kind: 'sessions_offline', sessions: able, of: able.length };
  }
  const spent = budgetOfAll(state, capable);
  if (spent !== null) yield { kind: 'budget', spent, sessions: capable, of };
  if (of === 0 || spent !== null) return;
  const kept = Map.groupBy(capable, (session) => sessionObstacle(session, task, now));
  if (!kept.has(null)) yield* groupBlockers(state, kept, of);
}

/** One for each obstacle that some of the sessions have: what passes soonest first. */
function* groupBlockers(state: SwarmState, kept: ReadonlyMap<Obstacle | null, readonly Session[]>, of: number): Generator<SessionsBlocker> {
  const busy = kept.get('no_free_slot');
  if (busy !== undefined) yield { kind: 'no_free_session', sessions: busy, of };
  const failing = kept.get('breaker_open');
  if (failing !== undefined)
    yield { kind: 'breaker_open', sessions: failing, of, until: Math.min(...failing.map(({ breaker }) => breaker.until)) };
  const limited = kept.get('provider_limited');
  if (limited !== undefined) {
    yield { kind: 'provider_limited', sessions: limited, of, until: Math.min(...limited.map((each) => each.limited?.until ?? Infinity)) };
  }
  const halted = kept.get('budget_exhausted') ?? [];
  const spent = halted.map(({ id }) => haltOf(state.budgets, id)).find((each) => each !== null) ?? null;
  if (spent !== null) yield { kind: 'budget', spent, sessions: halted, of };
  const paused = kept.get('paused');
  if (paused !== undefined) yield { kind: 'sessions_paused', sessions: paused, of };
}

/** Why a session cannot get this task now, whether it asks or not; null when it can. */
export function sessionObstacle(session: Session, task: Pick<Task, 'required_capability'>, now: number): Obstacle | null {
  if (!isCapable(session, task.required_capability)) return 'not_capable';
  if (!isMember(session)) return 'left';
  if (session.offline) return 'offline';
  if (session.paused) return 'paused';
  if (session.held.length >= session.slots) return 'no_free_slot';
  if (session.halted) return 'budget_exhausted';
  if (isLimited(session, now)) return 'provider_limited';
  return breakerState(session.breaker, now) === 'open' || slotsToGive(session, now) <= 0 ? 'breaker_open' : null;
}

/** True when nothing keeps this session from being given this task: what the dispatch asks last. */
export function mayBeGiven(state: SwarmState, task: Task, session: Session, now: number): boolean {
  return task.queued && state.pauses.swarm === null && sessionObstacle(session, task, now) === null;
}

function* dependencyBlockers(state: SwarmState, task: Task): Generator<TaskBlocker> {
  const open: Task[] = [];
  const failed: Task[] = [];
  const lost: string[] = [];
  for (const id of task.dependencies) {
    const other = state.tasks.get(id);
    if (other === undefined) lost.push(id);
    else if (other.status === 'failed' || other.status === 'cancelled') failed.push(other);
    else if (other.status !== 'completed') open.push(other);
  }
  if (open.length + failed.length < task.waiting_for) yield { kind: 'dependency_lost', ids: lost };
  else if (failed.length > 0 && task.options.on_dependency_failure !== 'ignore') yield { kind: 'dependency_failed', tasks: failed };
  if (open.length > 0) yield { kind: 'dependency', tasks: open };
}

/** A budget that keeps everybody who could do it from working. */
function budgetOfAll(state: SwarmState, capable: readonly Session[]): (Budget & Excess) | null {
  if (!state.halted || capable.some(({ halted }) => !halted)) return null;
  const own = capable.map(({ id }) => haltOf(state.budgets, id)).find((each) => each !== null);
  return exhaustionOf(state.budgets, 'swarm', '') ?? own ?? null;
}
