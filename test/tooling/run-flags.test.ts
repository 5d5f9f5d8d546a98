/** The programs that put the system to the test refuse what they do not understand before they begin: nothing ran, nothing held. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const TESTS = join(import.meta.dirname, '..');

test.each([
  ['simulation', ['--sead', '3'], 'Usage: npm run sim'],
  ['crash', ['--cycles', 'many'], '--cycles takes a whole number above 0, not many'],
  ['crash', ['--port', '99999'], '--port takes a whole number from 1 to 65535, not 99999'],
  ['fuzz', ['--requests', ''], '--requests takes a whole number above 0, not '],
  ['crowd', ['--clients', '10', '--reconnecting', '20'], '--reconnecting takes a whole number from 0 to 10, not 20'],
  ['crowd', ['extra'], 'Usage: npm run crowd'],
])('%s %j is told what is wrong, and ends with 2', { timeout: 300_000 }, (program, args, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(TESTS, program, 'run.ts'), ...args], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
