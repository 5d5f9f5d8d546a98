/**
 * The plan improver: seed plans, then a neighbourhood search until it should stop or the bound is
 * met. Anytime: the result is always a complete valid plan, never worse than the best seed, and is
 * determined by the problem, the seed of the random numbers and the number of steps.
 */
import { seedPlan } from './heft.ts';
import { makespanBound } from './plan-bound.ts';
import { type PlanProblem, resourcesBind } from './plan-problem.ts';
import { type RandomSource } from './random.ts';
import { type Schedule } from './schedule.ts';
import { TabuSearch } from './tabu-search.ts';
import { type PlanCost, WindowSearch } from './window-search.ts';

/** How to improve. `shouldStop` is asked before every step; `incumbent` holds the starts of an earlier plan as keys. */
export interface ImproveOptions {
  readonly random: RandomSource;
  readonly shouldStop: () => boolean;
  readonly maxSteps?: number;
  readonly incumbent?: Float64Array;
}

/** A plan, the steps that were spent on it, and the bound it was measured by. */
export interface ImprovedPlan {
  readonly schedule: Schedule;
  readonly steps: number;
  readonly bound: number;
}

/** Tasks × columns up to which the tabu memory is kept (4 bytes each). */
const TABU_MEMORY = 16_000_000;

/** Improves until `shouldStop`, `maxSteps`, or a plan that is provably shortest. */
export function improvePlan(problem: PlanProblem, options: ImproveOptions): ImprovedPlan {
  const cost = planCost(problem);
  const bound = makespanBound(problem);
  const seed = seedPlan(problem, cost, options.incumbent);
  const search = chooseSearch(problem, options.random, cost);
  search.start(seed);
  const banded = hasBands(problem);
  const maxSteps = problem.tasks < 2 ? 0 : (options.maxSteps ?? Number.POSITIVE_INFINITY);
  let steps = 0;
  while (steps < maxSteps && (banded || search.best.makespan > bound * (1 + 1e-9)) && !options.shouldStop()) {
    search.step();
    steps++;
  }
  return { schedule: search.best, steps, bound };
}

/**
 * Without bands the makespan. With bands the ends of the bands, each weighing a tenth of the next
 * higher one, beside the makespan: a plan may not buy a shorter whole with late urgent work.
 */
export function planCost(problem: PlanProblem): PlanCost {
  if (!hasBands(problem)) return (schedule) => schedule.makespan;
  const bands = [...new Set(problem.band)].sort((a, b) => b - a);
  const level = Int32Array.from(problem.band, (band) => bands.indexOf(band));
  const size = new Float64Array(bands.length);
  for (const index of level) size[index]!++;
  return (schedule) => {
    let cost = schedule.makespan;
    for (let task = 0; task < level.length; task++) {
      const index = level[task]!;
      cost += (schedule.finish[task]! / size[index]!) * 10 ** -index;
    }
    return cost;
  };
}

function hasBands(problem: PlanProblem): boolean {
  return problem.band.some((band) => band !== problem.band[0]);
}

function chooseSearch(problem: PlanProblem, random: RandomSource, cost: PlanCost): TabuSearch | WindowSearch {
  const disjunctive = !hasBands(problem) && !resourcesBind(problem) && problem.tasks * problem.columns <= TABU_MEMORY;
  return disjunctive ? new TabuSearch(problem, random) : new WindowSearch(problem, random, cost);
}
