/** Plans made here and now, by a number of steps instead of time: the same job gives the same plan. */
import type { Offload } from '../../src/engine/planner.ts';
import { improvePlan } from '../../src/scheduling/improve-plan.ts';
import { seededRandom } from '../../src/scheduling/random.ts';

const STEPS = 40;

/** The offload of tests. */
export const countedOffload: Offload = {
  improve: async ({ problem, incumbent, seed }) =>
    improvePlan(problem, {
      random: seededRandom(seed),
      shouldStop: () => false,
      maxSteps: STEPS,
      ...(incumbent === null ? {} : { incumbent }),
    }).schedule,
  close: () => Promise.resolve(),
};
