/**
 * `npm run check`: every static check, one line each with its time, the output only of those that fail.
 * Arguments choose steps by name. All steps run, so that one look shows everything that is wrong.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** One step: a name and the command it runs. */
export interface CheckStep {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const STEPS: readonly CheckStep[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of web', command: ['tsc', '-p', 'web'] },
  { name: 'knip', command: ['knip', '--no-progress'] },
  { name: 'architecture', command: ['vitest', 'run', 'test/architecture'] },
  { name: 'web size', command: ['node', 'scripts/check-web-size.ts'] },
  { name: 'docs', command: ['node', 'scripts/generate-reference.ts', '--check'] },
];

/** Runs the steps one after the other; returns the names of those that failed. `print` gets whole lines. */
export async function runSteps(steps: readonly CheckStep[], print: (line: string) => void): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, command } of steps) {
    const started = performance.now();
    const { code, output } = await run(command);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(5);
    print(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(14)}${seconds} s`);
    if (code === 0) continue;
    failed.push(name);
    print(output.trimEnd());
  }
  return failed;
}

async function run([file, ...args]: CheckStep['command']): Promise<{ code: number; output: string }> {
  const root = join(import.meta.dirname, '..');
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(file, args, { cwd: root, env: { ...process.env, PATH: path, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => parts.push(part));
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      parts.push(Buffer.from(error.message));
      resolve(-1);
    });
    child.once('close', (each) => resolve(each ?? -1));
  });
  return { code, output: Buffer.concat(parts).toString() };
}

if (import.meta.main) {
  const chosen = process.argv.slice(2);
  const steps = STEPS.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const failed = await runSteps(steps, (line) => console.log(line));
  if (failed.length > 0 || steps.length === 0) {
    console.log(steps.length === 0 ? `There is no step ${chosen.join(', ')}.` : `failed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}
