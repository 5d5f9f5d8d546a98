/** Speculative copies with real workers (A14): an attempt that hangs is copied to another, and who ends first has the last word. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../runners/script-fixture.ts';
import { temporaryFolder } from './host-fixture.ts';
import { resultOf, TestBed, told, until } from './test-bed.ts';

const HOUR = 3_600_000;
const SETTINGS = {
  heartbeat_interval: 0.3,
  assignment_interval: 0.2,
  health_interval: 0.2,
  probe_grace: 0.2,
  offline_after: 1_000_000,
  stall_after: 1_000_000,
  straggler_action: 'copy',
} as const;

/** A bed whose swarm knows builds to take ten minutes. */
async function knowingBed(): Promise<TestBed> {
  const bed = await TestBed.make(SETTINGS);
  await bed.client.call('session.register', { session_id: 'earlier', capabilities: ['build'], wants_work: false });
  for (let number = 0; number < 12; number += 1) {
    const task_id = await bed.add('true', { required_capability: 'build' });
    await bed.client.call('work.claim', { session_id: 'earlier', task_id });
    await bed.client.call('work.complete', { session_id: 'earlier', task_id, status: 'completed', duration_minutes: 10 });
  }
  return bed;
}

/** Lets hours pass by the server's clock: what runs has overrun, is told so, and overruns for as long again as it takes elsewhere. */
async function overrun(bed: TestBed): Promise<void> {
  bed.later += 5 * HOUR;
  await until(async () => (await bed.log('task_probed')).length > 0);
  bed.later += HOUR;
}

test('A14: what hung ends before its copy: it keeps its own result, and the copy is ended', async () => {
  const bed = await knowingBed();
  const folder = await temporaryFolder();
  const [first, go] = [join(folder, 'first'), join(folder, 'go')];
  const script = `if mkdir '${first}' 2>/dev/null; then until [ -d '${go}' ]; do sleep 0.05; done; echo original; else echo "pid $$"; mkdir '${go}'; sleep 600; fi`;
  const id = await bed.add(script, { required_capability: 'build' });
  bed.worker('w-slow');
  await bed.untilTask(id, 'in_progress');
  await until(async () => (await bed.log('task_started')).some(({ data }) => data['task_id'] === id));
  const quick = bed.worker('w-quick');
  await overrun(bed);
  const done = await bed.untilTask(id, 'completed');
  expect(done).toMatchObject({ assigned_to: 'w-slow' });
  expect(resultOf(done)).toMatchObject({ tail: 'original' });
  await until(() => told(quick, 'revoked').length > 0);
  const output = await until(() => told(quick, 'output').find(({ text }) => text.includes('pid ')));
  await until(async () => !(await isAlive(Number(/pid (\d+)/.exec(output.text)?.[1]))));
  expect((await bed.log('task_cancelled')).map(({ data }) => data['reason'])).toEqual(['original_ended']);
});
