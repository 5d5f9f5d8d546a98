/**
 * Named resources and limits over HTTP: asked for by tasks, held with leases, shown, and explained.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { callsTo } from './operation-calls.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { add, ask, complete, register, requestWork, show } = callsTo(() => server);

test('A15: a task that asks for a resource gets it with its lease, and its ports; who waits is told why', async () => {
  await ask('resource.set', '/resource/set', { body: { resource: 'gpu', capacity: 1, description: 'The one in the rack.' } });
  await ask('resource.set', '/resource/set', { body: { resource: 'web', ports: { from: 8100, to: 8101 } } });
  await register('r1');
  await register('r2');
  const { task_id: first } = await add({ resources: { gpu: 1, web: 2 } });
  const { task_id: second } = await add({ resources: { gpu: 1 } });
  expect((await requestWork('r1')).task).toMatchObject({ id: first, resources: { gpu: 1, web: 2 }, ports: { web: [8100, 8101] } });
  expect((await requestWork('r2')).task).toBeNull();
  expect((await show(second)).task.waiting).toMatchObject({ code: 'resource_busy' });
  const { reasons } = await ask('explain.task', `/why/task/${second}`);
  expect(reasons.map(({ code }) => code)).toEqual(['resource_busy', 'ready'].slice(0, reasons.length));
  expect((await ask('resource.list', '/api/resources')).resources).toMatchObject([
    { resource: 'gpu', in_use: 1, free: 0, waiting: 1, held_by: [{ task_id: first, amount: 1, ports: [] }] },
    { resource: 'web', in_use: 2, held_by: [{ task_id: first, amount: 2, ports: [8100, 8101] }] },
  ]);
  await complete({ session_id: 'r1', task_id: first, status: 'completed' });
  expect((await requestWork('r2')).task).toMatchObject({ id: second, ports: {} });
  expectProblem(await server.request('/resource/gpu/remove', { body: {} }), 'resource_in_use');
  await complete({ session_id: 'r2', task_id: second, status: 'completed' });
  await ask('resource.remove', '/resource/gpu/remove', { body: {} });
  expectProblem(await server.request('/work/add', { body: { type: 'x', title: 't', resources: { gpu: 1 } } }), 'resource_unknown');
  expectProblem(await server.request('/work/add', { body: { type: 'x', title: 't', resources: { web: 3 } } }), 'resource_too_small');
});

test('limits: set, listed, in force over a real clock, removed', async () => {
  const rate = { count: 1, per_seconds: 0.5 };
  await ask('limit.set', '/limit/set', { body: { key: 'api', rate } });
  await register('l1', { max_concurrent_tasks: 4 });
  const concurrency = { key: 'api', limit: 2 };
  for (const title of ['a', 'b']) await add({ title, concurrency, required_capability: null });
  const first = (await requestWork('l1')).task?.id ?? '';
  await complete({ session_id: 'l1', task_id: first, status: 'completed' });
  const { task } = await ask('work.request', '/work/request?session_id=l1&wait=60');
  expect(task).toMatchObject({ concurrency });
  expect((await ask('limit.list', '/limit/list')).limits).toMatchObject([{ key: 'api', rate, running: 1, configured: true }]);
  await ask('limit.remove', '/limit/remove', { body: { key: 'api' } });
  await complete({ session_id: 'l1', task_id: task?.id, status: 'completed' });
  expect((await ask('limit.list', '/limit/list')).limits).toEqual([]);
});
