import { expect, test } from 'vitest';
import { processesOf } from './process-tree.ts';
import { runFixture } from './fixtures/run-fixture.ts';

test('a test file that leaves things open fails, names them, and its processes are ended', async () => {
  const { code, output } = await runFixture(['leaking', 'clean'], { LEAK_GRACE_MS: '5000' });

  expect(code).toBe(1);
  expect(output).toContain('This test file left open');
  for (const leak of ['× Timeout', '× TCPServerWrap', 'server on {"address":"127.0.0.1"', 'worker thread ']) expect(output).toContain(leak);
  expect(output).toContain('6 passed, 1 failed, 0 skipped');
  const named = [...output.matchAll(/child process (\d+): (sleep 100\d)/g)];
  // By either try.
  for (const sleep of ['sleep 1001', 'sleep 1002']) expect(named.filter((each) => each[2] === sleep)).toHaveLength(2);
  expect(named).toHaveLength(4);
  const survivors = (): unknown =>
    processesOf(1, '').filter((alive) => named.some((each) => Number(each[1]) === alive.pid && each[2] === alive.command));
  await expect.poll(survivors).toEqual([]);
});

test('a test file that closes what it opens passes', async () => {
  const { code, output } = await runFixture(['clean']);
  expect(output).toContain('1 passed, 0 failed, 0 skipped');
  expect(code).toBe(0);
});
