/**
 * How a period of a log went: what was completed, how long it took, how long work waited, how busy sessions were.
 * Invariant: a period that begins in the middle counts who was there and what waited or ran at its beginning from there on.
 */
import type { EventType, LogEvent } from '../contract/event.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';

/** How a period went. Times in seconds. */
export interface PeriodFigures {
  readonly completed: number;
  readonly makespan_s: number;
  readonly mean_wait_s: number;
  /** Share of the time that sessions were there in which they worked. */
  readonly utilization: number;
  /** Attempts that failed, tried again or not. */
  readonly failed_attempts: number;
  /** Attempts that ended because a provider took no more. */
  readonly parked: number;
}

/** What there was when a period began. */
export interface Opening {
  /** ms since 1970. */
  readonly time: number;
  readonly sessions: readonly string[];
  readonly waiting: readonly string[];
  readonly running: readonly TakenTask[];
}

/** A task and who has it. */
export interface TakenTask {
  readonly task_id: string;
  readonly session_id: string;
}

/** The opening that a state is. */
export function openingOf(state: SwarmState, time: number): Opening {
  const here = [...state.sessions.values()].filter((session) => isMember(session) && !session.offline);
  const tasks = [...state.tasks.values()];
  return {
    time,
    sessions: here.map(({ id }) => id),
    waiting: tasks.filter(({ status }) => status === 'pending').map(({ id }) => id),
    running: tasks.flatMap(({ id, lease }) => (lease === null ? [] : [{ task_id: id, session_id: lease.session_id }])),
  };
}

/** How the events of a period say that it went. */
export function figuresOf(opening: Opening, events: readonly LogEvent[]): PeriodFigures {
  const tally = new PeriodTally(opening);
  for (const event of events) tally.take(event);
  return tally.figures();
}

const ENDS: ReadonlySet<EventType> = new Set([
  'task_completed',
  'task_released',
  'task_failed',
  'task_cancelled',
  'task_parked',
  'task_suspended',
]);

/** Sums over the events of a period. */
export class PeriodTally {
  readonly #added = new Map<string, number>();
  /** Who has a task. */
  readonly #held = new Map<string, string>();
  /** How many tasks a session has, and since when it has any. */
  readonly #working = new Map<string, { tasks: number; readonly since: number }>();
  readonly #there = new Map<string, number>();
  #waits = 0;
  #waited = 0;
  #busy = 0;
  #present = 0;
  #completed = 0;
  #failed = 0;
  #parked = 0;
  #first = Infinity;
  #last = 0;
  #time = 0;

  constructor(opening: Opening | null = null) {
    if (opening === null) return;
    const { time, sessions, waiting, running } = opening;
    this.#time = time;
    for (const id of sessions) this.#there.set(id, time);
    for (const id of waiting) this.#added.set(id, time);
    for (const { task_id, session_id } of running) this.#begin(task_id, session_id, time);
    if (waiting.length + running.length > 0) this.#first = time;
  }

  /** Takes the next event. */
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
      this.#begin(data.task_id, data.session_id, time);
    } else if (ENDS.has(type)) {
      const { task_id } = data as { readonly task_id: string };
      if (type === 'task_failed' && this.#held.has(task_id)) this.#failed += 1;
      this.#end(task_id, time);
      if (type === 'task_parked') this.#parked += 1;
      if (type !== 'task_completed') return;
      this.#completed += 1;
      this.#last = time;
    } else if (type === 'session_registered' || type === 'session_returned') {
      if (!this.#there.has(data.session_id)) this.#there.set(data.session_id, time);
    } else if (type === 'session_deregistered' || type === 'session_offline') this.#leave(data.session_id, time);
  }

  /** What it comes to. */
  figures(): PeriodFigures {
    const end = Math.max(this.#last, this.#first === Infinity ? 0 : this.#first);
    let present = this.#present;
    for (const from of this.#there.values()) present += Math.max(0, (this.#last === 0 ? this.#time : end) - Math.max(from, this.#first));
    return {
      completed: this.#completed,
      makespan_s: this.#last === 0 ? 0 : (this.#last - this.#first) / 1000,
      mean_wait_s: this.#waits === 0 ? 0 : this.#waited / this.#waits / 1000,
      utilization: present === 0 ? 0 : Math.min(1, this.#busy / present),
      failed_attempts: this.#failed,
      parked: this.#parked,
    };
  }

  #begin(taskId: string, sessionId: string, time: number): void {
    this.#held.set(taskId, sessionId);
    const work = this.#working.get(sessionId);
    if (work === undefined) this.#working.set(sessionId, { tasks: 1, since: time });
    else work.tasks += 1;
  }

  #end(taskId: string, time: number): void {
    const sessionId = this.#held.get(taskId) ?? '';
    const work = this.#working.get(sessionId);
    this.#held.delete(taskId);
    if (work === undefined) return;
    work.tasks -= 1;
    if (work.tasks > 0) return;
    this.#busy += time - work.since;
    this.#working.delete(sessionId);
  }

  #leave(id: string, time: number): void {
    const from = this.#there.get(id);
    if (from !== undefined) this.#present += Math.max(0, time - Math.max(from, this.#first === Infinity ? time : this.#first));
    this.#there.delete(id);
  }
}
