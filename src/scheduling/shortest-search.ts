/**
 * The search for the shortest plan: tabu moves where only columns bind, windows where resources do. Begins at the best seed
 * plan and knows when nothing shorter exists.
 */
import { seedPlan } from './heft.ts';
import { type PlanProblem, resourcesBind } from './plan-problem.ts';
import { type RandomSource } from './random.ts';
import { type Schedule } from './schedule.ts';
import { TabuSearch } from './tabu-search.ts';
import { WindowSearch } from './window-search.ts';

/** A search that began. `best` is filled in place; `isDone` when nothing better can be found. */
export interface PlanSearch {
  readonly best: Schedule;
  isDone(): boolean;
  /** True when `best` got better. */
  step(): boolean;
}

/** Tasks × columns up to which the tabu memory is kept (4 bytes each). */
const TABU_MEMORY = 16_000_000;

/** How to begin. `incumbent` holds the starts of an earlier plan as keys. */
export interface SearchStart {
  readonly random: RandomSource;
  readonly incumbent?: Float64Array | undefined;
}

/** Begins a search that is done at `bound`, which no plan is shorter than. Bands do not count. */
export function shortestSearch(problem: PlanProblem, bound: number, { random, incumbent }: SearchStart): PlanSearch {
  const cost = (schedule: Schedule): number => schedule.makespan;
  const isDisjunctive = !resourcesBind(problem) && problem.tasks * problem.columns <= TABU_MEMORY;
  const search = isDisjunctive ? new TabuSearch(problem, random) : new WindowSearch(problem, random, cost);
  search.start(seedPlan(problem, cost, incumbent));
  return { best: search.best, isDone: () => search.best.makespan <= bound * (1 + 1e-9), step: () => search.step() };
}
