/**
 * The thread in which plans are improved.
 */
import { parentPort } from 'node:worker_threads';
import { improvePlan } from '../scheduling/improve-plan.ts';
import { seededRandom } from '../scheduling/random.ts';
import type { PlanJob } from './planner.ts';

parentPort?.on('message', ({ problem, incumbent, seed, milliseconds }: PlanJob) => {
  const deadline = performance.now() + milliseconds;
  const { schedule } = improvePlan(problem, {
    random: seededRandom(seed),
    shouldStop: () => performance.now() >= deadline,
    ...(incumbent === null ? {} : { incumbent }),
  });
  parentPort?.postMessage({ start: schedule.start, column: schedule.column });
});
