/**
 * Lower bounds of the makespan: what no plan can beat. Used to stop a search at a proven optimum and
 * to report how much of the achievable was reached.
 */
import { type PlanProblem } from './plan-problem.ts';
import { earliestStarts } from './upward-rank.ts';

/** Most eligibility sets that are compared with each other. */
const MAX_SETS = 64;

/**
 * The largest of: the critical path with the shortest durations; each resource's demanded
 * amount × time over its capacity; and for each set of columns the work that only they can do,
 * shared among them (Graham 1969 for one set).
 */
export function makespanBound(problem: PlanProblem): number {
  const start = earliestStarts(problem, problem.shortest);
  let bound = 0;
  for (let task = 0; task < problem.tasks; task++) bound = Math.max(bound, start[task]! + problem.shortest[task]!);
  return Math.max(bound, resourceBound(problem), columnBound(problem));
}

function resourceBound(problem: PlanProblem): number {
  const work = new Float64Array(problem.resources);
  for (let task = 0; task < problem.tasks; task++) {
    for (let k = problem.demandStart[task]!; k < problem.demandStart[task + 1]!; k++) {
      work[problem.demandResource[k]!]! += problem.demandAmount[k]! * problem.shortest[task]!;
    }
  }
  return work.reduce((most, amount, resource) => Math.max(most, amount / problem.capacity[resource]!), 0);
}

function columnBound(problem: PlanProblem): number {
  const sets = new Map<string, { columns: Set<number>; work: number }>();
  for (let task = 0; task < problem.tasks; task++) {
    const columns = problem.optionColumn.subarray(problem.optionStart[task], problem.optionStart[task + 1]);
    if (columns.some((column) => problem.unbounded[column] === 1)) continue;
    const key = columns.join();
    const set = sets.get(key) ?? { columns: new Set(columns), work: 0 };
    set.work += problem.shortest[task]!;
    sets.set(key, set);
  }
  const all = { columns: new Set(Array.from({ length: problem.columns }, (_, column) => column)), work: 0 };
  const compared = sets.size <= MAX_SETS ? [...sets.values(), all] : [all];
  let bound = 0;
  for (const { columns } of compared) {
    let work = 0;
    for (const other of sets.values()) if (isSubset(other.columns, columns)) work += other.work;
    if (work === 0) continue;
    for (const column of columns) work += problem.columnFree[column]!;
    bound = Math.max(bound, work / columns.size);
  }
  return bound;
}

function isSubset(inner: ReadonlySet<number>, outer: ReadonlySet<number>): boolean {
  if (inner.size > outer.size) return false;
  for (const item of inner) if (!outer.has(item)) return false;
  return true;
}
