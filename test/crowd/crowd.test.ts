/**
 * R30, R34 with a small crowd in every run of the tests: clients on filtered topics, some that come back at once, one that
 * never reads and one that floods. Ten thousand: `npm run crowd`.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'run.ts');

test(
  'R30, R34: each of 200 clients gets every event of its task once, beside rude ones and after 100 came back at once',
  {
    timeout: 300_000,
  },
  async () => {
    const args = [PROGRAM, '--clients', '200', '--reconnecting', '100', '--tasks', '40'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain('200 clients, 100 came back at once, 800 events received, 0 violations');
  },
);

test('more clients than a program may open files: told how to allow them, and nothing is started', async () => {
  const command = `ulimit -n 400 && exec "${process.execPath}" "${PROGRAM}" --clients 1000`;
  const refused = promisify(execFile)('sh', ['-c', command]);
  await expect(refused).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('ulimit -n 1500') });
});
