/**
 * Random priorities 1 to 10: how soon the urgent tasks (priority 9 and 10) are complete, and how long
 * the whole takes, each against `greedy`; beside it what no schedule can beat.
 */
import { seededRandom } from '../../src/scheduling/random.ts';
import { URGENT_BAND } from '../../src/scheduling/task-table.ts';
import { type Instance, ratioOf } from './instances.ts';
import { checked, meanOf } from './makespan-table.ts';
import { runPlanned } from './planned-run.ts';
import { pooled, seedFigures, type SeedRows } from './seed-figures.ts';
import { urgentBound } from './urgent-bound.ts';
import { simulate, type SimulationResult } from './virtual-clock.ts';

const VARIANTS = ['optimal', 'optimal_10ms'] as const;
const FIGURES = ['urgent_complete', 'possible', 'urgent_mean_completion', 'makespan'] as const;

/**
 * Ratios to `greedy`: when the last urgent task is complete, a proven lower bound of that for any schedule, the mean
 * completion time of the urgent tasks, and the makespan.
 */
type PriorityFigures = Readonly<Record<(typeof FIGURES)[number], number>>;

/** What was measured of a family, by variant. */
export type PriorityRows = Readonly<Record<(typeof VARIANTS)[number], SeedRows<keyof PriorityFigures>>>;

/** Measures one family, without and with a 10 ms plan. Instances without urgent tasks are left out. */
export function priorityExperiment(instances: readonly Instance[], seeds: number): PriorityRows {
  const rows = Array.from({ length: seeds }, (_, seed) => instances.flatMap((instance) => measure(instance, seed + 1) ?? []));
  const of = (variant: (typeof VARIANTS)[number]) => rows.map((seed) => seed.map((row) => row[variant]));
  return { optimal: of('optimal'), optimal_10ms: of('optimal_10ms') };
}

/** The figures of one family, or of several together. */
export function priorityFigures(families: readonly PriorityRows[]) {
  const of = (variant: (typeof VARIANTS)[number]) => seedFigures(pooled(families.map((rows) => rows[variant])), FIGURES);
  return { optimal: of('optimal'), optimal_10ms: of('optimal_10ms') };
}

function measure(instance: Instance, seed: number): Record<(typeof VARIANTS)[number], PriorityFigures> | undefined {
  const random = seededRandom(6 + seed);
  const priorities = instance.input.tasks.map(() => 1 + Math.floor(10 * random()));
  if (!priorities.some((priority) => priority >= URGENT_BAND)) return undefined;
  const urgentEnds = (result: SimulationResult): number[] =>
    result.runs.flatMap((run, index) => (priorities[index]! >= URGENT_BAND && run !== undefined ? [run.finish] : []));
  const greedy = simulate(instance.input, { policy: 'greedy', priorities });
  checked(instance, greedy);
  if (urgentEnds(greedy).length === 0) return undefined;
  const last = lastOf(urgentEnds(greedy));
  const possible = urgentBound(instance.input, (task) => priorities[task]! >= URGENT_BAND);
  const against = (result: SimulationResult): PriorityFigures => ({
    urgent_complete: ratioOf(checkedAgainst(possible, lastOf(urgentEnds(result))), last),
    possible: ratioOf(possible, last),
    urgent_mean_completion: ratioOf(meanOf(urgentEnds(result)), meanOf(urgentEnds(greedy))),
    makespan: ratioOf(checked(instance, result), greedy.makespan),
  });
  return {
    optimal: against(simulate(instance.input, { policy: 'optimal', priorities })),
    optimal_10ms: against(runPlanned(instance.input, { milliseconds: 10, seed, bands: true }, { priorities })),
  };
}

function lastOf(ends: readonly number[]): number {
  return ends.reduce((latest, end) => Math.max(latest, end), 0);
}

/** A bound that something beats is none. */
function checkedAgainst(bound: number, value: number): number {
  if (value < bound * (1 - 1e-9)) throw new Error(`the urgent tasks were complete at ${value}, before the bound of ${bound}`);
  return value;
}
