/**
 * Keeps a plan beside the dispatch: when things have changed, it asks for a better one, and lays what comes back. Nobody
 * waits for it. Invariant: at most one plan is being made.
 */
import type { PlanProblem } from '../scheduling/plan-problem.ts';
import type { Schedule } from '../scheduling/schedule.ts';
import type { Dispatcher } from '../domain/dispatch/dispatch.ts';
import type { SwarmState } from '../domain/state.ts';

/** Time from one plan to the next, at the least. */
const PAUSE_MS = 1000;

/** A plan to be made. The same job gives the same plan where steps are counted instead of time. */
export interface PlanJob {
  readonly problem: PlanProblem;
  readonly incumbent: Float64Array | null;
  readonly seed: number;
  readonly milliseconds: number;
}

/** What a plan came to: start and column of each task of the problem. */
export type MadePlan = Pick<Schedule, 'start' | 'column'>;

/** Work beside the loop: a thread in production; in tests the same work here, with its steps counted. */
export interface Offload {
  /** Makes a plan; rejects when it cannot. */
  improve(job: PlanJob): Promise<MadePlan>;
  /** Rejects what runs. It may be used again. */
  close(): Promise<void>;
}

/** The plans of one swarm. */
export class Planner {
  readonly #offload: Offload;
  #asking = false;
  #nextAt = -Infinity;
  #made = 0;

  constructor(offload: Offload) {
    this.#offload = offload;
  }

  /** Asks for a plan if one is due and pays. */
  consider(dispatcher: Dispatcher, state: SwarmState, now: number): void {
    if (this.#asking || now < this.#nextAt || state.settings.plan_time === 0) return;
    this.#nextAt = now + PAUSE_MS;
    const plan = dispatcher.planJob(state, now);
    if (plan === null) return;
    this.#asking = true;
    this.#made += 1;
    const { problem, incumbent } = plan;
    const job = { problem, incumbent, seed: this.#made, milliseconds: state.settings.plan_time * 1000 };
    this.#offload.improve(job).then(
      (schedule) => {
        this.#asking = false;
        dispatcher.adopt(plan, schedule);
      },
      () => {
        // The dispatch goes on without a plan; the next one is asked for when it is due.
        this.#asking = false;
      },
    );
  }
}
