/**
 * How a period of a log went: what was completed, how long it took, how long work waited, how busy sessions were.
 * Invariant: a period that begins in the middle counts who was there and what waited or ran at its beginning from there on.
 */
import type { LogEvent } from '../contract/event.ts';
import { isMember } from '../domain/session/state.ts';
import type { SwarmState } from '../domain/state.ts';

/** How a period went. Times in seconds. */
export interface PeriodFigures {
  readonly completed: number;
  readonly makespan_s: number;
  readonly mean_wait_s: number;
  /** Share of the time that sessions were there in which they worked. */
  readonly utilization: number;
}

/** What there was when a period began. */
export interface Opening {
  /** ms since 1970. */
  readonly time: number;
  readonly sessions: readonly string[];
  readonly waiting: readonly string[];
  readonly running: readonly string[];
}

/** The opening that a state is. */
export function openingOf(state: SwarmState, time: number): Opening {
  const here = [...state.sessions.values()].filter((session) => isMember(session) && !session.offline);
  const tasks = [...state.tasks.values()];
  return {
    time,
    sessions: here.map(({ id }) => id),
    waiting: tasks.filter(({ status }) => status === 'pending').map(({ id }) => id),
    running: tasks.filter(({ lease }) => lease !== null).map(({ id }) => id),
  };
}

/** How the events of a period say that it went. */
export function figuresOf(opening: Opening, events: readonly LogEvent[]): PeriodFigures {
  const tally = new PeriodTally(opening);
  for (const event of events) tally.take(event);
  return tally.figures();
}

/** Sums over the events of a period. */
export class PeriodTally {
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

  constructor(opening: Opening | null = null) {
    if (opening === null) return;
    const { time, sessions, waiting, running } = opening;
    this.#time = time;
    for (const id of sessions) this.#there.set(id, time);
    for (const id of waiting) this.#added.set(id, time);
    for (const id of running) this.#began.set(id, time);
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
    };
  }

  #leave(id: string, time: number): void {
    const from = this.#there.get(id);
    if (from !== undefined) this.#present += Math.max(0, time - Math.max(from, this.#first === Infinity ? time : this.#first));
    this.#there.delete(id);
  }
}
