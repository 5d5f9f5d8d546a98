/**
 * Rows A7 to A9, A11 and A12 over HTTP: the paths, methods and fields that the rows name.
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

describe('A7 complete', () => {
  test.each(['passed', { tests: 12 }])('records the outcome with the result %j', async (result) => {
    await register('eng-1', { wants_work: false });
    await add({});
    const { lease } = await claim('eng-1', 'build-001');
    const body = { session_id: 'eng-1', task_id: 'build-001', status: 'completed', result, duration_minutes: 1.5, lease };
    expect(await complete(body)).toEqual({ task_id: 'build-001', status: 'completed', repeated: false });
    expect((await show('build-001')).task).toMatchObject({ status: 'completed', result, completed_at: expect.stringMatching(ISO) });
  });

  test('repeated is idempotent', async () => {
    await register('eng-1', { wants_work: false });
    await add({});
    const { lease } = await claim('eng-1', 'build-001');
    const body = { session_id: 'eng-1', task_id: 'build-001', status: 'completed', result: 'x', lease };
    await complete(body);
    const head = server.engine.feed.head;
    expect(await complete(body)).toEqual({ task_id: 'build-001', status: 'completed', repeated: true });
    expect(server.engine.feed.head).toBe(head);
  });

  test('failed ends the task when no attempt is left', async () => {
    await register('eng-1', { wants_work: false });
    await add({});
    await claim('eng-1', 'build-001');
    await complete({ session_id: 'eng-1', task_id: 'build-001', status: 'failed', result: 'broken' });
    expect((await show('build-001')).task).toMatchObject({ status: 'failed', result: 'broken', failure: expect.any(String) });
  });

  test('under a stale lease changes nothing', async () => {
    await register('eng-1', { wants_work: false });
    await add({});
    const { lease } = await claim('eng-1', 'build-001');
    await register('eng-1', { wants_work: false });
    await claim('eng-1', 'build-001');
    const { head } = server.engine.feed;
    expectProblem(
      await server.request('/work/complete', { body: { session_id: 'eng-1', task_id: 'build-001', status: 'completed', lease } }),
      'lease_stale',
    );
    expect(server.engine.feed.head).toBe(head);
  });
});

describe('A8 add', () => {
  test('takes every field of the row; ids default to {type}-{nnn}', async () => {
    const fields = {
      spec: 'Write the parser',
      critical: true,
      infinite_scale: true,
      roi: 'high',
      dependencies_met: true,
      estimated_hours: 2,
      group: 'team-a',
      dependencies: [],
    };
    expect(await add(fields)).toEqual({ status: 'added', task_id: 'build-001', task_ids: ['build-001'] });
    expect((await add({ type: 'review', spec: { files: ['a'] } })).task_id).toBe('review-001');
    expect((await add({ id: 'mine', priority: 3 })).task_id).toBe('mine');
    expect((await show('build-001')).task).toMatchObject({ priority: 10, estimated_hours: 2, group: 'team-a', spec: 'Write the parser' });
    expect((await show('mine')).task.priority).toBe(3);
  });

  test('adds many at once, or none', async () => {
    const tasks = [
      { id: 'a', type: 'build', title: 'A' },
      { id: 'b', type: 'build', title: 'B', dependencies: ['a'] },
    ];
    expect(await ask('work.add', '/work/add', { body: { tasks } })).toMatchObject({ task_ids: ['a', 'b'] });
    const broken = await server.request('/work/add', {
      body: {
        tasks: [
          { type: 'build', title: 'C' },
          { type: 'build', title: 'D', dependencies: ['zz'] },
        ],
      },
    });
    expectProblem(broken, 'dependency_unknown');
    expect((await status()).tasks.total).toBe(2);
  });

  test('again with the same content is harmless', async () => {
    await add({ id: 'same', spec: { a: 1, b: 2 } });
    const { head } = server.engine.feed;
    expect(await add({ id: 'same', spec: { b: 2, a: 1 } })).toMatchObject({ task_id: 'same' });
    expect(server.engine.feed.head).toBe(head);
  });

  test('a capability that nobody has is accepted, and the task says that nobody can take it', async () => {
    await register('eng-1');
    const { task_id } = await add({ required_capability: 'telepathy' });
    expect((await show(task_id)).task.waiting).toMatchObject({ code: 'no_capable_session', text: expect.stringContaining('telepathy') });
  });
});

describe('A9 status', () => {
  test('has sessions, tasks and performance with the fields of the row', async () => {
    await register('eng-1', { wants_work: false });
    await register('eng-2', { wants_work: false });
    await add({});
    await add({});
    await add({});
    await claim('eng-1', 'build-001');
    await complete({ session_id: 'eng-1', task_id: 'build-001', status: 'completed', duration_minutes: 3 });
    await claim('eng-2', 'build-002');
    const answer = await status();
    expect(answer.sessions).toMatchObject({ total: 2, active: 2, idle: 1, busy: 1, offline: 0 });
    expect(answer.sessions.list).toMatchObject([
      { id: 'eng-1', status: 'idle', current_task: null },
      { id: 'eng-2', status: 'busy', current_task: 'build-002' },
    ]);
    expect(answer.tasks).toMatchObject({ pending: 1, in_progress: 1, completed: 1, completed_today: 1, failed: 0 });
    expect(answer.performance).toEqual({ utilization: expect.any(Number), throughput: 1, avg_task_time: 3 });
    expect(await ask('swarm.status', '/api/status')).toMatchObject({ tasks: answer.tasks });
  });
});

describe('A11 session', () => {
  test('has its status, capabilities, task, times and performance under both names', async () => {
    const { incarnation } = await register('eng-1', { wants_work: false });
    await add({});
    await add({});
    await claim('eng-1', 'build-001');
    await complete({ session_id: 'eng-1', task_id: 'build-001', status: 'completed', duration_minutes: 2 });
    await claim('eng-1', 'build-002');
    const { sessions } = await ask('session.list', '/api/sessions');
    expect(sessions).toMatchObject([
      {
        id: 'eng-1',
        status: 'busy',
        capabilities: ['build'],
        current_task_id: 'build-002',
        current_task: 'build-002',
        registered_at: expect.stringMatching(ISO),
        last_heartbeat: expect.stringMatching(ISO),
        performance: { tasks_completed: 1, avg_task_time: 2, success_rate: 1, score: 0.75 },
        performance_score: 0.75,
        incarnation,
      },
    ]);
  });
});

describe('A12 task', () => {
  test('has the fields of the row, an assignment and a history', async () => {
    await add({ id: 'dep', required_capability: null });
    await add({ title: 'Build it', spec: 'all of it', estimated_hours: 2, dependencies: ['dep'] });
    await register('eng-1', { wants_work: false });
    const { assignment } = await requestWork('eng-1');
    expect(assignment).toMatchObject({
      session_id: 'eng-1',
      task_id: 'dep',
      task: { id: 'dep' },
      score: expect.any(Number),
      reason: expect.any(String),
      lease: expect.any(Number),
    });
    await ask('work.update', '/work/update', { body: { session_id: 'eng-1', task_id: 'dep', progress: 0.5, details: { half: true } } });
    await complete({ session_id: 'eng-1', task_id: 'dep', status: 'completed', result: 'fine', duration_minutes: 4 });
    expect((await show('build-001')).task).toEqual({
      id: 'build-001',
      labels: [],
      parent: null,
      not_before: null,
      deadline: null,
      overdue: false,
      failure_message: null,
      type: 'build',
      title: 'Build it',
      spec: 'all of it',
      priority: 6,
      status: 'pending',
      progress: 0,
      assigned_to: null,
      required_capability: 'build',
      estimated_hours: 2,
      resources: {},
      ports: {},
      concurrency: null,
      group: null,
      dependencies: ['dep'],
      on_dependency_failure: 'block',
      attempt: 0,
      max_attempts: 1,
      lease: null,
      created_at: expect.stringMatching(ISO),
      assigned_at: null,
      started_at: null,
      completed_at: null,
      result: null,
      failure: null,
      waiting_for_person: [],
      waiting: { code: 'ready', text: expect.any(String) },
    });
    const { history } = await show('dep');
    expect(history.map(({ action }) => action)).toEqual(['added', 'assigned', 'started', 'progressed', 'completed']);
    expect(history.at(-1)).toMatchObject({ session_id: 'eng-1', timestamp: expect.stringMatching(ISO), duration: 4, result: 'fine' });
    expect(history[3]).toMatchObject({ details: { progress: 0.5, details: { half: true } } });
  });

  test('a cancelled one says so, and can be run again', async () => {
    await add({});
    expect(await ask('task.cancel', '/task/build-001/cancel', { body: { reason: 'no longer needed' } })).toEqual({
      task_id: 'build-001',
      status: 'cancelled',
    });
    expect((await show('build-001')).task).toMatchObject({ status: 'cancelled', failure: expect.stringContaining('no longer needed') });
    expect(await ask('task.retry', '/task/build-001/retry', { method: 'POST' })).toEqual({ task_id: 'build-001', status: 'pending' });
  });
});
