/**
 * The makespan table: makespan ÷ best known per instance family and scheduler variant, with equal
 * priorities. With several seeds, the figures are medians over the seeds of the means (and maxima).
 */
import { type Instance, ratioOf } from './instances.ts';
import { runPlanned } from './planned-run.ts';
import { scheduleErrors } from './validate-schedule.ts';
import { simulate, type SimulationResult } from './virtual-clock.ts';

/** Mean and largest ratio over a family. */
export interface RatioSummary {
  readonly mean: number;
  readonly max: number;
}

/** A line per variant of the scheduler. */
export type MakespanTable = Record<'greedy' | 'optimal' | 'optimal_10ms' | 'optimal_100ms', RatioSummary>;

/** Measures one family; throws on the first invalid schedule. */
export function makespanTable(instances: readonly Instance[], seeds: number): MakespanTable {
  return {
    greedy: summary(instances, 1, (instance) => simulate(instance.input, { policy: 'greedy' })),
    optimal: summary(instances, 1, (instance) => simulate(instance.input, { policy: 'optimal' })),
    optimal_10ms: summary(instances, seeds, (instance, seed) => runPlanned(instance.input, { milliseconds: 10, seed })),
    optimal_100ms: summary(instances, seeds, (instance, seed) => runPlanned(instance.input, { milliseconds: 100, seed })),
  };
}

function summary(instances: readonly Instance[], seeds: number, run: (instance: Instance, seed: number) => SimulationResult): RatioSummary {
  const means: number[] = [];
  const maxima: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const ratios = instances.map((instance) => ratioOf(checked(instance, run(instance, 1000 * seed)), instance.best));
    means.push(meanOf(ratios));
    maxima.push(ratios.reduce((most, ratio) => Math.max(most, ratio)));
  }
  return { mean: median(means), max: median(maxima) };
}

/** The makespan of a result whose schedule is valid. */
export function checked(instance: Instance, result: SimulationResult, noise?: Float64Array): number {
  const errors = scheduleErrors(instance.input, result.runs, noise);
  if (errors.length > 0) throw new Error(`${instance.set}/${instance.name}: invalid schedule: ${errors.slice(0, 3).join('; ')}`);
  return result.makespan;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
