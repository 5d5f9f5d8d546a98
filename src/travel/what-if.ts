/**
 * Replays a period otherwise: the same tasks come at the same times, the sessions come and go as they did, each task takes
 * as long as it took; who gets what is decided by the real rules, under another policy or with other sessions.
 * Invariant: nothing of it touches the log. Not replayed: failures, questions to people, budgets, locks, rates; what a task
 * would have taken elsewhere nobody knows, so it takes what it took, or the mean.
 */
import { EVENTS, type EventData, type Fact, type LogEvent } from '../contract/event.ts';
import { FIRST_SETTINGS, type Settings } from '../contract/settings.ts';
import { Dispatcher } from '../domain/dispatch/dispatch.ts';
import { evolve } from '../domain/evolve.ts';
import { seal } from '../domain/seal.ts';
import { freeSlots, isMember } from '../domain/session/state.ts';
import { allPauses } from '../domain/pause/state.ts';
import { createState, type SwarmState } from '../domain/state.ts';
import { nextTime, timedBy } from '../domain/task/timed-tasks.ts';
import { type PeriodFigures, PeriodTally } from './period-figures.ts';

/** What a period is made of. */
export interface Period {
  /** Comings and goings of tasks and sessions, and changes of rules, in order; times in ms since 1970. */
  readonly arrivals: readonly { readonly time: number; readonly fact: Fact }[];
  /** How long each task took, in ms; tasks that did not end take the mean. */
  readonly durations: ReadonlyMap<string, number>;
}

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
  /** Tasks whose length nobody knows: they took the mean. */
  readonly guessed: number;
}

const MEAN_UNKNOWN_MS = 60_000;

/** Runs the period. */
export function replayOtherwise(period: Period, otherwise: Otherwise): OtherwiseFigures {
  const replay = new Replay(period, otherwise);
  replay.run();
  return replay.figures();
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
  readonly #tally = new PeriodTally();
  /** Ends of running tasks, the earliest last. */
  readonly #ends: RunEnd[] = [];
  readonly #mean: number;
  readonly #otherwise: Otherwise;
  readonly #guessed = new Set<string>();
  /** Tasks of the period: any other one is long done. */
  readonly #known: ReadonlySet<string>;
  #now: number;

  constructor(period: Period, otherwise: Otherwise) {
    const { policy, sessions = 0, without = [] } = otherwise;
    const away = new Set(without);
    const arrivals = period.arrivals.filter(({ fact: { data } }) => !('session_id' in data && away.has(data.session_id ?? '')));
    this.#period = { ...period, arrivals };
    this.#otherwise = otherwise;
    this.#now = period.arrivals[0]?.time ?? 0;
    this.#known = new Set(period.arrivals.flatMap(({ fact }) => (fact.type === 'task_added' ? [fact.data.task_id] : [])));
    const taken = [...period.durations.values()];
    this.#mean = taken.length === 0 ? MEAN_UNKNOWN_MS : taken.reduce((sum, each) => sum + each, 0) / taken.length;
    this.#state = createState('what-if', { ...FIRST_SETTINGS, ...(policy === undefined ? {} : { policy }) });
    const capabilities = new Set(period.arrivals.flatMap(({ fact }) => (fact.type === 'session_registered' ? fact.data.capabilities : [])));
    for (let number = 1; number <= sessions; number += 1) {
      const extra = { specialties: [], max_concurrent_tasks: 1, role: null, runner: null, host: null };
      const data = { session_id: `what-if-${number}`, capabilities: [...capabilities], ...extra };
      this.#apply({ type: 'session_registered', data });
    }
  }

  run(): void {
    const { arrivals } = this.#period;
    for (let at = 0; at < arrivals.length || this.#ends.length > 0 || nextTime(this.#state.delayed) < Infinity;) {
      const end = this.#ends.at(-1);
      const next = arrivals[at];
      const due = nextTime(this.#state.delayed);
      if (due <= Math.min(next?.time ?? Infinity, end?.time ?? Infinity)) {
        this.#now = Math.max(this.#now, due);
        for (const task_id of timedBy(this.#state.delayed, due)) this.#apply({ type: 'task_due', data: { task_id, prev: 0 } });
        this.#giveOut();
        continue;
      }
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

  figures(): OtherwiseFigures {
    const { pending, assigned, in_progress } = this.#state.task_counts;
    return { ...this.#tally.figures(), unfinished: pending + assigned + in_progress, guessed: this.#guessed.size };
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
    else if (fact.type === 'config_applied') this.#configure(fact.data.settings);
    else if (fact.type === 'limit_set') this.#apply({ ...fact, data: { ...fact.data, rate: null } });
    else if (fact.type !== 'resource_removed' || (this.#state.resources.by_name.get(fact.data.resource)?.asked ?? 0) === 0)
      this.#apply(fact);
  }

  #configure(settings: EventData<'config_applied'>['settings']): void {
    const { policy } = this.#otherwise;
    this.#apply({ type: 'config_applied', data: { settings: { ...settings, ...(policy === undefined ? {} : { policy }) } } });
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
      const took = this.#period.durations.get(task_id);
      if (took === undefined) this.#guessed.add(task_id);
      const time = this.#now + (took ?? this.#mean);
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

/** The facts that begin a period: the rules, sessions and unfinished tasks of a state. */
export function beginningOf(state: SwarmState): Fact[] {
  const facts: Fact[] = [{ type: 'config_applied', data: { settings: { ...state.settings } } }];
  for (const { name: resource, capacity, ports, description } of state.resources.by_name.values())
    facts.push({ type: 'resource_set', data: { resource, capacity, ports, description } });
  for (const { key, concurrency, configured_at } of state.resources.limits.values())
    if (configured_at !== null) facts.push({ type: 'limit_set', data: { key, concurrency, rate: null } });
  for (const session of state.sessions.values()) {
    if (!isMember(session) || session.offline) continue;
    const { id, capabilities, specialties, slots, role, runner, host } = session;
    const known = { capabilities: [...capabilities], specialties: [...specialties], role, runner, host };
    facts.push({ type: 'session_registered', data: { session_id: id, max_concurrent_tasks: slots, ...known } });
  }
  for (const { scope, target, reason } of allPauses(state.pauses)) facts.push({ type: 'work_paused', data: { scope, target, reason } });
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
      ...(task.asks === null || task.asks.resources === null ? {} : { resources: { ...task.asks.resources } }),
      ...(waits.length === 0 ? {} : { dependencies: waits, waiting_for: waits.length }),
    };
    facts.push({ type: 'task_added', data });
  }
  return facts;
}
