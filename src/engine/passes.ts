/**
 * The timed passes of a writer (A13, A14): health, no later than the next deadline, the safety pass of dispatch, no later
 * than a wait or a pause ends that holds work back, and the samples of the metrics.
 * Invariant: a deadline that a new event creates is never earlier than the next pass, or moves it forward.
 */
import { type MetricsSample, takeSample } from '../domain/activity/samples.ts';
import type { SwarmState } from '../domain/state.ts';
import { type Contacts, nextFixedTime, nextHealthTime } from '../domain/swarm/health.ts';
import type { CancelTimer, Clock } from '../contract/ports.ts';

/** A health pass that is late by so much says that this process stood still: stopped, starved, or with its whole machine asleep. */
const STOOD_STILL_MS = 1_000;
/** Heartbeat intervals in which whoever lives is heard again then. */
const HEARD_WITHIN = 1.5;

/** What the passes look at and what they start. */
export interface PassTarget {
  readonly state: () => SwarmState;
  readonly contacts: Contacts;
  readonly now: () => number;
  /** Silence counts unless nobody could be heard lately. */
  readonly checkHealth: (silenceCounts: boolean) => void;
  readonly checkAssignments: () => void;
  /** When work may be given out although nothing happens, ms since 1970. */
  readonly nextAssignment: () => number;
}

/** The timers of one writer. */
export class Passes {
  /** The metrics of the last hours, the oldest first; they begin with this writer. */
  readonly samples: MetricsSample[] = [];
  readonly #clock: Clock;
  readonly #target: PassTarget;
  #healthAt = Infinity;
  #assignmentAt = Infinity;
  /** By the clock: until then whoever was not heard while this process stood still has time to speak. */
  #listensUntil = 0;
  #cancelHealth: CancelTimer = () => undefined;
  #cancelAssignment: CancelTimer = () => undefined;
  #cancelMetrics: CancelTimer = () => undefined;

  constructor(clock: Clock, target: PassTarget) {
    this.#clock = clock;
    this.#target = target;
  }

  /** Begins, or begins anew after settings changed. */
  start(): void {
    this.#armHealth();
    this.#armAssignment();
    this.#armMetrics();
  }

  /** Moves the passes forward when a delay, a lock, a deadline, the wait of a schedule or what holds work back ends before them. */
  notice(): void {
    if (nextFixedTime(this.#target.state()) < this.#healthAt) this.#armHealth();
    if (this.#target.nextAssignment() < this.#assignmentAt) this.#armAssignment();
  }

  /** Ends all timers. */
  stop(): void {
    this.#cancelHealth();
    this.#cancelAssignment();
    this.#cancelMetrics();
    this.#healthAt = Infinity;
    this.#assignmentAt = Infinity;
  }

  #armHealth(): void {
    this.#cancelHealth();
    const now = this.#target.now();
    this.#healthAt = this.#nextHealth(now);
    const wait = Math.max(1, this.#healthAt - now);
    const due = this.#clock.now() + wait;
    this.#cancelHealth = this.#clock.after(wait, () => {
      this.#target.checkHealth(!this.#listens(due));
      this.#armHealth();
    });
  }

  #nextHealth(now: number): number {
    const state = this.#target.state();
    const listens = this.#listensFor();
    if (listens > 0) return Math.min(now + listens, nextFixedTime(state));
    const { health_interval, offline_after, task_claim_timeout, stall_after, probe_grace } = state.settings;
    const shortest = Math.min(health_interval, offline_after, task_claim_timeout, stall_after, probe_grace);
    return Math.min(now + shortest * 1000, nextHealthTime(state, this.#target.contacts));
  }

  /** After a late pass, once: what sessions said meanwhile lies unread, and those of this machine could say nothing either. */
  #listens(due: number): boolean {
    if (this.#listensFor() > 0) return true;
    const late = this.#clock.now() - due;
    const hasJustListened = due === this.#listensUntil;
    if (late < STOOD_STILL_MS || hasJustListened) return false;
    this.#listensUntil = this.#clock.now() + Math.min(late, this.#longestListening());
    return true;
  }

  /** How long it listens yet, ms; a clock that is set back does not make it longer. */
  #listensFor(): number {
    const left = this.#listensUntil - this.#clock.now();
    return left > this.#longestListening() ? 0 : left;
  }

  #longestListening(): number {
    return this.#target.state().settings.heartbeat_interval * 1000 * HEARD_WITHIN;
  }

  #armMetrics(): void {
    this.#cancelMetrics();
    this.#cancelMetrics = this.#clock.after(this.#target.state().settings.metrics_interval * 1000, () => {
      takeSample(this.samples, this.#target.state(), this.#target.now());
      this.#armMetrics();
    });
  }

  #armAssignment(): void {
    this.#cancelAssignment();
    const now = this.#target.now();
    this.#assignmentAt = Math.min(now + this.#target.state().settings.assignment_interval * 1000, this.#target.nextAssignment());
    this.#cancelAssignment = this.#clock.after(Math.max(1, this.#assignmentAt - now), () => {
      this.#target.checkAssignments();
      this.#armAssignment();
    });
  }
}
