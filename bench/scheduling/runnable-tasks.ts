/**
 * Which tasks of an instance can run at all, found without any code of the scheduler.
 */
import type { PlanInput, PlanTask } from '../../src/scheduling/plan-problem.ts';

/** The tasks that have a capable session, fit the capacities and wait for such tasks only. Throws an Error when tasks wait for each other. */
export function runnableTasks(input: PlanInput): ReadonlySet<number> {
  const followers: number[][] = input.tasks.map(() => []);
  const waiting = input.tasks.map(({ after }, index) => {
    const before = new Set(after);
    for (const each of before) followers[each]?.push(index);
    return before.size;
  });
  const runnable = new Set<number>();
  const ended = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  for (const index of ended) {
    const { after } = input.tasks[index]!;
    if (canRun(input, input.tasks[index]!) && after.every((before) => runnable.has(before))) runnable.add(index);
    for (const next of followers[index]!) if (--waiting[next]! === 0) ended.push(next);
  }
  if (ended.length < input.tasks.length) {
    throw new Error(
      `${input.tasks.length - ended.length} tasks wait for each other, or for such: task ${waiting.findIndex((count) => count > 0)}`,
    );
  }
  return runnable;
}

function canRun({ sessions, capacities = [] }: PlanInput, { options, demands = [] }: PlanTask): boolean {
  return (
    options.some(({ session }) => (sessions[session]?.slots ?? 0) > 0) &&
    demands.every(({ resource, amount }) => amount <= (capacities[resource] ?? 0))
  );
}
