/**
 * Checks a schedule against its input without any code of the scheduler: every task that can run does so once, on a
 * capable session, for its time, after its predecessors, within slots and capacities.
 */
import { type PlanInput } from '../../src/scheduling/plan-problem.ts';
import { runnableTasks } from './runnable-tasks.ts';
import { type Run } from './virtual-clock.ts';

const TOLERANCE = 1e-6;
/** How exact a difference of two late moments is, as a part of them. */
const COARSENESS = 1e-12;

/** Everything that is wrong with a schedule; empty when it is valid. `noise` is actual ÷ estimated duration. */
export function scheduleErrors(input: PlanInput, runs: readonly (Run | undefined)[], noise?: Float64Array): string[] {
  const errors: string[] = [];
  const runnable = runnableTasks(input);
  input.tasks.forEach((task, index) => {
    const run = runs[index];
    if (run === undefined) {
      if (runnable.has(index)) errors.push(`task ${index} did not run`);
      return;
    }
    const options = task.options.filter((option) => option.session === run.session);
    const length = run.finish - run.start;
    if (options.length === 0) errors.push(`task ${index} ran on session ${run.session}, which is not capable`);
    else if (
      !options.some(
        (option) => Math.abs(option.duration * (noise?.[index] ?? 1) - length) <= TOLERANCE * (1 + length) + COARSENESS * run.finish,
      )
    ) {
      errors.push(`task ${index} ran for ${length}`);
    }
    for (const before of task.after) {
      const earlier = runs[before];
      if (earlier === undefined) errors.push(`task ${index} ran, and ${before} before it did not`);
      else if (run.start < earlier.finish - TOLERANCE * (1 + earlier.finish)) errors.push(`task ${index} started before ${before} ended`);
    }
  });
  input.sessions.forEach((session, index) => {
    const here = runs.flatMap((run) => (run?.session === index ? [{ run, amount: 1 }] : []));
    if (peak(here) > session.slots) errors.push(`session ${index} ran more tasks at once than it has slots`);
  });
  (input.capacities ?? []).forEach((capacity, resource) => {
    const users = runs.flatMap((run, index) => {
      const amount = (input.tasks[index]!.demands ?? [])
        .filter((demand) => demand.resource === resource)
        .reduce((sum, demand) => sum + demand.amount, 0);
      return run === undefined || amount === 0 ? [] : [{ run, amount }];
    });
    if (peak(users) > capacity + TOLERANCE) errors.push(`resource ${resource} was used beyond its capacity`);
  });
  return errors;
}

/** The largest amount in use at once. Ends come before starts of the same moment. */
function peak(users: readonly { run: Run; amount: number }[]): number {
  const changes = users
    .filter(({ run }) => run.finish > run.start)
    .flatMap(({ run, amount }) => [
      { at: run.start + TOLERANCE * (1 + run.start), amount },
      { at: run.finish, amount: -amount },
    ]);
  changes.sort((a, b) => a.at - b.at || a.amount - b.amount);
  let used = 0;
  let most = 0;
  for (const { amount } of changes) {
    used += amount;
    most = Math.max(most, used);
  }
  return most;
}
