/** The whole queue over HTTP: changes of many, keys, times, pauses, parts, groups, dead letters, history by time. */
import { afterEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';

let server: TestServer;
afterEach(() => server.close());

type Row = Record<string, unknown>;

async function post(path: string, body: object): Promise<Row> {
  const { status, body: answer } = await server.request(path, { body });
  expect(status).toBe(200);
  return answer;
}

async function get(path: string): Promise<Row> {
  return (await server.request(path)).body;
}

async function worker(): Promise<void> {
  await post('/session/register', { session_id: 's1', capabilities: ['build'], wants_work: false });
}

test('A1, E9: no session takes the name of the mailbox of the people', async () => {
  server = await startTestServer();
  expectProblem(await server.request('/session/register', { body: { session_id: 'people', capabilities: [] } }), 'invalid_input');
});

describe('A8: adding once', () => {
  test('A8: under an idempotency key, and under the header of the same name', async () => {
    server = await startTestServer();
    const task = { type: 'build', title: 'once', idempotency_key: 'k' };
    const [first, second] = [await post('/work/add', task), await post('/work/add', task)];
    expect(second['task_id']).toBe(first['task_id']);
    expectProblem(await server.request('/work/add', { body: { ...task, priority: 9 } }), 'idempotency_conflict');
    const twice = { tasks: ['one', 'other'].map((title) => ({ type: 'build', title, idempotency_key: 'new' })) };
    const refused = await server.request('/work/add', { body: twice });
    expectProblem(refused, 'idempotency_conflict');
    expect(refused.body).toMatchObject({ detail: 'The idempotency key new was used for another task of this call with other content.' });
    const headers = { 'idempotency-key': 'h' };
    const body = { type: 'build', title: 'by header' };
    const third = await server.request('/work/add', { body, headers });
    expect((await server.request('/work/add', { body, headers })).body).toEqual(third.body);
    expectProblem(await server.request('/work/add', { body: { ...body, title: 'another' }, headers }), 'command_reused');
  });
});

test('cancel, retry and reprioritise many, by ids and by filter, with a result for each', async () => {
  server = await startTestServer();
  const tasks = ['a', 'b', 'c'].map((id) => ({ id, type: 'build', title: id, group: 'g', labels: ['x'] }));
  await post('/work/add', { tasks });
  const cancelled = await post('/task/cancel', { task_ids: ['a', 'none'], reason: 'enough' });
  expect(cancelled).toMatchObject({
    changed: 1,
    more: false,
    results: [
      { task_id: 'a', ok: true },
      { task_id: 'none', ok: false, code: 'task_unknown' },
    ],
  });
  expect(await post('/task/reprioritise', { filter: { label: 'x', status: 'pending' }, priority: 9 })).toMatchObject({ changed: 2 });
  expect((await get('/task/b'))['task']).toMatchObject({ priority: 9, group: 'g', labels: ['x'] });
  expect(await post('/task/retry', { filter: { group: 'g', status: 'cancelled' }, dry_run: true })).toMatchObject({ changed: 1 });
  expect((await get('/task/a'))['task']).toMatchObject({ status: 'cancelled' });
  expectProblem(await server.request('/task/cancel', { body: { filter: {} } }), 'nothing_chosen');
  const both = await server.request('/task/cancel', { body: { task_ids: ['b'], filter: { group: 'g' } } });
  expectProblem(both, 'nothing_chosen');
  expect(both.body).toMatchObject({ detail: 'Tasks are named and a filter too, so it is not clear which are meant.' });
  expect(await post('/task/b/reprioritise', { priority: 2 })).toEqual({ task_id: 'b', priority: 2 });
  expect(await get('/group/g')).toMatchObject({ group: { open: 2, cancelled: 1, ended_at: null } });
  expect(await get('/group/list?open=true')).toMatchObject({ groups: [{ group: 'g' }] });
});

test('R22: a parent waits for its part on one session with one slot, over HTTP', async () => {
  server = await startTestServer();
  await worker();
  await post('/work/add', { id: 'parent', type: 'build', title: 'p' });
  await post('/work/claim', { session_id: 's1', task_id: 'parent' });
  await post('/work/add', { id: 'part', type: 'build', title: 'q', parent: 'parent' });
  const suspended = await post('/work/suspend', { session_id: 's1', task_id: 'parent', wait_for: ['part'], checkpoint: { step: 2 } });
  expect(suspended).toEqual({ task_id: 'parent', status: 'pending', waiting_for: 1 });
  expect((await get('/work/request?session_id=s1'))['task']).toMatchObject({ id: 'part' });
  await post('/work/complete', { session_id: 's1', task_id: 'part', status: 'completed', result: 'done' });
  const { task } = await get('/work/request?session_id=s1');
  expect(task).toMatchObject({ id: 'parent', attempt: 2, context: { dependencies: [{ id: 'part', result: 'done' }] } });
  expectProblem(
    await server.request('/work/suspend', { body: { session_id: 's1', task_id: 'parent', wait_for: ['parent'] } }),
    'dependency_cycle',
  );
});

test('pause and resume: claims are refused, status and explanations say why, and work goes on afterwards', async () => {
  server = await startTestServer();
  await worker();
  await post('/work/add', { id: 't', type: 'build', title: 't', required_capability: 'build' });
  expect(await post('/swarm/pause', { capability: 'build', reason: 'upgrade' })).toMatchObject({
    paused: [{ target: 'build', by: 'role:admin' }],
  });
  expectProblem(await server.request('/work/claim', { body: { session_id: 's1', task_id: 't' } }), 'work_paused');
  expect((await get('/work/request?session_id=s1'))['task']).toBeNull();
  expect(await get('/swarm/status')).toMatchObject({ paused: [{ scope: 'capability', target: 'build', reason: 'upgrade' }] });
  expect(await get('/why/task/t')).toMatchObject({ reasons: [{ code: 'paused' }] });
  expect(await post('/swarm/resume', { capability: 'build' })).toEqual({ paused: [] });
  expect((await get('/work/request?session_id=s1'))['task']).toMatchObject({ id: 't' });
});

test('a parked request gets the work as soon as the swarm is resumed', async () => {
  server = await startTestServer();
  await worker();
  await post('/swarm/pause', {});
  await post('/work/add', { id: 't', type: 'build', title: 't' });
  const parked = server.request('/work/request?session_id=s1&wait=60');
  await post('/swarm/resume', {});
  expect((await parked).body['task']).toMatchObject({ id: 't' });
});

test('dead letters by reason, and what follows from a reason', async () => {
  server = await startTestServer();
  await worker();
  await post('/work/add', { id: 't', type: 'build', title: 't', max_attempts: 5 });
  await post('/work/claim', { session_id: 's1', task_id: 't' });
  const failed = { session_id: 's1', task_id: 't', status: 'failed', reason: 'not_permitted', message: 'no access to the repository' };
  expect(await post('/work/complete', failed)).toMatchObject({ status: 'failed' });
  expect(await get('/task/dead?reason=not_permitted')).toMatchObject({
    tasks: [{ task: { id: 't' }, reason: 'not_permitted', message: 'no access to the repository' }],
    by_reason: { not_permitted: 1 },
  });
});

test('history is read by task, by session and by time', async () => {
  server = await startTestServer();
  await worker();
  await post('/work/add', { id: 'one', type: 'build', title: 't' });
  const { events } = (await get('/event/list?since=0')) as { events: { time: string; seq: number }[] };
  const from = new Date(Date.parse(events.at(-1)?.time ?? '') + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await post('/work/add', { id: 'two', type: 'build', title: 't' });
  await post('/work/claim', { session_id: 's1', task_id: 'two' });
  const types = async (query: string): Promise<string[]> =>
    ((await get(`/event/list?${query}`)) as { events: { type: string }[] }).events.map(({ type }) => type);
  expect(await types(`from=${from}`)).toEqual(['task_added', 'task_assigned']);
  expect(await types(`since=0&until=${from}`)).toEqual(['config_applied', 'session_registered', 'task_added']);
  expect(await types(`task_id=two&from=${from}`)).toEqual(['task_added', 'task_assigned']);
  expect(await types(`session_id=s1&from=${from}`)).toEqual(['task_assigned']);
  expect(await types(`from=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
});
