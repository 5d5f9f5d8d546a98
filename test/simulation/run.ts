/**
 * `npm run sim -- --seeds N [--from S] | --seed S [--trace]`: runs simulated worlds and says what held.
 * Exits with 1 when an invariant was broken, naming the seed that shows it.
 */
import { parseArgs } from 'node:util';
import { runWorld, type Verdict } from './world.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const verdicts = values.seed === undefined ? await runMany(Number(values.from), Number(values.seeds)) : [await runOne(values.seed)];
report(verdicts);

async function runOne(seed: string): Promise<Verdict> {
  return runWorld(seed, values.trace ? { trace: (line) => process.stdout.write(`${line}\n`) } : {});
}

async function runMany(from: number, count: number): Promise<Verdict[]> {
  const found: Verdict[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const verdict = await runWorld(String(seed));
    found.push(verdict);
    if (verdict.violations.length > 0) process.stdout.write(`seed ${seed}: ${verdict.violations.slice(0, 3).join('; ')}\n`);
    else if (process.stdout.isTTY) process.stdout.write(`\r${seed - from + 1} of ${count} seeds`);
  }
  if (process.stdout.isTTY) process.stdout.write('\n');
  return found;
}

function report(all: readonly Verdict[]): void {
  const broken = all.filter(({ violations }) => violations.length > 0);
  const sum = (of: (verdict: Verdict) => number): number => all.reduce((total, verdict) => total + of(verdict), 0);
  const faults = new Map<string, number>();
  for (const verdict of all) for (const [fault, count] of verdict.faults) faults.set(fault, (faults.get(fault) ?? 0) + count);
  for (const [fault, count] of [...faults].toSorted()) process.stdout.write(`  ${String(count).padStart(8)}  ${fault}\n`);
  const scale = `${sum((each) => each.steps)} steps, ${sum((each) => each.tasks)} tasks, ${sum((each) => each.ended)} ended`;
  process.stdout.write(`${all.length} seeds, ${sum((each) => each.events)} events, ${broken.length} violations (${scale})\n`);
  if (all.length === 1) process.stdout.write(`trace ${all[0]?.trace}\n${all[0]?.violations.join('\n') ?? ''}\n`);
  if (broken.length === 0) return;
  process.stdout.write(`Look at one with: npm run sim -- --seed ${broken[0]?.seed} --trace\n`);
  process.exitCode = 1;
}
