/**
 * `npm run bench:scheduling -- --data DIR [--set imopse,fjsp,psplib,wfinstances] [--seeds 5] [--part makespan,noise,priorities,latency] [--json]`
 *
 * Drives the real scheduler under a virtual clock on published instances. One thread. Every schedule
 * is checked by an independent validator; an invalid one ends the run with an error. Tasks that nothing can make run are
 * counted (`blocked`), and so are instances of which no makespan is known (`against_bound`).
 */
import { parseArgs } from 'node:util';
import { decisionLatency } from './scheduling/decision-latency.ts';
import { generatedInput } from './scheduling/generated-input.ts';
import type { InstanceSet } from './scheduling/instance-formats.ts';
import { chosenSets, type Instance, readInstances } from './scheduling/instances.ts';
import { reasonOf } from '../src/contract/failure.ts';
import { makespanTable } from './scheduling/makespan-table.ts';
import { NOISE_VARIANTS, noiseExperiment, type NoiseRow } from './scheduling/noise-experiment.ts';
import { runPlanned } from './scheduling/planned-run.ts';
import { priorityExperiment, priorityFigures, type PriorityRows } from './scheduling/priority-experiment.ts';
import { pooled, seedFigures, type SeedRows } from './scheduling/seed-figures.ts';
import { simulate } from './scheduling/virtual-clock.ts';

const PARTS = ['makespan', 'noise', 'priorities', 'latency'];

/** What was asked for. */
interface Asked {
  readonly sets: readonly { readonly name: InstanceSet; readonly instances: readonly Instance[] }[];
  readonly parts: ReadonlySet<string>;
  readonly seeds: number;
  readonly json: boolean;
}

/** Reads the options and the instances. Throws an Error that says what is wrong with them. */
function readAsked(): Asked {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      set: { type: 'string' },
      seeds: { type: 'string', default: '5' },
      part: { type: 'string', default: PARTS.join() },
      json: { type: 'boolean', default: false },
    },
  });
  const { data, json } = values;
  if (data === undefined) throw new Error('Name the folder of the instances with --data DIR.');
  const parts = new Set(values.part.split(',').map((part) => part.trim()));
  for (const part of parts) if (!PARTS.includes(part)) throw new Error(`There is no part "${part}". The parts are ${PARTS.join(', ')}.`);
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 1000) throw new Error(`--seeds ${values.seeds} is not a number from 1 to 1000.`);
  const sets = chosenSets(data, values.set).map((name) => ({ name, instances: readInstances(data, name) }));
  return { sets, parts, seeds, json };
}

/** Lets the just-in-time compiler see every search before anything is timed. */
function warmUp(): void {
  for (let round = 0; round < 6; round++) {
    for (const shape of ['skills', 'machines', 'resources', 'mixed'] as const) {
      for (const size of [30, 120]) {
        const input = generatedInput(shape, size, round);
        simulate(input, { policy: 'greedy' });
        simulate(input, { policy: 'optimal' });
        runPlanned(input, { milliseconds: 40, seed: round });
      }
    }
  }
}

function run({ sets: asked, parts, seeds, json }: Asked): void {
  const began = performance.now();
  warmUp();
  const sets: Record<string, unknown> = {};
  const noise: SeedRows<keyof NoiseRow>[] = [];
  const priorities: PriorityRows[] = [];
  for (const { name, instances } of asked) {
    if (instances.length === 0) console.error(`The set ${name} has no instances.`);
    else {
      if (parts.has('noise')) noise.push(noiseExperiment(instances, seeds));
      if (parts.has('priorities')) priorities.push(priorityExperiment(instances, seeds));
    }
    const isEmpty = instances.length === 0;
    sets[name] = {
      ...countsOf(instances),
      ...(parts.has('makespan') && !isEmpty ? { makespan: makespanTable(instances, seeds) } : {}),
      ...(parts.has('noise') && !isEmpty ? { noise: seedFigures(noise.at(-1) ?? [], NOISE_VARIANTS) } : {}),
      ...(parts.has('priorities') && !isEmpty ? { priorities: priorityFigures(priorities.slice(-1)) } : {}),
    };
    if (!json) console.log(name, JSON.stringify(sets[name], round, 1));
  }
  const all_sets = {
    ...(parts.has('noise') ? { noise: seedFigures(pooled(noise), NOISE_VARIANTS) } : {}),
    ...(parts.has('priorities') ? { priorities: priorityFigures(priorities) } : {}),
  };
  if (!json) console.log('all sets', JSON.stringify(all_sets, round, 1));
  const latency = parts.has('latency')
    ? { '1000x40': decisionLatency(1000, 40), '100000x1000': decisionLatency(100_000, 1000, 20_000) }
    : undefined;
  const report = {
    conditions: {
      node: process.version,
      seeds,
      note: 'One thread. Improver time is per instance, planned once, including the building of the problem, after a warm-up on generated instances. Figures are medians over the seeds of means (and maxima) over the instances. Instances that are counted under against_bound (all of wfinstances) are measured against a lower bound. Latency is of a warm process: the first thousand completions are not timed. Under priorities, possible is a proven lower bound of urgent_complete for any schedule; all_sets pools the instances of all sets.',
    },
    sets,
    all_sets,
    latency_ms: latency,
    seconds: (performance.now() - began) / 1000,
  };
  console.log(JSON.stringify(json ? report : { latency_ms: latency, seconds: report.seconds }, round, 2));
}

/** How many instances there are, and what is special about them. */
function countsOf(instances: readonly Instance[]): Record<string, number> {
  const bounds = instances.filter(({ isBound }) => isBound).length;
  const blocked = instances.reduce((sum, instance) => sum + instance.blocked, 0);
  return {
    instances: instances.length,
    ...(bounds === 0 ? {} : { against_bound: bounds }),
    ...(blocked === 0 ? {} : { blocked }),
  };
}

function round(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value;
}

let asked: Asked | null = null;
try {
  asked = readAsked();
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 2;
}
if (asked !== null) run(asked);
