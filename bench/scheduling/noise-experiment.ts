/**
 * Hidden noise: actual durations are the estimates times lognormal factors (σ 0.6, mean 1) that the
 * scheduler cannot see. Measured against a clairvoyant plan that knows them (100 ms).
 */
import { type PlanInput } from '../../src/scheduling/plan-problem.ts';
import { gaussian, seededRandom } from '../../src/scheduling/random.ts';
import { type Instance, ratioOf } from './instances.ts';
import { checked } from './makespan-table.ts';
import { runPlanned } from './planned-run.ts';
import { type SeedRows } from './seed-figures.ts';
import { simulate, type SimulationResult } from './virtual-clock.ts';

const SIGMA = 0.6;

/** How often `optimal_rolling` is planned again while an instance runs, at the most. */
const PLANS = 50;

/** Variants of the scheduler; `optimal_rolling` is planned again (5 ms) after decisions, with the spread known as it would be learned. */
export const NOISE_VARIANTS = ['greedy', 'optimal', 'optimal_rolling'] as const;

/** Makespan ÷ clairvoyant makespan by variant. */
export type NoiseRow = Readonly<Record<(typeof NOISE_VARIANTS)[number], number>>;

/** Measures one family. */
export function noiseExperiment(instances: readonly Instance[], seeds: number): SeedRows<keyof NoiseRow> {
  return Array.from({ length: seeds }, (_, seed) => instances.map((instance) => measure(instance, seed + 1)));
}

function measure(instance: Instance, seed: number): NoiseRow {
  const { input } = instance;
  const random = seededRandom(seed * 7919);
  const noise = Float64Array.from(input.tasks, () => Math.exp(SIGMA * gaussian(random) - (SIGMA * SIGMA) / 2));
  const known: PlanInput = {
    ...input,
    tasks: input.tasks.map((task, index) => ({
      ...task,
      options: task.options.map((option) => ({ ...option, duration: option.duration * noise[index]! })),
    })),
  };
  const clairvoyant = checked({ ...instance, input: known }, runPlanned(known, { milliseconds: 100, seed }));
  const rolling = { milliseconds: 5, seed, every: Math.max(1, Math.ceil(input.tasks.length / PLANS)), spread: SIGMA };
  const against = (result: SimulationResult): number => ratioOf(checked(instance, result, noise), clairvoyant);
  return {
    greedy: against(simulate(input, { policy: 'greedy', noise })),
    optimal: against(simulate(input, { policy: 'optimal', noise })),
    optimal_rolling: against(runPlanned(input, rolling, { noise })),
  };
}
