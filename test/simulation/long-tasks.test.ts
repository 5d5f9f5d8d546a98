/** Tasks that run for hours, with the real server and worker under virtual time: they keep their leases. */
import { expect, onTestFinished, test } from 'vitest';
import { courseFaults } from './log-checks.ts';
import { QuietWorld } from './quiet-world.ts';

const HOUR = 3_600_000;

function quietWorld(): QuietWorld {
  const world = new QuietWorld();
  onTestFinished(() => world.end());
  return world;
}

const countOf = (world: QuietWorld, type: string): number => world.log.filter((event) => event.type === type).length;

test('R11: a task of six hours keeps its lease, is completed under it, and no idle worker ever runs it again', async () => {
  const world = quietWorld();
  await world.serve();
  world.work('worker-1');
  await world.pass(5000);
  await world.call('work.add', { id: 'long', type: 'build', title: 'long', spec: { run_ms: 6 * HOUR, fails: false } });
  await world.pass(60_000);
  // It would take the task at once if its lease ended.
  world.work('worker-2');
  await world.pass(5.9 * HOUR);
  expect(await world.call('task.show', { task_id: 'long' })).toMatchObject({ task: { status: 'in_progress', assigned_to: 'worker-1' } });
  await world.pass(HOUR);
  expect(await world.call('task.show', { task_id: 'long' })).toMatchObject({ task: { status: 'completed', attempt: 1 } });
  expect(['task_assigned', 'task_completed', 'task_released'].map((type) => countOf(world, type))).toEqual([1, 1, 0]);
  // It was asked about, because it said nothing for longer than a stall takes, and its worker answered for it.
  expect(countOf(world, 'task_probed')).toBeGreaterThan(5);
  expect(world.told.filter(({ kind }) => kind === 'started')).toMatchObject([{ worker: 'worker-1' }]);
  expect([...courseFaults(world.log)]).toEqual([]);
});

test('R11: a server that is killed and started again in the middle of it changes nothing', async () => {
  const world = quietWorld();
  let server = await world.serve();
  world.work('worker-1');
  await world.call('work.add', { id: 'long', type: 'build', title: 'long', spec: { run_ms: 6 * HOUR, fails: false } });
  world.work('worker-2');
  for (let hour = 0; hour < 6; hour += 1) {
    await world.pass(0.9 * HOUR);
    server.kill();
    await world.pass(60_000);
    server = await world.serve();
  }
  await world.pass(HOUR);
  expect(await world.call('task.show', { task_id: 'long' })).toMatchObject({ task: { status: 'completed', attempt: 1 } });
  expect(['task_assigned', 'task_completed', 'task_released'].map((type) => countOf(world, type))).toEqual([1, 1, 0]);
});
