/**
 * Rows A1 to A6 over HTTP: the paths, methods and fields that the rows name.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { callsTo, ISO } from './operation-calls.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.close());

const { ask, register, add, requestWork, claim, complete, status, show } = callsTo(() => server);

describe('A1 register', () => {
  test('answers {status:"registered", session_id, assigned_task: null} when there is no work', async () => {
    expect(await register('eng-1')).toMatchObject({ status: 'registered', session_id: 'eng-1', assigned_task: null });
  });

  test('hands out work with the reply when there is some', async () => {
    await add({});
    const { assigned_task } = await register('eng-1');
    expect(assigned_task).toMatchObject({ id: 'build-001', type: 'build', status: 'assigned', assigned_to: 'eng-1', priority: 5 });
  });

  test('takes every field of the row, and the session shows them', async () => {
    await register('eng-1', { max_concurrent_tasks: 3, specialties: ['rust'], role: 'engineer', runner: 'script', host: 'mac-1' });
    const { session } = await ask('session.show', '/session/eng-1');
    expect(session).toMatchObject({
      capabilities: ['build'],
      max_concurrent_tasks: 3,
      specialties: ['rust'],
      role: 'engineer',
      runner: 'script',
      host: 'mac-1',
    });
  });

  test('again under the same id is a new incarnation: the leases of the old one end', async () => {
    const first = await register('eng-1');
    await add({});
    const { lease } = await claim('eng-1', 'build-001');
    const second = await register('eng-1', { wants_work: false });
    expect(second.incarnation).toBeGreaterThan(first.incarnation);
    expect((await show('build-001')).task).toMatchObject({ status: 'pending', assigned_to: null, lease: null });
    const late = { session_id: 'eng-1', task_id: 'build-001', status: 'completed', lease };
    expectProblem(await server.request('/work/complete', { body: late }), 'lease_stale');
  });

  test('returns a credential that tells the incarnations apart without a lease', async () => {
    const first = await register('eng-1');
    await add({});
    await register('eng-1', { wants_work: false });
    const headers = { 'tutti-session': first.credential ?? '' };
    const claimed = await server.request('/work/claim', { body: { session_id: 'eng-1', task_id: 'build-001' }, headers });
    expectProblem(claimed, 'incarnation_stale');
  });
});

describe('A2 heartbeat', () => {
  test('answers {acknowledged: true, new_assignment: null} when there is no work', async () => {
    await register('eng-1');
    const body = { session_id: 'eng-1', status: 'idle', current_task: null, progress: 0 };
    expect(await ask('session.heartbeat', '/session/heartbeat', { body })).toMatchObject({ acknowledged: true, new_assignment: null });
  });

  test('of an idle session brings an assignment', async () => {
    await register('eng-1');
    await add({});
    const answer = await ask('session.heartbeat', '/session/heartbeat', {
      body: { session_id: 'eng-1', status: 'idle', current_task: null },
    });
    expect(answer.new_assignment).toMatchObject({ id: 'build-001', assigned_to: 'eng-1' });
    expect(answer.assignment).toMatchObject({ session_id: 'eng-1', task_id: 'build-001', lease: answer.new_assignment?.lease });
  });

  test('of a busy session starts its task, reports progress and keeps it', async () => {
    await add({});
    await register('eng-1');
    await ask('session.heartbeat', '/session/heartbeat', {
      body: { session_id: 'eng-1', status: 'busy', current_task: 'build-001', progress: 0.4 },
    });
    expect((await show('build-001')).task).toMatchObject({ status: 'in_progress', progress: 0.4 });
    expect((await ask('session.show', '/session/eng-1')).session).toMatchObject({
      status: 'busy',
      last_heartbeat: expect.stringMatching(ISO),
    });
  });
});

describe('A3 deregister', () => {
  test.each([
    ['as query parameter', '/session/deregister?session_id=eng-1', { method: 'POST' }],
    ['in the body', '/session/deregister', { body: { session_id: 'eng-1' } }],
  ])('takes the session %s, and its unfinished tasks go back at once', async (_how, path, request) => {
    await register('eng-1');
    await add({});
    await claim('eng-1', 'build-001');
    expect(await ask('session.deregister', path, request)).toEqual({
      status: 'deregistered',
      session_id: 'eng-1',
      released: ['build-001'],
    });
    expect((await show('build-001')).task).toMatchObject({ status: 'pending', assigned_to: null });
    expect((await status()).sessions).toMatchObject({ total: 0, list: [] });
  });
});

describe('A4 request', () => {
  test('answers {task: null} when there is none', async () => {
    await register('eng-1');
    expect(await requestWork('eng-1')).toEqual({ task: null, assignment: null });
  });

  test('gives the most urgent ready task that the session can do, with its lease', async () => {
    await add({ id: 'low', priority: 2 });
    await add({ id: 'other', priority: 10, required_capability: 'paint' });
    await add({ id: 'high', priority: 9, spec: { run: 'npm test' } });
    await register('eng-1', { wants_work: false });
    const { task } = await requestWork('eng-1');
    expect(task).toMatchObject({ id: 'high', type: 'build', spec: { run: 'npm test' }, priority: 9, lease: expect.any(Number) });
  });

  test('repeats an assignment that has not been started', async () => {
    await add({});
    await register('eng-1');
    const [first, second] = [await requestWork('eng-1'), await requestWork('eng-1')];
    expect(second.task).toMatchObject({ id: 'build-001', lease: first.task?.lease });
  });

  test('comes with the results of its dependencies and what earlier attempts left', async () => {
    await register('eng-1', { wants_work: false });
    await add({ id: 'first' });
    await add({ id: 'second', dependencies: ['first'], max_attempts: 2, backoff_seconds: 0 });
    await claim('eng-1', 'first');
    await complete({ session_id: 'eng-1', task_id: 'first', status: 'completed', result: { url: 'here' } });
    await claim('eng-1', 'second');
    await complete({ session_id: 'eng-1', task_id: 'second', status: 'failed', result: 'no disk' });
    const { task } = await ask('work.request', '/work/request?session_id=eng-1&wait=60');
    expect(task?.context.dependencies).toEqual([{ id: 'first', status: 'completed', result: { url: 'here' } }]);
    expect(task?.context.attempts).toMatchObject([{ session_id: 'eng-1', action: 'failed', details: 'no disk' }]);
    expect(task).toMatchObject({ id: 'second', attempt: 2 });
  });

  test('is a command: nothing may store its answer', async () => {
    await register('eng-1');
    const { headers } = await server.request('/work/request?session_id=eng-1');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('A5 claim', () => {
  test('takes a specific task and starts it', async () => {
    await register('eng-1', { wants_work: false });
    await add({});
    expect(await claim('eng-1', 'build-001')).toMatchObject({ status: 'claimed', session_id: 'eng-1', task_id: 'build-001', attempt: 1 });
    expect((await show('build-001')).task).toMatchObject({ status: 'in_progress', assigned_to: 'eng-1' });
  });

  test('is refused with 409 when it is taken, not ready, beyond the capabilities or the slots', async () => {
    await register('eng-1', { wants_work: false });
    await register('eng-2', { wants_work: false });
    await add({ tasks: undefined, id: 'a' });
    await add({ id: 'b', dependencies: ['a'] });
    await add({ id: 'c', required_capability: 'paint' });
    await add({ id: 'd' });
    await claim('eng-1', 'a');
    const refused = async (session_id: string, task_id: string) => server.request('/work/claim', { body: { session_id, task_id } });
    const answers = [await refused('eng-2', 'a'), await refused('eng-2', 'b'), await refused('eng-2', 'c'), await refused('eng-1', 'd')];
    expect(answers.map((answer) => [answer.status, answer.body['code']])).toEqual([
      [409, 'task_taken'],
      [409, 'task_not_ready'],
      [409, 'capability_missing'],
      [409, 'no_free_slot'],
    ]);
  });
});

describe('A6 update', () => {
  test('reports progress with text or an object, and starts the task', async () => {
    await add({});
    await register('eng-1');
    const report = (body: object) => ask('work.update', '/work/update', { body: { session_id: 'eng-1', task_id: 'build-001', ...body } });
    expect(await report({ progress: 0.3, status: 'in_progress', details: 'compiling' })).toMatchObject({
      acknowledged: true,
      status: 'in_progress',
      progress: 0.3,
    });
    await report({ progress: 0.6, details: { step: 2 } });
    const { task, history } = await show('build-001');
    expect(task).toMatchObject({ status: 'in_progress', progress: 0.6 });
    expect(history.map(({ action }) => action)).toEqual(['added', 'assigned', 'started', 'progressed', 'progressed']);
  });

  test('of anyone but the holder is refused', async () => {
    await add({});
    await register('eng-1');
    await register('eng-2');
    const body = { session_id: 'eng-2', task_id: 'build-001', progress: 0.9, status: 'in_progress', details: '' };
    expectProblem(await server.request('/work/update', { body }), 'not_holder');
    expect((await show('build-001')).task).toMatchObject({ progress: 0, status: 'assigned' });
  });
});
