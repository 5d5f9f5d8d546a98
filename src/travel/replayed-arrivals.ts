/**
 * Owns how what comes in a period comes in its replay: the same things, as far as they mean something there.
 * Invariant: what was decided about a task in the past is done only where the task is as it must be for that.
 */
import type { EventData, Fact } from '../contract/event.ts';
import type { Settings } from '../contract/settings.ts';
import type { SwarmState } from '../domain/state.ts';
import { releaseTask } from '../domain/task/release.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';

/** What is other than it was. */
interface Otherwise {
  readonly policy: Settings['policy'] | undefined;
  /** Sessions that do not come. */
  readonly away: ReadonlySet<string>;
  /** Tasks of the period: any other one is long done. */
  readonly tasks: ReadonlySet<string>;
}

/** The arrivals of one replay. */
export class ArrivalReplay {
  readonly #state: SwarmState;
  readonly #apply: (fact: Fact) => unknown;
  readonly #otherwise: Otherwise;

  /** `apply` folds a fact into the state. */
  constructor(state: SwarmState, apply: (fact: Fact) => unknown, otherwise: Otherwise) {
    this.#state = state;
    this.#apply = apply;
    this.#otherwise = otherwise;
  }

  /** Something comes at `now`, ms since 1970. */
  bring(fact: Fact, now: number): void {
    if ('session_id' in fact.data && isOfSession(fact) && this.#otherwise.away.has(fact.data.session_id ?? '')) return;
    if (fact.type === 'session_deregistered') this.#leave(fact.data.session_id, 'deregistered', now);
    else if (fact.type === 'session_offline') this.#leave(fact.data.session_id, 'session_offline', now);
    else if (fact.type === 'session_registered') this.#leave(fact.data.session_id, 'replaced', now);
    if (fact.type === 'task_added') this.#add(fact.data);
    else if (fact.type === 'task_cancelled') this.#cancel(fact.data.task_id, fact.data.reason);
    else if (fact.type === 'task_retried' || fact.type === 'task_recalled') this.#retry(fact.data.task_id);
    else if (fact.type === 'task_reprioritised') this.#reprioritise(fact);
    else if (fact.type === 'config_applied') this.#configure(fact.data.settings);
    else if (fact.type === 'session_capability_added') this.#teach(fact);
    else if (fact.type === 'decision_needed') this.#ask(fact);
    else if (fact.type === 'decision_answered') this.#answer(fact);
    else if (fact.type !== 'resource_removed' || (this.#state.resources.by_name.get(fact.data.resource)?.asked ?? 0) === 0)
      this.#apply(fact);
  }

  /** A part is there already when an attempt that was cut off had added it. */
  #add(data: EventData<'task_added'>): void {
    if (!this.#state.tasks.has(data.task_id)) this.#apply({ type: 'task_added', data: this.#waiting(data) });
  }

  #ask(fact: Extract<Fact, { type: 'decision_needed' }>): void {
    if (this.#unfinished(fact.data.task_id ?? '') !== null) this.#apply(fact);
  }

  #answer(fact: Extract<Fact, { type: 'decision_answered' }>): void {
    if (this.#state.decisions.open.has(fact.data.decision_id)) this.#apply(fact);
  }

  #leave(sessionId: string, reason: 'deregistered' | 'session_offline' | 'replaced', now: number): void {
    for (const id of Array.from(this.#state.sessions.get(sessionId)?.held ?? [])) {
      const task = this.#state.tasks.get(id);
      if (task !== undefined) for (const fact of releaseTask(this.#state, task, reason, { now })) this.#apply(fact);
    }
  }

  #configure(settings: EventData<'config_applied'>['settings']): void {
    const { policy } = this.#otherwise;
    this.#apply({ type: 'config_applied', data: { settings: { ...settings, ...(policy === undefined ? {} : { policy }) } } });
  }

  /** What a task waits for is not what it waited for then. */
  #waiting(data: EventData<'task_added'>): EventData<'task_added'> {
    const waits = data.dependencies?.filter((id) => this.#otherwise.tasks.has(id) && this.#isAwaited(id)) ?? [];
    return { ...data, ...(data.dependencies === undefined ? {} : { waiting_for: waits.length }) };
  }

  #isAwaited(id: string): boolean {
    return this.#state.tasks.get(id)?.status !== 'completed';
  }

  #cancel(task_id: string, reason: string): void {
    const task = this.#unfinished(task_id);
    if (task === null) return;
    const held = { lease: task.lease?.number ?? null, session_id: task.lease?.session_id ?? null };
    this.#apply({ type: 'task_cancelled', data: { task_id, prev: 0, ...held, reason } });
  }

  /** Somebody put a task back; where it has not ended here, there is nothing to put back. */
  #retry(task_id: string): void {
    const task = this.#state.tasks.get(task_id);
    if (task === undefined || (task.status !== 'failed' && task.status !== 'cancelled')) return;
    const waiting_for = task.dependencies.filter((id) => this.#otherwise.tasks.has(id) && this.#isAwaited(id)).length;
    this.#apply({ type: 'task_retried', data: { task_id, prev: 0, waiting_for } });
  }

  #reprioritise(fact: Extract<Fact, { type: 'task_reprioritised' }>): void {
    if (this.#unfinished(fact.data.task_id) !== null) this.#apply(fact);
  }

  #teach(fact: Extract<Fact, { type: 'session_capability_added' }>): void {
    if (this.#state.sessions.has(fact.data.session_id)) this.#apply(fact);
  }

  #unfinished(task_id: string): Task | null {
    const task = this.#state.tasks.get(task_id);
    return task === undefined || isTerminal(task.status) ? null : task;
  }
}

function isOfSession({ type }: Fact): boolean {
  return type.startsWith('session_') || type === 'account_limited';
}
