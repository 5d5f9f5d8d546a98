/**
 * The plan improver: seed plans, then a neighbourhood search until it should stop or the bound is
 * met. Anytime: the result is always a complete valid plan, never worse than the best seed, and is
 * determined by the problem, the seed of the random numbers and the number of steps.
 */
import { seedPlan } from './heft.ts';
import { makespanBound } from './plan-bound.ts';
import { type PlanProblem } from './plan-problem.ts';
import { type RandomSource } from './random.ts';
import { type Schedule } from './schedule.ts';
import { type PlanSearch, shortestSearch } from './shortest-search.ts';
import { UrgentFirstSearch, urgentTasks } from './urgent-first-search.ts';
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

/** Improves until `shouldStop`, `maxSteps`, or a plan that is provably shortest. */
export function improvePlan(problem: PlanProblem, options: ImproveOptions): ImprovedPlan {
  const bound = makespanBound(problem);
  const search = new Set(problem.band).size > 1 ? bandedSearch(problem, options) : shortestSearch(problem, bound, options);
  const maxSteps = problem.tasks < 2 ? 0 : (options.maxSteps ?? Number.POSITIVE_INFINITY);
  let steps = 0;
  while (steps < maxSteps && !search.isDone() && !options.shouldStop()) {
    search.step();
    steps++;
  }
  return { schedule: search.best, steps, bound };
}

/** For plans in which less urgent work goes around the more urgent. */
function bandedSearch(problem: PlanProblem, { random, incumbent }: ImproveOptions): PlanSearch {
  const urgent = urgentTasks(problem);
  const cost = bandedCost(problem, urgent);
  const search =
    urgent.length > 0 ? new UrgentFirstSearch(problem, urgent, { random, cost, incumbent }) : new WindowSearch(problem, random, cost);
  search.start(seedPlan(problem, cost, incumbent));
  return search instanceof WindowSearch ? { best: search.best, isDone: () => false, step: () => search.step() } : search;
}

/** Weight of the banded completion times beside the makespan. */
const COMPLETION_WEIGHT = 3;

/**
 * The makespan and the mean completion time of the tasks that are not urgent, in which each band weighs half of the next
 * higher one: a plan may not buy a shorter whole with late work of a higher band.
 */
function bandedCost(problem: PlanProblem, urgent: readonly number[]): PlanCost {
  const weight = new Float64Array(problem.tasks).fill(1);
  for (const task of urgent) weight[task] = 0;
  const highest = problem.band.reduce((most, band, task) => (weight[task] === 0 ? most : Math.max(most, band)), 0);
  problem.band.forEach((band, task) => (weight[task]! *= 2 ** (band - highest)));
  const total = weight.reduce((sum, value) => sum + value, 0) / COMPLETION_WEIGHT;
  return (schedule) => {
    if (total === 0) return schedule.makespan;
    let completion = 0;
    for (let task = 0; task < weight.length; task++) completion += schedule.finish[task]! * weight[task]!;
    return schedule.makespan + completion / total;
  };
}
