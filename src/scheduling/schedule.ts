/**
 * A schedule: when each task starts and ends, and on which column. A scratch structure: generators
 * fill it in place, so that a search allocates nothing per step.
 */
import type { PlanProblem } from './plan-problem.ts';

/** Times in the problem's unit. `makespan` is the latest finish (0 without tasks). */
export interface Schedule {
  readonly start: Float64Array;
  readonly finish: Float64Array;
  readonly column: Int32Array;
  makespan: number;
}

/** A schedule without content for a problem. */
export function emptySchedule(problem: PlanProblem): Schedule {
  return {
    start: new Float64Array(problem.tasks),
    finish: new Float64Array(problem.tasks),
    column: new Int32Array(problem.tasks),
    makespan: 0,
  };
}

/** Copies one schedule over another of the same problem. */
export function copySchedule(from: Schedule, to: Schedule): void {
  to.start.set(from.start);
  to.finish.set(from.finish);
  to.column.set(from.column);
  to.makespan = from.makespan;
}
