/**
 * What takes minutes rather than seconds, each through the command that a person would use. `npm run test:long`.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, program), ...args], { maxBuffer: 64 * 1_048_576 });
  return stdout;
}

test('1,000 simulated worlds beyond those of every run hold', async () => {
  expect(await run('test/simulation/run.ts', '--seeds', '1000', '--from', '101')).toMatch(/^1000 seeds, \d+ events, 0 violations/m);
});

test('50 times a process is killed or stopped, and nothing that was acknowledged is lost', async () => {
  expect(await run('test/crash/run.ts', '--cycles', '50', '--seed', 'long')).toMatch(/^50 cycles, 0 violations/m);
});

test('20,000 hostile requests are answered', async () => {
  expect(await run('test/fuzz/run.ts', '--requests', '20000', '--seed', 'long')).toMatch(/^20\d\d\d requests, 0 violations/m);
});

test('R30, R34: 10,000 clients, 1,000 of which come back at once', async () => {
  expect(await run('test/crowd/run.ts')).toMatch(/^10000 clients, 1000 came back at once, \d+ events received, 0 violations/m);
});

test('a server under full load for ten minutes stays as it is', async () => {
  const { log_intact, refused } = JSON.parse(await run('bench/endurance.ts', '--minutes', '10')) as {
    log_intact: boolean;
    refused: number;
  };
  expect({ log_intact, refused }).toEqual({ log_intact: true, refused: 0 });
});
