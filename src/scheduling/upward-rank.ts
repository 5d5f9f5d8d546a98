/**
 * The upward rank: the length of the longest path from the start of a task to the end of the plan,
 * its own duration included. Source: Topcuoglu, Hariri & Wu 2002 (HEFT), equation 8, without
 * communication costs.
 */
import type { PlanProblem } from './plan-problem.ts';

/** rank(i) = duration(i) + max over successors of rank. O(tasks + precedence). */
export function upwardRanks(problem: PlanProblem, durations: Float64Array): Float64Array {
  const rank = new Float64Array(problem.tasks);
  for (let task = problem.tasks - 1; task >= 0; task--) {
    let tail = 0;
    for (let k = problem.succStart[task]!; k < problem.succStart[task + 1]!; k++) tail = Math.max(tail, rank[problem.succ[k]!]!);
    rank[task] = durations[task]! + tail;
  }
  return rank;
}

/** Earliest possible starts with unlimited sessions: the longest path that ends before each task. */
export function earliestStarts(problem: PlanProblem, durations: Float64Array): Float64Array {
  const start = Float64Array.from(problem.release);
  for (let task = 0; task < problem.tasks; task++) {
    for (let k = problem.predStart[task]!; k < problem.predStart[task + 1]!; k++) {
      const before = problem.pred[k]!;
      start[task] = Math.max(start[task]!, start[before]! + durations[before]!);
    }
  }
  return start;
}

/** Mean duration of each task over its options: what HEFT ranks by. */
export function meanDurations(problem: PlanProblem): Float64Array {
  return Float64Array.from({ length: problem.tasks }, (_, task) => {
    const from = problem.optionStart[task]!;
    const to = problem.optionStart[task + 1]!;
    let sum = 0;
    for (let k = from; k < to; k++) sum += problem.optionDuration[k]!;
    return sum / (to - from);
  });
}
