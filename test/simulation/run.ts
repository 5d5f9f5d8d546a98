/**
 * `npm run sim -- --seeds N [--from S] | --seed S [--trace | --shrink]`: runs simulated worlds and says what held.
 * With `--mutant NAME` a rule is taken out, and the run ends with the first seed that notices. `--shrink` looks for the
 * smallest world of a seed that breaks the same invariant, says how to run it again (`--cut JSON`) and shows its trace.
 * Exits with 1 when an invariant was broken, naming the seed that shows it, and with 2 when it was called wrongly.
 */
import { misused, readFlags, wholeNumber } from '../support/read-flags.ts';
import { type Mutant, MUTANTS } from './mutants.ts';
import { type Cut, shrink } from './shrink.ts';
import type { Verdict } from './verdict.ts';
import { runWorld } from './world.ts';
import { type WorldOptions, WorldParts } from './world-parts.ts';

/** A long run that is cut off has said this often how far it came. */
const TOLD_EVERY = 500;

const values = readFlags('npm run sim -- --seeds N [--from S] [--mutant NAME] | --seed S [--trace | --shrink [--tries N]] [--cut JSON]', {
  seeds: { type: 'string', default: '100' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  mutant: { type: 'string' },
  trace: { type: 'boolean', default: false },
  shrink: { type: 'boolean', default: false },
  cut: { type: 'string', default: '{}' },
  tries: { type: 'string', default: '150' },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const mutant = values.mutant === undefined ? undefined : mutantNamed(values.mutant);
const options: WorldOptions = { ...(mutant === undefined ? {} : { mutant }), ...(values.trace ? { trace: say } : {}), cut: readCut() };
if (values.shrink) await showSmallest(values.seed ?? misused('--shrink needs --seed'));
else report(await runAll());

async function runAll(): Promise<Verdict[]> {
  if (values.seed !== undefined) return [await runWorld(values.seed, options)];
  const [from, count] = [wholeNumber('from', values.from), wholeNumber('seeds', values.seeds)];
  const found: Verdict[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const verdict = await runWorld(String(seed), options);
    found.push(verdict);
    const isBroken = verdict.violations.length > 0;
    if (isBroken) say(`seed ${seed}: ${verdict.violations.slice(0, 3).join('; ')}`);
    else if (process.stdout.isTTY) process.stdout.write(`\r${found.length} of ${count} seeds `);
    else if (found.length % TOLD_EVERY === 0 && found.length < count) say(summaryOf(found));
    if (isBroken && mutant !== undefined) break;
  }
  if (process.stdout.isTTY) say('');
  return found;
}

function report(all: readonly Verdict[]): void {
  const broken = all.filter(({ violations }) => violations.length > 0);
  const faults = new Map<string, number>();
  for (const verdict of all) for (const [fault, count] of verdict.faults) faults.set(fault, (faults.get(fault) ?? 0) + count);
  for (const [fault, count] of [...faults].toSorted(([a], [b]) => (a < b ? -1 : 1))) say(`  ${String(count).padStart(8)}  ${fault}`);
  say(summaryOf(all));
  const [only] = all;
  if (all.length === 1 && only !== undefined) say([`trace ${only.trace}`, ...only.violations].join('\n'));
  if (broken.length === 0) return;
  const taken = mutant === undefined ? '' : ` --mutant '${mutant.name}'`;
  say(`Look at it with: npm run sim -- --seed ${broken[0]?.seed}${taken} --trace, or --shrink for the smallest such world`);
  process.exitCode = 1;
}

function summaryOf(all: readonly Verdict[]): string {
  const sum = (of: (verdict: Verdict) => number): number => all.reduce((total, verdict) => total + of(verdict), 0);
  const broken = all.filter(({ violations }) => violations.length > 0).length;
  const scale = `${sum((each) => each.steps)} steps, ${sum((each) => each.tasks)} tasks, ${sum((each) => each.completed)} completed`;
  return `${all.length} seeds, ${sum((each) => each.events)} events, ${broken} violations (${scale})`;
}

async function showSmallest(seed: string): Promise<void> {
  const whole = await runWorld(seed, options);
  if (whole.violations.length === 0) return report([whole]);
  const run = (cut: Cut): Promise<Verdict> => runWorld(seed, { ...options, cut });
  const { cut, verdict, tried } = await shrink(new WorldParts(seed, options).plan, whole, {
    run,
    tries: wholeNumber('tries', values.tries),
  });
  await runWorld(seed, { ...options, cut, trace: say });
  say(`seed ${seed}: from ${whole.steps} steps and ${whole.events} events to ${verdict.steps} and ${verdict.events}, in ${tried} tries`);
  say(
    `Run it again with: npm run sim -- --seed ${seed}${mutant === undefined ? '' : ` --mutant '${mutant.name}'`} --cut '${JSON.stringify(cut)}' --trace`,
  );
  say(verdict.violations.join('\n'));
  process.exitCode = 1;
}

function readCut(): Cut {
  try {
    return JSON.parse(values.cut) as Cut;
  } catch {
    return misused(`--cut takes what --shrink has printed, not ${values.cut}`);
  }
}

function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((each) => each.name === name);
  return found ?? misused(`There is no mutant of this name. There are:\n${MUTANTS.map((each) => `  ${each.name}`).join('\n')}`);
}
