/**
 * Forward-backward improvement (double justification): all tasks are shifted as late as they go, in
 * the order of their ends, then as early as they go, in the order of their starts. The plan never
 * gets longer on one column set and often gets shorter. Source: Li & Willis 1992; Valls, Ballestín
 * & Quintanilla 2005.
 */
import { type PlanProblem, reversedProblem } from './plan-problem.ts';
import { emptySchedule, type Schedule } from './schedule.ts';
import { SerialGenerator } from './serial-generation.ts';

/** Justifies schedules of one problem, reusing its memory. */
export class ForwardBackward {
  readonly #forward: SerialGenerator;
  readonly #backward: SerialGenerator;
  readonly #mirrored: Schedule;
  readonly #keys: Float64Array;

  constructor(problem: PlanProblem, forward: SerialGenerator) {
    this.#forward = forward;
    this.#backward = new SerialGenerator(reversedProblem(problem));
    this.#mirrored = emptySchedule(problem);
    this.#keys = new Float64Array(problem.tasks);
  }

  /** One backward and one forward pass over `schedule`, in place. */
  justify(schedule: Schedule): void {
    negate(schedule.finish, this.#keys);
    this.#backward.generate(this.#keys, this.#mirrored);
    negate(this.#mirrored.finish, this.#keys);
    this.#forward.generate(this.#keys, schedule);
  }
}

function negate(from: Float64Array, to: Float64Array): void {
  for (let k = 0; k < from.length; k++) to[k] = -from[k]!;
}
