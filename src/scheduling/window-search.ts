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

/** Tasks that a search leaves where they are: their columns (-1: not one of these) and starts. They go first, in that order. */
export interface PinnedTasks {
  readonly columns: Int32Array;
  readonly starts: Float64Array;
}

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
  readonly #pinned: PinnedTasks | undefined;

  constructor(problem: PlanProblem, random: RandomSource, cost: PlanCost, pinned?: PinnedTasks) {
    this.#random = random;
    this.#cost = cost;
    this.#pinned = pinned;
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

  /** The pinned tasks were moved: the others go around them in the order in which they were. */
  repin(): void {
    this.#keys.set(this.best.start);
    this.#packForward();
    this.start(this.#trial);
  }

  /** One new plan; kept when it is not worse. True when it is better. */
  step(): boolean {
    if (this.#pinned === undefined && this.#bandKeys.length === 0) this.#regenerate();
    else this.#regenerateInOrder();
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

  /** Perturbs the starts and packs forward: what is placed later never delays what was placed before. */
  #regenerateInOrder(): void {
    this.#perturb(this.best.start);
    this.#packForward();
  }

  /** Packs in the order of the keys: band by band, or the pinned tasks first and then the others, whose bands count in the cost. */
  #packForward(): void {
    const step = 4 * this.best.makespan + 1;
    for (let task = 0; task < this.#keys.length; task++) {
      if (this.#pinned === undefined) this.#keys[task]! -= this.#bandKeys[task]! * step;
      else if (this.#pinned.columns[task]! >= 0) this.#keys[task] = this.#pinned.starts[task]! - step;
    }
    this.#forward.generate(this.#keys, this.#trial, this.#pinned?.columns);
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
