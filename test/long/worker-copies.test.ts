/** Speculative copies with real workers (A14): an attempt that hangs is copied to another, and who ends first has the last word. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../runners/script-fixture.ts';
import { temporaryFolder } from '../host/host-fixture.ts';
import { resultOf, TestBed, told, until } from '../host/test-bed.ts';

const HOUR = 3_600_000;
const SETTINGS = {
  heartbeat_interval: 0.3,
  assignment_interval: 0.2,
  health_interval: 0.2,
  // Longer than a heartbeat takes on a busy machine, which answers a probe, and shorter than the hours that pass.
  probe_grace: 60,
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

/**
 * Lets hours pass by the server's clock: what runs has overrun, is told so, and overruns for as long again as it takes elsewhere.
 * Hours pass only where nobody is waited for: a start that the server does not know of yet would be given up as never begun, a
 * probe without its answer as stalled, and the task would go to whoever asks first, without a copy.
 */
async function overrun(bed: TestBed, id: string): Promise<void> {
  const seqOf = async (type: string): Promise<number> => (await bed.log(type)).findLast(({ data }) => data['task_id'] === id)?.seq ?? 0;
  await until(async () => (await seqOf('task_started')) > 0);
  await until(async () =>
    (await bed.client.call('session.list', {})).sessions.some(({ id: session, status }) => session === 'w-quick' && status === 'idle'),
  );
  bed.later += 5 * HOUR;
  const probed = await until(() => seqOf('task_probed'));
  await until(async () => (await seqOf('task_progressed')) > probed);
  bed.later += HOUR;
}

test('A14: an attempt that hangs is copied to an idle worker, with a port of its own; the copy wins, the task has its result, and what hung is ended', async () => {
  const bed = await knowingBed();
  await bed.client.call('resource.set', { resource: 'web', ports: { from: 8100, to: 8101 } });
  const first = join(await temporaryFolder(), 'first');
  const id = await bed.add(`if mkdir '${first}' 2>/dev/null; then echo "pid $$"; sleep 600; else echo copied at $TUTTI_PORTS_WEB; fi`, {
    required_capability: 'build',
    resources: { web: 1 },
  });
  const slow = bed.worker('w-slow');
  const output = await until(() => told(slow, 'output').find(({ text }) => text.includes('pid ')));
  const pid = Number(/pid (\d+)/.exec(output.text)?.[1]);
  const quick = bed.worker('w-quick');
  await overrun(bed, id);
  const done = await bed.untilTask(id, 'completed');
  expect(done).toMatchObject({ assigned_to: 'w-quick' });
  expect(resultOf(done)).toMatchObject({ exit_code: 0, tail: 'copied at 8101' });
  await until(() => told(slow, 'revoked').length > 0);
  await until(async () => !(await isAlive(pid)));
  const completed = (await bed.log('task_completed')).map(({ data }) => data['task_id']).slice(12);
  expect(completed).toHaveLength(2);
  expect(completed[0]).toMatch(new RegExp(`^${id}\\.copy-`));
  expect(completed[1]).toBe(id);
  expect((await bed.client.call('resource.show', { resource: 'web' })).resource).toMatchObject({ in_use: 0, held_by: [] });
  expect((await bed.log('task_released')).at(-1)?.data).toMatchObject({ task_id: id, session_id: 'w-slow', reason: 'copy_won' });
  // Both workers are there for more.
  for (const next of [await bed.add('true'), await bed.add('true')]) await bed.untilTask(next, 'completed');
  expect(told(quick, 'revoked')).toEqual([]);
});

test('A14: what hung ends before its copy: it keeps its own result, and the copy is ended', async () => {
  const bed = await knowingBed();
  const folder = await temporaryFolder();
  const [first, go] = [join(folder, 'first'), join(folder, 'go')];
  const script = `if mkdir '${first}' 2>/dev/null; then until [ -d '${go}' ]; do sleep 0.05; done; echo original; else echo "pid $$"; mkdir '${go}'; sleep 600; fi`;
  const id = await bed.add(script, { required_capability: 'build' });
  bed.worker('w-slow');
  await bed.untilTask(id, 'in_progress');
  const quick = bed.worker('w-quick');
  await overrun(bed, id);
  const done = await bed.untilTask(id, 'completed');
  expect(done).toMatchObject({ assigned_to: 'w-slow' });
  expect(resultOf(done)).toMatchObject({ tail: 'original' });
  await until(() => told(quick, 'revoked').length > 0);
  const output = await until(() => told(quick, 'output').find(({ text }) => text.includes('pid ')));
  await until(async () => !(await isAlive(Number(/pid (\d+)/.exec(output.text)?.[1]))));
  expect((await bed.log('task_cancelled')).map(({ data }) => data['reason'])).toEqual(['original_ended']);
});
