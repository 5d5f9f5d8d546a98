/**
 * Runs an instance with the plan improver: the board is planned once at the start, or again and again
 * while it runs, and the dispatcher follows the newest plan.
 */
import { boardProblem, incumbentKeys, plannedStarts } from '../../src/scheduling/board-plan.ts';
import { type DispatchBoard } from '../../src/scheduling/dispatch-board.ts';
import { layPlan } from '../../src/scheduling/follow-plan.ts';
import { improvePlan } from '../../src/scheduling/improve-plan.ts';
import { type PlanInput } from '../../src/scheduling/plan-problem.ts';
import { seededRandom } from '../../src/scheduling/random.ts';
import { simulate, type SimulationOptions, type SimulationResult } from './virtual-clock.ts';

/** How to plan: milliseconds per plan, and the seed. */
export interface PlanningOptions {
  readonly milliseconds: number;
  readonly seed: number;
  /** After every how many decisions; without it once, before the first. */
  readonly every?: number;
  readonly bands?: boolean;
  /** Standard deviation of ln(actual ÷ expected duration), which is learned where durations are not as expected. */
  readonly spread?: number;
}

/** Runs `optimal` with plans; the milliseconds include building the problem and the seed plans. */
export function runPlanned(input: PlanInput, planning: PlanningOptions, options: Omit<SimulationOptions, 'policy'> = {}): SimulationResult {
  const { every, spread = 0 } = planning;
  let decisions = 0;
  const plan = (board: DispatchBoard, now: number): void => {
    const isDue = every === undefined ? decisions === 0 : decisions % every === 0;
    decisions++;
    if (!isDue) return;
    const deadline = performance.now() + planning.milliseconds;
    const made = boardProblem(board, now, { limit: 5000, bands: planning.bands ?? false, takesPart: () => true, spread: () => spread });
    if (made.problem.tasks === 0) return;
    const incumbent = incumbentKeys(board, made);
    const { schedule } = improvePlan(made.problem, {
      random: seededRandom(planning.seed + decisions),
      shouldStop: () => performance.now() >= deadline,
      ...(incumbent === undefined ? {} : { incumbent }),
    });
    layPlan(board, plannedStarts(made, schedule));
  };
  return simulate(input, { ...options, policy: 'optimal', ...(every === undefined ? { beforeDecision: plan } : { afterDecision: plan }) });
}
