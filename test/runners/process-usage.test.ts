import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { systemProcesses } from '../../src/runners/process/process-table.ts';
import { askPs, usedBy } from '../../src/runners/process/process-usage.ts';

test('D8: memory and processor time of a process tree are what it holds and spent, not what it reserves', async () => {
  const script =
    'const held = Buffer.alloc(100e6, 1); let n = 0; do for (let i = 0; i < 1e6; i += 1) n += i; while (process.cpuUsage().user < 5e5); console.log(n, held[0])';
  const child = spawn('/bin/sh', ['-c', `"$0" -e '${script}; setInterval(() => held, 1e6)' & wait`, process.execPath], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid ?? 0;
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    process.kill(-pid, 'SIGKILL');
    await ended;
  });
  await once(child.stdout, 'data');
  const [found = []] = await systemProcesses().descendants([{ root: { pid, started: null }, known: [] }]);
  expect(found.length).toBe(2);
  const pids = found.map((each) => each.pid);
  const used = await usedBy(pids);
  expect(used.memory_bytes).toBeGreaterThan(100e6);
  expect(used.memory_bytes).toBeLessThan(400e6);
  expect(used.cpu_ms).toBeGreaterThanOrEqual(500);
  const listed = await askPs(pids);
  expect(listed.length).toBe(2);
  expect(Math.max(...listed.map(({ memory_bytes }) => memory_bytes))).toBeGreaterThan(100e6);
  expect(await usedBy([])).toEqual({ memory_bytes: 0, cpu_ms: 0 });
  expect(await askPs([])).toEqual([]);
});
