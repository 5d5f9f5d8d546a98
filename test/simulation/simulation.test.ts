/**
 * The simulated worlds of every run of the tests: they hold, they repeat, every fault happens in them, and each rule that
 * is taken out is missed. Longer runs: `npm run sim`.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { BLOWS } from './world-plan.ts';

const PROGRAM = join(import.meta.dirname, 'run.ts');
const MINUTES = 60_000;

/** What happens to a world beside its blows. */
const FAULTS = [
  'checkpoint: one was made',
  'checkpoint: the newest was used',
  'checkpoint: an older one was used',
  'checkpoint: none could be used',
  'checkpoint: bits flipped',
  'checkpoint: cut off',
  'checkpoint: removed',
  'checkpoint: changed',
  'checkpoint: of another history',
  'socket: opened',
  'socket: reset',
  'socket: gone without a word',
  'socket: its machine is gone',
  'socket: black hole on the way there',
  'socket: black hole on the way back',
  'server: another one has its folder',
  'operator: looked at an earlier moment',
  'operator: rolled back',
  'archive: events left the log',
  'archive: events came back',
  'archive: its process died',
  'archive: somebody put it elsewhere',
  'archive: a server started while it was elsewhere',
  'backup: made beside the server',
  'fork: made beside the server',
  'plan: made',
  'plan: late',
  'plan: its thread ended',
  'disk: EIO while writing',
  'disk: EIO while syncing',
  'disk: ENOSPC',
  'disk: slow sync',
  'disk: power cut',
  'disk: unsynced bytes lost',
  'disk: unsynced bits flipped',
  'engine: the writer broke',
  'net: a request arrives twice',
  'net: black hole on the way there',
  'net: black hole on the way back',
  'net: loss on the way there',
  'net: loss on the way back',
  'net: reset on the way there',
  'net: reset on the way back',
];

async function simulate(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { maxBuffer: 64 * 1_048_576 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

test(
  'E3, R1, R2, R3, R5, R7, R9, R10, R16, R21, R23, R24, R28, R32, R33: 100 worlds hold, and every fault happens in them',
  { timeout: 10 * MINUTES },
  async () => {
    const { code, output } = await simulate('--seeds', '100');
    expect(output).toMatch(/^100 seeds, \d{5,} events, 0 violations/m);
    expect(code).toBe(0);
    const happened = [...BLOWS.map((blow) => `blow: ${blow}`), ...FAULTS].filter((fault) => output.includes(`  ${fault}\n`));
    expect(happened).toEqual([...BLOWS.map((blow) => `blow: ${blow}`), ...FAULTS]);
  },
);

test('the same seed is the same world', { timeout: 10 * MINUTES }, async () => {
  const [first, second, other] = await Promise.all([
    simulate('--seed', '7', '--trace'),
    simulate('--seed', '7', '--trace'),
    simulate('--seed', '8'),
  ]);
  expect(first.output).toMatch(/^trace [0-9a-f]{16}$/m);
  expect(second.output).toBe(first.output);
  expect(/^trace (.*)$/m.exec(other.output)?.[1]).not.toBe(/^trace (.*)$/m.exec(first.output)?.[1]);
});

test('the smallest world of a failing seed is found, and fails again', { timeout: 10 * MINUTES }, async () => {
  const world = ['--seed', '1', '--mutant', 'a task may start before its dependencies'];
  const { output } = await simulate(...world, '--shrink', '--tries', '30');
  const cut = /--cut '(.*)' --trace/.exec(output)?.[1] ?? '';
  const [from, to] = (/from (\d+) steps .* to (\d+) and/.exec(output) ?? []).slice(1).map(Number);
  expect(to).toBeLessThan((from ?? 0) / 4);
  expect((await simulate(...world, '--cut', cut)).output).toMatch(/task-2 was assigned at \d+, before task-1 had ended/);
});

describe('a rule that is taken out is missed', () => {
  test.each(MUTANTS)('$name', { timeout: 10 * MINUTES }, async ({ name, noticed }) => {
    const { code, output } = await simulate('--mutant', name, '--from', String(noticed), '--seeds', '200');
    expect(output).toMatch(/^seed \d+: /m);
    expect(code).toBe(1);
  });
});

test('--help says how it is called', async () => {
  const { code, output } = await simulate('--help');
  expect(output).toMatch(/^Usage: npm run sim -- --seeds N/);
  expect(code).toBe(0);
});

test.each([
  [['--mutant', 'no such rule'], 'There is no mutant of this name'],
  [['--seeds', 'many'], '--seeds takes a whole number above 0, not many'],
])('%j is told what is wrong with it', async (args, message) => {
  const { code, output } = await simulate(...args);
  expect(output).toContain(message);
  expect(code).toBe(2);
});
