/**
 * Hidden noise: actual durations are the estimates times lognormal factors (σ 0.6, mean 1) that the
 * scheduler cannot see. Measured against a clairvoyant plan that knows them (100 ms).
 */
import { type PlanInput } from '../../src/scheduling/plan-problem.ts';
import { gaussian, seededRandom } from '../../src/scheduling/random.ts';
import { type Instance } from './instances.ts';
import { checked, meanOf, median } from './makespan-table.ts';
import { runPlanned } from './planned-run.ts';
import { simulate } from './virtual-clock.ts';

const SIGMA = 0.6;

/** Mean makespan ÷ clairvoyant makespan, median over the seeds. */
export interface NoiseFigures {
  readonly greedy: number;
  readonly optimal: number;
  /** Planned again (5 ms) every fiftieth of the decisions. */
  readonly optimal_rolling: number;
}

/** Measures one family. */
export function noiseExperiment(instances: readonly Instance[], seeds: number): NoiseFigures {
  const figures = { greedy: [] as number[], optimal: [] as number[], optimal_rolling: [] as number[] };
  for (let seed = 1; seed <= seeds; seed++) {
    const rows = instances.map((instance) => measure(instance, seed));
    for (const name of ['greedy', 'optimal', 'optimal_rolling'] as const) figures[name].push(meanOf(rows.map((row) => row[name])));
  }
  return { greedy: median(figures.greedy), optimal: median(figures.optimal), optimal_rolling: median(figures.optimal_rolling) };
}

function measure(instance: Instance, seed: number): NoiseFigures {
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
  const every = Math.max(1, Math.ceil(input.tasks.length / 50));
  return {
    greedy: checked(instance, simulate(input, { policy: 'greedy', noise }), noise) / clairvoyant,
    optimal: checked(instance, simulate(input, { policy: 'optimal', noise }), noise) / clairvoyant,
    optimal_rolling: checked(instance, runPlanned(input, { milliseconds: 5, seed, every }, { noise }), noise) / clairvoyant,
  };
}
