/**
 * Iterated local search over key vectors: a few tasks, or those of a random time window, get new
 * places in the order, the plan is generated backward and forward again, and kept when not worse. Works on
 * every problem, with or without binding resources. Source: forward-backward improvement (Valls et
 * al. 2005) around the perturbation of a partial window (Palpant, Artigues & Michelon 2004).
 */
import { type PlanProblem, reversedProblem } from './plan-problem.ts';
import { type RandomSource } from './random.ts';
import { copySchedule, emptySchedule, type Schedule } from './schedule.ts';
import { SerialGenerator } from './serial-generation.ts';

/** Orders schedules: smaller is better. */
export type PlanCost = (schedule: Schedule) => number;

/** Part of the steps that insert a few tasks elsewhere, how many at most, and how far (part of the makespan). Tuned on steps, not on time. */
const INSERTION_SHARE = 0.75;
const MOST_INSERTIONS = 4;
const INSERTION_REACH = 0.3;

/** A search on one problem. `best` is the best plan seen since `start`. */
export class WindowSearch {
  readonly best: Schedule;
  bestCost = Number.POSITIVE_INFINITY;
  readonly #random: RandomSource;
  readonly #cost: PlanCost;
  readonly #forward: SerialGenerator;
  readonly #backward: SerialGenerator;
  readonly #mirrored: Schedule;
  readonly #trial: Schedule;
  readonly #keys: Float64Array;
  /** Added to keys so that a higher band always comes first; empty when there is one band. */
  readonly #bandKeys: Float64Array;

  constructor(problem: PlanProblem, random: RandomSource, cost: PlanCost) {
    this.#random = random;
    this.#cost = cost;
    this.#forward = new SerialGenerator(problem);
    this.#backward = new SerialGenerator(reversedProblem(problem));
    this.#mirrored = emptySchedule(problem);
    this.#trial = emptySchedule(problem);
    this.#keys = new Float64Array(problem.tasks);
    this.#bandKeys = problem.band.some((band) => band !== problem.band[0]) ? problem.band : new Float64Array(0);
    this.best = emptySchedule(problem);
  }

  /** Begins at a schedule. */
  start(schedule: Schedule): void {
    copySchedule(schedule, this.best);
    this.bestCost = this.#cost(schedule);
  }

  /** One new plan; kept when it is not worse. True when it is better. */
  step(): boolean {
    if (this.#bandKeys.length === 0) this.#regenerate();
    else this.#regenerateByBand();
    const cost = this.#cost(this.#trial);
    if (cost > this.bestCost) return false;
    copySchedule(this.#trial, this.best);
    const better = cost < this.bestCost;
    this.bestCost = cost;
    return better;
  }

  /** Perturbs the ends, packs from the end of the plan, then from its beginning. */
  #regenerate(): void {
    this.#perturb(this.best.finish);
    this.#negateKeys(this.#keys);
    this.#backward.generate(this.#keys, this.#mirrored);
    this.#negateKeys(this.#mirrored.finish);
    this.#forward.generate(this.#keys, this.#trial);
  }

  /** Perturbs the starts and packs forward, band by band: what is placed later never delays what was placed before. */
  #regenerateByBand(): void {
    this.#perturb(this.best.start);
    const step = 4 * this.best.makespan + 1;
    for (let task = 0; task < this.#keys.length; task++) this.#keys[task] = this.#keys[task]! - this.#bandKeys[task]! * step;
    this.#forward.generate(this.#keys, this.#trial);
  }

  /** Mostly a few tasks go somewhere else; sometimes a window of tasks is shuffled. */
  #perturb(times: Float64Array): void {
    if (this.#random() < INSERTION_SHARE) this.#insertSome(times);
    else this.#shuffleWindow(times);
  }

  #insertSome(times: Float64Array): void {
    const random = this.#random;
    this.#keys.set(times);
    const count = 1 + Math.floor(random() * MOST_INSERTIONS);
    for (let k = 0; k < count; k++) {
      const task = Math.floor(random() * times.length);
      this.#keys[task] = times[task]! + (random() - 0.5) * 2 * INSERTION_REACH * this.best.makespan;
    }
  }

  /** The window is a part of the plan that shrinks with the root of the number of tasks. */
  #shuffleWindow(times: Float64Array): void {
    const random = this.#random;
    const part = Math.min(1, (0.05 + 0.3 * random()) * Math.sqrt(60 / times.length));
    const length = this.best.makespan * part;
    const begin = random() * (this.best.makespan + length) - length;
    const density = random() < 0.5 ? 1 : 0.5;
    for (let task = 0; task < times.length; task++) {
      const time = times[task]!;
      const moved = time >= begin && time <= begin + length && (density === 1 || random() < density);
      this.#keys[task] = moved ? begin + random() * length : time;
    }
  }

  #negateKeys(from: Float64Array): void {
    for (let task = 0; task < from.length; task++) this.#keys[task] = -from[task]!;
  }
}
