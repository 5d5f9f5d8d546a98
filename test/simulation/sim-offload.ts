/**
 * Where plans are made under simulation: by the real improver, with its steps counted, after a moment that is sometimes
 * long; and sometimes the thread ends before.
 */
import { Failure } from '../../src/contract/failure.ts';
import type { MadePlan, Offload, PlanJob } from '../../src/engine/planner.ts';
import { improvePlan } from '../../src/scheduling/improve-plan.ts';
import { seededRandom } from '../../src/scheduling/random.ts';
import type { SimProcess } from './sim-process.ts';

const STEPS_AT_MOST = 30;
const USUAL_MS = 40;
const LATE_MS = 20_000;
const ENDS = 0.1;
const LATE = 0.1;

/** The offload of one server process. */
export function simOffload(process: SimProcess, see: (fault: string) => void): Offload {
  return {
    improve: (job) => {
      const dice = process.random.next();
      const late = dice > 1 - LATE;
      const { promise, resolve, reject } = Promise.withResolvers<MadePlan>();
      process.after(late ? LATE_MS : USUAL_MS, () => {
        if (dice < ENDS) {
          see('plan: its thread ended');
          reject(new Failure('internal', { reason: 'the thread that makes plans has ended' }));
          return;
        }
        see(late ? 'plan: late' : 'plan: made');
        resolve(improved(job));
      });
      return promise;
    },
    close: () => Promise.resolve(),
  };
}

function improved({ problem, incumbent, seed }: PlanJob): MadePlan {
  const { schedule } = improvePlan(problem, {
    random: seededRandom(seed),
    maxSteps: STEPS_AT_MOST,
    shouldStop: () => false,
    ...(incumbent === null ? {} : { incumbent }),
  });
  return { start: schedule.start, column: schedule.column };
}
