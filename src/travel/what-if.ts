/**
 * Replays a period otherwise: the same tasks come at the same times, sessions come, go and fall silent as they did, each
 * attempt takes as long and ends as it did; who gets what, and what follows from it, is decided by the real rules, under
 * another policy or with other sessions.
 * Invariant: nothing of it touches the log. Not replayed: questions to people, waits for parts, budgets, locks.
 */
import { EVENTS, type EventData, type Fact, type LogEvent } from '../contract/event.ts';
import { FIRST_SETTINGS, type Settings } from '../contract/settings.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import { evolve } from '../domain/evolve.ts';
import { decideRefills } from '../domain/resource/decide.ts';
import { nextRefill } from '../domain/resource/state.ts';
import { seal } from '../domain/seal.ts';
import { freeSlots, isMember } from '../domain/session/state.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import { releaseTask } from '../domain/task/release.ts';
import { isTerminal, type Task } from '../domain/task/state.ts';
import { nextTime, timedBy } from '../domain/task/timed-tasks.ts';
import type { Period } from './period.ts';
import { type Opening, type PeriodFigures, PeriodTally } from './period-figures.ts';
import { AttemptReplay } from './replayed-attempts.ts';

/** What is different. */
export interface Otherwise {
  readonly policy?: Settings['policy'] | undefined;
  /** Sessions more than there were; each can do everything that any session could. */
  readonly sessions?: number | undefined;
  /** Sessions that were there, and are not. */
  readonly without?: readonly string[] | undefined;
}

/** How a period went otherwise. */
export interface OtherwiseFigures extends PeriodFigures {
  /** Tasks that had come, and had not ended. */
  readonly unfinished: number;
  /** Tasks that made an attempt of which nobody knows how it ends: it took the mean, and completed. */
  readonly guessed: number;
}

/** Times at which nothing comes of waking, in a row, before nothing ever will. */
const FRUITLESS_AT_MOST = 1000;

/** Runs the period. */
export function replayOtherwise(period: Period, otherwise: Otherwise): OtherwiseFigures {
  const replay = new Replay(period, otherwise);
  replay.run();
  return replay.figures();
}

class Replay {
  readonly #period: Period;
  readonly #state: SwarmState;
  readonly #dispatcher = new Dispatcher();
  readonly #attempts: AttemptReplay;
  readonly #otherwise: Otherwise;
  readonly #away: ReadonlySet<string>;
  /** Tasks of the period: any other one is long done. */
  readonly #known: ReadonlySet<string>;
  readonly #demand: { readonly sessions: () => string[]; readonly has: (id: string) => boolean };
  /** Sessions in the order in which they asked for work, and those that are about to. */
  readonly #asking = new Set<string>();
  readonly #coming = new Set<string>();
  #tally: PeriodTally | null = null;
  #now: number;

  constructor(period: Period, otherwise: Otherwise) {
    const { policy, sessions = 0, without = [] } = otherwise;
    this.#period = period;
    this.#otherwise = otherwise;
    this.#away = new Set(without);
    this.#now = period.opening.time;
    this.#attempts = new AttemptReplay(period);
    const facts = [...period.beginning, ...period.arrivals.map(({ fact }) => fact)];
    this.#known = new Set(facts.flatMap((fact) => (fact.type === 'task_added' ? [fact.data.task_id] : [])));
    this.#state = createState('what-if', { ...FIRST_SETTINGS, ...(policy === undefined ? {} : { policy }) });
    const has = (id: string): boolean => {
      const session = this.#state.sessions.get(id);
      return session !== undefined && isMember(session) && freeSlots(session) > 0 && this.#attempts.mayAsk(id, this.#now);
    };
    this.#demand = { sessions: () => [...this.#asking].filter(has), has };
    const capabilities = [...new Set(facts.flatMap((fact) => (fact.type === 'session_registered' ? fact.data.capabilities : [])))];
    const more = Array.from({ length: sessions }, (_, index) => `what-if-${index + 1}`);
    this.#begin(more, capabilities);
  }

  run(): void {
    const { arrivals } = this.#period;
    this.#giveOut();
    for (let [at, fruitless] = [0, 0]; fruitless < FRUITLESS_AT_MOST;) {
      const next = arrivals[at];
      const arrival = next?.time ?? Infinity;
      const end = this.#attempts.next;
      const waking = Math.min(
        nextTime(this.#state.delayed),
        nextRefill(this.#state.resources),
        this.#dispatcher.nextTime(this.#state, this.#demand, this.#now),
      );
      const time = Math.min(arrival, end, waking);
      if (time === Infinity) return;
      const { seq } = this.#state;
      this.#now = Math.max(this.#now, time);
      if (waking === time) this.#wake();
      else if (next !== undefined && arrival === time) {
        this.#arrive(next.fact);
        at += 1;
        // What comes at one time is there before anything is given out.
        if (arrivals[at]?.time === arrival) continue;
      } else this.#applyAll(this.#attempts.end(this.#state, this.#now));
      this.#giveOut();
      const stands = this.#state.seq === seq && next === undefined && end === Infinity;
      fruitless = stands ? fruitless + 1 : 0;
      // A token is there a moment later than it is reckoned.
      if (stands && waking <= this.#now) this.#now += 1;
    }
  }

  figures(): OtherwiseFigures {
    const { pending, assigned, in_progress } = this.#state.task_counts;
    const figures = (this.#tally ?? new PeriodTally()).figures();
    return { ...figures, unfinished: pending + assigned + in_progress, guessed: this.#attempts.guessed };
  }

  /** Brings about what was there; none of it counts as something that happened in the period. */
  #begin(more: readonly string[], capabilities: string[]): void {
    const { opening, beginning } = this.#period;
    for (const fact of beginning) this.#arrive(fact);
    for (const session_id of more) {
      const extra = { specialties: [], max_concurrent_tasks: 1, role: null, runner: null, host: null };
      this.#apply({ type: 'session_registered', data: { session_id, capabilities, ...extra } });
    }
    const taken: Opening['running'][number][] = [];
    for (const { task_id, session_id } of opening.running) {
      const task = this.#state.tasks.get(task_id);
      const session = this.#state.sessions.get(session_id);
      if (task?.queued !== true || session === undefined || freeSlots(session) <= 0) continue;
      const { incarnation } = session;
      const given = { session_id, incarnation, attempt: task.attempt + 1, started: true, policy: 'claim', score: 1 };
      const { seq } = this.#apply({ type: 'task_assigned', data: { task_id, prev: 0, ...given } });
      this.#attempts.begin({ task_id, session_id, lease: seq, began: this.#now });
      taken.push({ task_id, session_id });
    }
    const here = opening.sessions.filter((id) => !this.#away.has(id));
    const waiting = [
      ...opening.waiting,
      ...opening.running.flatMap(({ task_id }) => (taken.some((each) => each.task_id === task_id) ? [] : [task_id])),
    ];
    this.#tally = new PeriodTally({ time: opening.time, sessions: [...here, ...more], waiting, running: taken });
  }

  #arrive(fact: Fact): void {
    if ('session_id' in fact.data && isOfSession(fact) && this.#away.has(fact.data.session_id ?? '')) return;
    if (fact.type === 'session_deregistered') this.#leave(fact.data.session_id, 'deregistered');
    else if (fact.type === 'session_offline') this.#leave(fact.data.session_id, 'session_offline');
    else if (fact.type === 'session_registered') this.#leave(fact.data.session_id, 'replaced');
    if (fact.type === 'task_added') this.#apply({ type: 'task_added', data: this.#waiting(fact.data) });
    else if (fact.type === 'task_cancelled') this.#cancel(fact.data.task_id, fact.data.reason);
    else if (fact.type === 'task_retried' || fact.type === 'task_recalled') this.#retry(fact.data.task_id);
    else if (fact.type === 'task_reprioritised') this.#reprioritise(fact);
    else if (fact.type === 'config_applied') this.#configure(fact.data.settings);
    else if (fact.type === 'session_capability_added') this.#teach(fact);
    else if (fact.type !== 'resource_removed' || (this.#state.resources.by_name.get(fact.data.resource)?.asked ?? 0) === 0)
      this.#apply(fact);
  }

  #leave(sessionId: string, reason: 'deregistered' | 'session_offline' | 'replaced'): void {
    for (const id of Array.from(this.#state.sessions.get(sessionId)?.held ?? [])) {
      const task = this.#state.tasks.get(id);
      if (task !== undefined) this.#applyAll(releaseTask(this.#state, task, reason, { now: this.#now }));
    }
  }

  #configure(settings: EventData<'config_applied'>['settings']): void {
    const { policy } = this.#otherwise;
    this.#apply({ type: 'config_applied', data: { settings: { ...settings, ...(policy === undefined ? {} : { policy }) } } });
  }

  /** What a task waits for is not what it waited for then. */
  #waiting(data: EventData<'task_added'>): EventData<'task_added'> {
    const waits = data.dependencies?.filter((id) => this.#known.has(id) && this.#isAwaited(id)) ?? [];
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
    const waiting_for = task.dependencies.filter((id) => this.#known.has(id) && this.#isAwaited(id)).length;
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

  #wake(): void {
    for (const task_id of timedBy(this.#state.delayed, this.#now)) this.#apply({ type: 'task_due', data: { task_id, prev: 0 } });
    this.#applyAll(decideRefills(this.#state, this.#now));
  }

  #giveOut(): void {
    this.#giveToAsking();
    while (this.#coming.size > 0) {
      for (const id of this.#coming) this.#asking.add(id);
      this.#coming.clear();
      this.#giveToAsking();
    }
  }

  #giveToAsking(): void {
    this.#dispatcher.run(this.#state, this.#demand, this.#now, (fact) => {
      const { seq, type, data } = this.#apply(fact);
      if (type !== 'task_assigned') return;
      const { task_id, session_id } = data;
      this.#apply({ type: 'task_started', data: { task_id, prev: 0, lease: seq } });
      this.#attempts.begin({ task_id, session_id, lease: seq, began: this.#now });
    });
  }

  /** Whoever ends an attempt asks for another right after what that sets free was given to those who asked already. */
  #noteAsking({ type, data }: LogEvent): void {
    if (!ASKS.has(type) || !('session_id' in data) || data.session_id === null) return;
    const session = this.#state.sessions.get(data.session_id);
    if (session === undefined || (this.#asking.has(session.id) && freeSlots(session) > 1)) return;
    this.#asking.delete(session.id);
    this.#coming.add(session.id);
  }

  #applyAll(facts: readonly Fact[]): void {
    for (const fact of facts) this.#apply(fact);
  }

  #apply(fact: Fact): LogEvent {
    const origin = { time: this.#now, actor: 'what-if', command_id: null };
    const event = seal(this.#state, { type: fact.type, data: { ...fact.data } } as Fact, EVENTS[fact.type].version, origin);
    evolve(this.#state, event);
    this.#dispatcher.note(this.#state, event);
    this.#tally?.take(event);
    this.#noteAsking(event);
    return event;
  }
}

const ASKS: ReadonlySet<LogEvent['type']> = new Set([
  'session_registered',
  'task_completed',
  'task_failed',
  'task_parked',
  'task_released',
]);

function isOfSession({ type }: Fact): boolean {
  return type.startsWith('session_') || type === 'account_limited';
}
