/**
 * What no schedule can beat: the least time in which the urgent tasks of an instance can be complete. All that they wait for
 * must be done by then as well, and what else there is may be left out, so every lower bound on the makespan of just these
 * tasks bounds it: the longest chain, each resource's demanded amount × time over its capacity, also between the heads and
 * the tails of the tasks that ask for it, and the work that only some sessions can do.
 */
import { makespanBound } from '../../src/scheduling/plan-bound.ts';
import { buildPlanProblem, type PlanInput, type PlanProblem } from '../../src/scheduling/plan-problem.ts';
import { earliestStarts, upwardRanks } from '../../src/scheduling/upward-rank.ts';

/** A lower bound of the time at which the last urgent task is complete; 0 without urgent tasks. */
export function urgentBound(input: PlanInput, isUrgent: (task: number) => boolean): number {
  const problem = buildPlanProblem(neededFor(input, isUrgent));
  return Math.max(makespanBound(problem), windowBound(problem));
}

/** The instance with the urgent tasks and what they wait for, directly or not, and nothing else. */
export function neededFor(input: PlanInput, isUrgent: (task: number) => boolean): PlanInput {
  const needed = new Set<number>();
  const open = input.tasks.flatMap((_, task) => (isUrgent(task) ? [task] : []));
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (needed.has(task)) continue;
    needed.add(task);
    open.push(...(input.tasks[task]?.after ?? []));
  }
  const kept = [...needed].toSorted((a, b) => a - b);
  const place = new Map(kept.map((task, index) => [task, index]));
  const tasks = kept.flatMap((index) => {
    const task = input.tasks[index];
    return task === undefined ? [] : [{ ...task, after: task.after.flatMap((before) => place.get(before) ?? []) }];
  });
  return { ...input, tasks };
}

/**
 * Per resource, the largest h + amount × time ÷ capacity + t over the tasks that can start at h at the earliest and have t
 * behind their end at least: all of that work lies between (energetic reasoning; Carlier & Pinson 1989 for one machine).
 */
function windowBound(problem: PlanProblem): number {
  const heads = earliestStarts(problem, problem.shortest);
  const ranks = upwardRanks(problem, problem.shortest);
  let bound = 0;
  for (let resource = 0; resource < problem.resources; resource++) {
    const users: { head: number; tail: number; energy: number }[] = [];
    for (let task = 0; task < problem.tasks; task++) {
      for (let k = problem.demandStart[task]!; k < problem.demandStart[task + 1]!; k++) {
        if (problem.demandResource[k] !== resource) continue;
        const energy = problem.demandAmount[k]! * problem.shortest[task]!;
        users.push({ head: heads[task]!, tail: ranks[task]! - problem.shortest[task]!, energy });
      }
    }
    users.sort((a, b) => b.head - a.head);
    for (const tail of new Set(users.map((user) => user.tail))) {
      let energy = 0;
      for (const user of users) {
        if (user.tail < tail) continue;
        energy += user.energy;
        bound = Math.max(bound, user.head + energy / problem.capacity[resource]! + tail);
      }
    }
  }
  return bound;
}
