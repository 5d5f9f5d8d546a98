/**
 * The timed passes of a writer (A13, A14): health, no later than the next deadline, the safety pass of dispatch, no later
 * than a wait or a pause ends that holds work back, and the samples of the metrics.
 * Invariant: a deadline that a new event creates is never earlier than the next pass, or moves it forward.
 */
import { type MetricsSample, takeSample } from '../domain/activity/samples.ts';
import type { SwarmState } from '../domain/state.ts';
import { type Contacts, nextFixedTime, nextHealthTime } from '../domain/swarm/health.ts';
import type { CancelTimer, Clock } from '../contract/ports.ts';

/** What the passes look at and what they start. */
export interface PassTarget {
  readonly state: () => SwarmState;
  readonly contacts: Contacts;
  readonly now: () => number;
  readonly checkHealth: () => void;
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
    const { health_interval, offline_after, task_claim_timeout, stall_after, probe_grace } = this.#target.state().settings;
    const shortest = Math.min(health_interval, offline_after, task_claim_timeout, stall_after, probe_grace);
    const now = this.#target.now();
    this.#healthAt = Math.min(now + shortest * 1000, nextHealthTime(this.#target.state(), this.#target.contacts));
    this.#cancelHealth = this.#clock.after(Math.max(1, this.#healthAt - now), () => {
      this.#target.checkHealth();
      this.#armHealth();
    });
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
