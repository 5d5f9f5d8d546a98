/**
 * Replays a period otherwise: the same tasks come at the same times, sessions come, go and fall silent as they did, each
 * attempt takes as long and ends as it did; who gets what, and what follows from it, is decided by the real rules, under
 * another policy or with other sessions.
 * Invariant: nothing of it touches the log. Not replayed: budgets; a wait in which a session kept its task, for a lock for
 * example, is part of the attempt.
 */
import { EVENTS, type Fact, type LogEvent } from '../contract/event.ts';
import { FIRST_SETTINGS, type Settings } from '../contract/settings.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import { evolve } from '../domain/evolve.ts';
import { decideRefills } from '../domain/resource/decide.ts';
import { nextRefill } from '../domain/resource/state.ts';
import { seal } from '../domain/seal.ts';
import { freeSlots, isMember } from '../domain/session/state.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import { nextTime, timedBy } from '../domain/task/timed-tasks.ts';
import type { Period } from './period.ts';
import { LaterFacts } from './later-facts.ts';
import { type Opening, type PeriodFigures, PeriodTally } from './period-figures.ts';
import { ArrivalReplay } from './replayed-arrivals.ts';
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
  readonly #later = new LaterFacts();
  readonly #away: ReadonlySet<string>;
  readonly #arrivals: ArrivalReplay;
  readonly #demand: { readonly sessions: () => string[]; readonly has: (id: string) => boolean };
  /** Sessions in the order in which they asked for work, and those that are about to. */
  readonly #asking = new Set<string>();
  readonly #coming = new Set<string>();
  #tally: PeriodTally | null = null;
  #woken = -Infinity;
  #now: number;

  constructor(period: Period, otherwise: Otherwise) {
    const { policy, sessions = 0, without = [] } = otherwise;
    this.#period = period;
    this.#away = new Set(without);
    this.#now = period.opening.time;
    const facts = factsOf(period);
    const tasks = tasksOf(facts);
    this.#attempts = new AttemptReplay(period, this.#later, tasks);
    this.#state = createState('what-if', { ...FIRST_SETTINGS, ...(policy === undefined ? {} : { policy }) });
    this.#arrivals = new ArrivalReplay(this.#state, (fact) => this.#apply(fact), { policy, away: this.#away, tasks });
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
      const later = this.#later.next;
      const waking = Math.min(
        nextTime(this.#state.delayed),
        nextRefill(this.#state.resources),
        this.#dispatcher.nextTime(this.#state, this.#demand, this.#now),
      );
      const time = Math.min(arrival, end, later, waking);
      if (time === Infinity) return;
      const { seq } = this.#state;
      this.#now = Math.max(this.#now, time);
      const brought = later === time ? this.#later.take() : null;
      if (waking === time && brought === null) this.#wake();
      else if (brought !== null) {
        this.#arrivals.bring(brought, this.#now);
        if (this.#later.next === time) continue;
      } else if (next !== undefined && arrival === time) {
        this.#arrivals.bring(next.fact, this.#now);
        at += 1;
        // What comes at one time is there before anything is given out.
        if (arrivals[at]?.time === arrival) continue;
      } else this.#applyAll(this.#attempts.end(this.#state, this.#now));
      this.#giveOut();
      const stands = this.#state.seq === seq && next === undefined && end === Infinity && later === Infinity;
      fruitless = stands ? fruitless + 1 : 0;
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
    for (const fact of beginning) this.#arrivals.bring(fact, this.#now);
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

  /** What time brings. Never twice at one time: a token is there a moment later than it is reckoned. */
  #wake(): void {
    if (this.#now <= this.#woken) this.#now = this.#woken + 1;
    this.#woken = this.#now;
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
  'task_suspended',
]);

/** Whatever comes at some time, of itself or with an attempt. */
function factsOf({ beginning, arrivals, attempts }: Period): Fact[] {
  const brought = [...attempts.values()].flat().flatMap(({ brings }) => brings.map(({ fact }) => fact));
  return [...beginning, ...arrivals.map(({ fact }) => fact), ...brought];
}

function tasksOf(facts: readonly Fact[]): ReadonlySet<string> {
  return new Set(facts.flatMap((fact) => (fact.type === 'task_added' ? [fact.data.task_id] : [])));
}
