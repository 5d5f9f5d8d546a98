/** How long a task waits for another worker when its own one dies: as long as the rules say, and no longer, in virtual time. */
import { expect, onTestFinished, test } from 'vitest';
import { QuietWorld } from './quiet-world.ts';

const SECOND = 1000;
const RULES = { heartbeat_interval: 5, offline_after: 30, health_interval: 5, task_claim_timeout: 20 };
/** It is silent for so long, then the next look finds it; a call or two come after that. */
const BOUND_MS = (RULES.offline_after + RULES.health_interval + 2) * SECOND;

/** Worker 1 runs a task of an hour, worker 2 waits for one. */
async function busyWorld(): Promise<{ readonly world: QuietWorld; readonly kill: () => void; readonly server: { kill(): void } }> {
  const world = new QuietWorld(RULES);
  onTestFinished(() => world.end());
  const server = await world.serve();
  const first = world.work('worker-1');
  await world.pass(5 * SECOND);
  await world.call('work.add', { id: 'stranded', type: 'build', title: 'stranded', spec: { run_ms: 3_600_000, fails: false } });
  await world.pass(5 * SECOND);
  world.work('worker-2');
  await world.pass(20 * SECOND);
  expect(takers(world)).toEqual(['worker-1']);
  return { world, kill: () => first.kill(), server };
}

const takers = (world: QuietWorld): string[] => world.log.flatMap(({ type, data }) => (type === 'task_assigned' ? [data.session_id] : []));

test('R10: the task of a worker that was killed is with another one as soon as it counts as silent', async () => {
  const { world, kill } = await busyWorld();
  kill();
  await world.pass(BOUND_MS);
  expect(takers(world)).toEqual(['worker-1', 'worker-2']);
});

test('R10: so it is when the server dies with the worker: from its return on every lease has one grace period, not two', async () => {
  const { world, kill, server } = await busyWorld();
  kill();
  server.kill();
  await world.pass(60 * SECOND);
  await world.serve();
  await world.pass(BOUND_MS);
  expect(takers(world)).toEqual(['worker-1', 'worker-2']);
  // Whoever lived through it kept what it had.
  expect(world.log.filter(({ type }) => type === 'session_offline')).toHaveLength(1);
});
