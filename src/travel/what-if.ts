/**
 * Replays a period otherwise: the same tasks come at the same times, the sessions come and go as they did, each task takes
 * as long as it took; who gets what is decided by the real rules, under another policy or with more sessions.
 * Invariant: nothing of it touches the log. Not replayed: failures, questions to people, budgets, transfers of locks.
 */
import { EVENTS, type EventData, type Fact, type LogEvent } from '../contract/event.ts';
import type { Settings } from '../contract/settings.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import { evolve } from '../domain/evolve.ts';
import { seal } from '../domain/seal.ts';
import { freeSlots, isMember } from '../domain/session/state.ts';
import { createState, type SwarmState } from '../domain/state.ts';

/** What a period is made of. */
export interface Period {
  readonly settings: Settings;
  /** Comings and goings of tasks and sessions, in order; times in ms since 1970. */
  readonly arrivals: readonly { readonly time: number; readonly fact: Fact }[];
  /** How long each task took, in ms; tasks that did not end take the mean. */
  readonly durations: ReadonlyMap<string, number>;
}

/** What is different. */
export interface Otherwise {
  readonly policy?: Settings['policy'] | undefined;
  /** Sessions more than there were; each can do everything that any session could. */
  readonly sessions?: number | undefined;
}

/** How a period went. Times in seconds. */
export interface PeriodFigures {
  readonly completed: number;
  readonly makespan_s: number;
  readonly mean_wait_s: number;
  /** Share of the time that sessions were there in which they worked. */
  readonly utilization: number;
}

const MEAN_UNKNOWN_MS = 60_000;

/** Runs the period. */
export function replayOtherwise(period: Period, otherwise: Otherwise): PeriodFigures {
  const replay = new Replay(period, otherwise);
  replay.run();
  return replay.figures();
}

/** How the events of a period say that it went. */
export function figuresOf(events: readonly LogEvent[]): PeriodFigures {
  const tally = new Tally();
  for (const event of events) tally.take(event);
  return tally.figures();
}

/** Sums over the events of a period. */
class Tally {
  readonly #added = new Map<string, number>();
  readonly #began = new Map<string, number>();
  readonly #there = new Map<string, number>();
  #waits = 0;
  #waited = 0;
  #busy = 0;
  #present = 0;
  #completed = 0;
  #first = Infinity;
  #last = 0;
  #time = 0;

  take({ type, time, data }: LogEvent): void {
    this.#time = time;
    if (type === 'task_added') {
      this.#added.set(data.task_id, time);
      this.#first = Math.min(this.#first, time);
    } else if (type === 'task_assigned') {
      const added = this.#added.get(data.task_id);
      if (added !== undefined) {
        this.#waits += 1;
        this.#waited += time - added;
        this.#added.delete(data.task_id);
      }
      this.#began.set(data.task_id, time);
    } else if (type === 'task_completed' || type === 'task_released' || type === 'task_failed' || type === 'task_cancelled') {
      this.#busy += time - (this.#began.get(data.task_id) ?? time);
      this.#began.delete(data.task_id);
      if (type !== 'task_completed') return;
      this.#completed += 1;
      this.#last = time;
    } else if (type === 'session_registered' || type === 'session_returned') {
      if (!this.#there.has(data.session_id)) this.#there.set(data.session_id, time);
    } else if (type === 'session_deregistered' || type === 'session_offline') this.#leave(data.session_id, time);
  }

  figures(): PeriodFigures {
    const end = Math.max(this.#last, this.#first === Infinity ? 0 : this.#first);
    let present = this.#present;
    for (const from of this.#there.values()) present += Math.max(0, (this.#last === 0 ? this.#time : end) - Math.max(from, this.#first));
    return {
      completed: this.#completed,
      makespan_s: this.#last === 0 ? 0 : (this.#last - this.#first) / 1000,
      mean_wait_s: this.#waits === 0 ? 0 : this.#waited / this.#waits / 1000,
      utilization: present === 0 ? 0 : Math.min(1, this.#busy / present),
    };
  }

  #leave(id: string, time: number): void {
    const from = this.#there.get(id);
    if (from !== undefined) this.#present += Math.max(0, time - Math.max(from, this.#first === Infinity ? time : this.#first));
    this.#there.delete(id);
  }
}

interface RunEnd {
  readonly time: number;
  readonly task_id: string;
  readonly lease: number;
  readonly began: number;
}

class Replay {
  readonly #period: Period;
  readonly #state: SwarmState;
  readonly #dispatcher = new Dispatcher();
  readonly #tally = new Tally();
  /** Ends of running tasks, the earliest last. */
  readonly #ends: RunEnd[] = [];
  readonly #mean: number;
  /** Tasks of the period: any other one is long done. */
  readonly #known: ReadonlySet<string>;
  #now: number;

  constructor(period: Period, { policy, sessions = 0 }: Otherwise) {
    this.#period = period;
    this.#now = period.arrivals[0]?.time ?? 0;
    this.#known = new Set(period.arrivals.flatMap(({ fact }) => (fact.type === 'task_added' ? [fact.data.task_id] : [])));
    const taken = [...period.durations.values()];
    this.#mean = taken.length === 0 ? MEAN_UNKNOWN_MS : taken.reduce((sum, each) => sum + each, 0) / taken.length;
    this.#state = createState('what-if', { ...period.settings, ...(policy === undefined ? {} : { policy }) });
    const capabilities = new Set(period.arrivals.flatMap(({ fact }) => (fact.type === 'session_registered' ? fact.data.capabilities : [])));
    for (let number = 1; number <= sessions; number += 1) {
      const extra = { specialties: [], max_concurrent_tasks: 1, role: null, runner: null, host: null };
      const data = { session_id: `what-if-${number}`, capabilities: [...capabilities], ...extra };
      this.#apply({ type: 'session_registered', data });
    }
  }

  run(): void {
    const { arrivals } = this.#period;
    for (let at = 0; at < arrivals.length || this.#ends.length > 0;) {
      const end = this.#ends.at(-1);
      const next = arrivals[at];
      if (next !== undefined && (end === undefined || next.time <= end.time)) {
        this.#now = Math.max(this.#now, next.time);
        this.#arrive(next.fact);
        at += 1;
        // What comes at one time is there before anything is given out.
        if (arrivals[at]?.time === next.time) continue;
      } else if (end !== undefined) {
        this.#now = Math.max(this.#now, end.time);
        this.#ends.pop();
        this.#complete(end);
      }
      this.#giveOut();
    }
  }

  figures(): PeriodFigures {
    return this.#tally.figures();
  }

  #arrive(fact: Fact): void {
    const leaves = fact.type === 'session_deregistered' || fact.type === 'session_offline';
    if (leaves) {
      const session = this.#state.sessions.get(fact.data.session_id);
      for (const id of Array.from(session?.held ?? [])) {
        const lease = this.#state.tasks.get(id)?.lease;
        if (lease === null || lease === undefined) continue;
        const { number, session_id } = lease;
        this.#apply({
          type: 'task_released',
          data: { task_id: id, prev: 0, lease: number, session_id, reason: 'deregistered', last_contact: null },
        });
      }
    }
    if (fact.type === 'task_added') this.#apply({ type: 'task_added', data: this.#waiting(fact.data) });
    else if (fact.type === 'task_cancelled') this.#cancel(fact.data.task_id, fact.data.reason);
    else this.#apply(fact);
  }

  /** What a task waits for is not what it waited for then. */
  #waiting(data: EventData<'task_added'>): EventData<'task_added'> {
    const waits = data.dependencies?.filter((id) => this.#known.has(id) && this.#state.tasks.get(id)?.status !== 'completed') ?? [];
    return { ...data, ...(data.dependencies === undefined ? {} : { waiting_for: waits.length }) };
  }

  #cancel(task_id: string, reason: string): void {
    const task = this.#state.tasks.get(task_id);
    if (task === undefined || task.status === 'completed' || task.status === 'cancelled') return;
    const { lease } = task;
    const held = { lease: lease?.number ?? null, session_id: lease?.session_id ?? null };
    this.#apply({ type: 'task_cancelled', data: { task_id, prev: 0, ...held, reason } });
  }

  #complete({ task_id, lease, began }: RunEnd): void {
    const held = this.#state.tasks.get(task_id)?.lease;
    if (held?.number !== lease) return;
    const duration_ms = this.#now - began;
    this.#apply({ type: 'task_completed', data: { task_id, prev: 0, lease, session_id: held.session_id, result: null, duration_ms } });
  }

  #giveOut(): void {
    const wants = (id: string): boolean => {
      const session = this.#state.sessions.get(id);
      return session !== undefined && isMember(session) && freeSlots(session) > 0;
    };
    const demand = { sessions: () => [...this.#state.sessions.keys()].filter(wants), has: wants };
    this.#dispatcher.run(this.#state, demand, this.#now, (fact) => {
      const { seq, type, data } = this.#apply(fact);
      if (type !== 'task_assigned') return;
      const { task_id } = data;
      this.#apply({ type: 'task_started', data: { task_id, prev: 0, lease: seq } });
      const time = this.#now + (this.#period.durations.get(task_id) ?? this.#mean);
      const place = this.#ends.findLastIndex((end) => end.time >= time);
      this.#ends.splice(place + 1, 0, { time, task_id, lease: seq, began: this.#now });
    });
  }

  #apply(fact: Fact): LogEvent {
    const origin = { time: this.#now, actor: 'what-if', command_id: null };
    const event = seal(this.#state, { type: fact.type, data: { ...fact.data } } as Fact, EVENTS[fact.type].version, origin);
    evolve(this.#state, event);
    this.#dispatcher.note(this.#state, event);
    this.#tally.take(event);
    return event;
  }
}

/** The facts that begin a period: the sessions and the unfinished tasks of a state. */
export function beginningOf(state: SwarmState): Fact[] {
  const facts: Fact[] = [];
  for (const session of state.sessions.values()) {
    if (!isMember(session) || session.offline) continue;
    const { id, capabilities, specialties, slots, role, runner, host } = session;
    const known = { capabilities: [...capabilities], specialties: [...specialties], role, runner, host };
    facts.push({ type: 'session_registered', data: { session_id: id, max_concurrent_tasks: slots, ...known } });
  }
  for (const task of state.tasks.values()) {
    if (task.ending !== null && task.lease === null && task.status !== 'pending') continue;
    const waits = task.dependencies.filter((id) => state.tasks.has(id) && state.tasks.get(id)?.status !== 'completed');
    const data: EventData<'task_added'> = {
      task_id: task.id,
      prev: 0,
      type: task.type,
      title: task.title,
      spec: '',
      priority: task.priority,
      explicit_priority: true,
      required_capability: task.required_capability,
      ...(waits.length === 0 ? {} : { dependencies: waits, waiting_for: waits.length }),
    };
    facts.push({ type: 'task_added', data });
  }
  return facts;
}
