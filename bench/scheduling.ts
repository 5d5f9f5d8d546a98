/**
 * `npm run bench:scheduling -- --data DIR [--set imopse,fjsp,psplib,wfinstances] [--seeds 5] [--part makespan,noise,priorities,latency] [--json]`
 *
 * Drives the real scheduler under a virtual clock on published instances. One thread. Every schedule
 * is checked by an independent validator; an invalid one ends the run with an error.
 */
import { parseArgs } from 'node:util';
import { decisionLatency } from './scheduling/decision-latency.ts';
import { generatedInput } from './scheduling/generated-input.ts';
import { type InstanceSet, readInstances } from './scheduling/instances.ts';
import { makespanTable } from './scheduling/makespan-table.ts';
import { NOISE_VARIANTS, noiseExperiment, type NoiseRow } from './scheduling/noise-experiment.ts';
import { runPlanned } from './scheduling/planned-run.ts';
import { priorityExperiment, priorityFigures, type PriorityRows } from './scheduling/priority-experiment.ts';
import { pooled, seedFigures, type SeedRows } from './scheduling/seed-figures.ts';
import { simulate } from './scheduling/virtual-clock.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', default: 'imopse,fjsp,psplib,wfinstances' },
    seeds: { type: 'string', default: '5' },
    part: { type: 'string', default: 'makespan,noise,priorities,latency' },
    json: { type: 'boolean', default: false },
  },
});

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

function run(): void {
  if (values.data === undefined) {
    console.error('Name the folder of the instances with --data DIR.');
    process.exitCode = 2;
    return;
  }
  const parts = new Set(values.part.split(','));
  const seeds = Number(values.seeds);
  const began = performance.now();
  warmUp();
  const sets: Record<string, unknown> = {};
  const noise: SeedRows<keyof NoiseRow>[] = [];
  const priorities: PriorityRows[] = [];
  for (const name of values.set.split(',')) {
    const instances = readInstances(values.data, name as InstanceSet);
    if (parts.has('noise')) noise.push(noiseExperiment(instances, seeds));
    if (parts.has('priorities')) priorities.push(priorityExperiment(instances, seeds));
    sets[name] = {
      instances: instances.length,
      ...(parts.has('makespan') ? { makespan: makespanTable(instances, seeds) } : {}),
      ...(parts.has('noise') ? { noise: seedFigures(noise.at(-1) ?? [], NOISE_VARIANTS) } : {}),
      ...(parts.has('priorities') ? { priorities: priorityFigures(priorities.slice(-1)) } : {}),
    };
    if (!values.json) console.log(name, JSON.stringify(sets[name], round, 1));
  }
  const all_sets = {
    ...(parts.has('noise') ? { noise: seedFigures(pooled(noise), NOISE_VARIANTS) } : {}),
    ...(parts.has('priorities') ? { priorities: priorityFigures(priorities) } : {}),
  };
  if (!values.json) console.log('all sets', JSON.stringify(all_sets, round, 1));
  const latency = parts.has('latency')
    ? { '1000x40': decisionLatency(1000, 40), '100000x1000': decisionLatency(100_000, 1000, 20_000) }
    : undefined;
  const report = {
    conditions: {
      node: process.version,
      seeds,
      note: 'One thread. Improver time is per instance, planned once, including the building of the problem, after a warm-up on generated instances. Figures are medians over the seeds of means (and maxima) over the instances. wfinstances is measured against a lower bound. Under priorities, possible is a proven lower bound of urgent_complete for any schedule; all_sets pools the instances of all sets.',
    },
    sets,
    all_sets,
    latency_ms: latency,
    seconds: (performance.now() - began) / 1000,
  };
  console.log(JSON.stringify(values.json ? report : { latency_ms: latency, seconds: report.seconds }, round, 2));
}

function round(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value;
}

run();
