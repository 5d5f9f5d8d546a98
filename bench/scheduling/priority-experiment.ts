/**
 * Random priorities 1 to 10: how soon the urgent tasks (priority 9 and 10) are complete, and how long
 * the whole takes, each against `greedy`.
 */
import { seededRandom } from '../../src/scheduling/random.ts';
import { type Instance } from './instances.ts';
import { checked, meanOf, median } from './makespan-table.ts';
import { runPlanned } from './planned-run.ts';
import { simulate, type SimulationResult } from './virtual-clock.ts';

/** Ratios to `greedy`: when the last urgent task is complete, the mean completion time of the urgent tasks, and the makespan. */
export interface PriorityFigures {
  readonly urgent_complete: number;
  readonly urgent_mean_completion: number;
  readonly makespan: number;
}

/** Measures one family, without and with a 10 ms plan. */
export function priorityExperiment(instances: readonly Instance[], seeds: number): Record<'optimal' | 'optimal_10ms', PriorityFigures> {
  const collected = { optimal: [] as PriorityFigures[], optimal_10ms: [] as PriorityFigures[] };
  for (let seed = 1; seed <= seeds; seed++) {
    const rows = instances.flatMap((instance) => measure(instance, seed) ?? []);
    for (const name of ['optimal', 'optimal_10ms'] as const) {
      collected[name].push({
        urgent_complete: meanOf(rows.map((row) => row[name].urgent_complete)),
        urgent_mean_completion: meanOf(rows.map((row) => row[name].urgent_mean_completion)),
        makespan: meanOf(rows.map((row) => row[name].makespan)),
      });
    }
  }
  const middle = (list: readonly PriorityFigures[]): PriorityFigures => ({
    urgent_complete: median(list.map((figures) => figures.urgent_complete)),
    urgent_mean_completion: median(list.map((figures) => figures.urgent_mean_completion)),
    makespan: median(list.map((figures) => figures.makespan)),
  });
  return { optimal: middle(collected.optimal), optimal_10ms: middle(collected.optimal_10ms) };
}

/** Undefined for an instance without urgent tasks. */
function measure(instance: Instance, seed: number): Record<'optimal' | 'optimal_10ms', PriorityFigures> | undefined {
  const random = seededRandom(6 + seed);
  const priorities = instance.input.tasks.map(() => 1 + Math.floor(10 * random()));
  if (!priorities.some((priority) => priority >= 9)) return undefined;
  const urgentEnds = (result: SimulationResult): number[] =>
    result.runs.flatMap((run, index) => (priorities[index]! >= 9 && run !== undefined ? [run.finish] : []));
  const greedy = simulate(instance.input, { policy: 'greedy', priorities });
  checked(instance, greedy);
  const against = (result: SimulationResult): PriorityFigures => ({
    urgent_complete: Math.max(...urgentEnds(result)) / Math.max(...urgentEnds(greedy)),
    urgent_mean_completion: meanOf(urgentEnds(result)) / meanOf(urgentEnds(greedy)),
    makespan: checked(instance, result) / greedy.makespan,
  });
  return {
    optimal: against(simulate(instance.input, { policy: 'optimal', priorities })),
    optimal_10ms: against(runPlanned(instance.input, { milliseconds: 10, seed, bands: true }, { priorities })),
  };
}
