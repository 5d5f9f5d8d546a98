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

/** Weight of the banded completion times beside the makespan. */
const COMPLETION_WEIGHT = 3;

/**
 * Without bands the makespan. With bands also the mean completion time, in which each band weighs
 * half of the next higher one: a plan may not buy a shorter whole with late urgent work.
 */
function planCost(problem: PlanProblem): PlanCost {
  if (!hasBands(problem)) return (schedule) => schedule.makespan;
  const highest = problem.band.reduce((most, band) => Math.max(most, band), 0);
  const weight = problem.band.map((band) => 2 ** (band - highest));
  const total = weight.reduce((sum, value) => sum + value, 0) / COMPLETION_WEIGHT;
  return (schedule) => {
    let completion = 0;
    for (let task = 0; task < weight.length; task++) completion += schedule.finish[task]! * weight[task]!;
    return schedule.makespan + completion / total;
  };
}

function hasBands(problem: PlanProblem): boolean {
  return problem.band.some((band) => band !== problem.band[0]);
}

function chooseSearch(problem: PlanProblem, random: RandomSource, cost: PlanCost): TabuSearch | WindowSearch {
  const disjunctive = !hasBands(problem) && !resourcesBind(problem) && problem.tasks * problem.columns <= TABU_MEMORY;
  return disjunctive ? new TabuSearch(problem, random) : new WindowSearch(problem, random, cost);
}
