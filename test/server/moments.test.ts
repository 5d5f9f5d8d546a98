/** F5: the past through every door: HTTP, batch, WebSocket. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { TestSocket } from '../websocket/test-socket.ts';

let server: TestServer;
let before = 0;
beforeAll(async () => {
  server = await startTestServer();
  await server.request('/session/register', { body: { session_id: 'w1', capabilities: ['build'], wants_work: false } });
  await server.request('/work/add', { body: { id: 'a', type: 'build', title: 'First' } });
  before = server.engine.feed.head;
  await server.request('/work/claim', { body: { session_id: 'w1', task_id: 'a' } });
  await server.request('/work/complete', { body: { session_id: 'w1', task_id: 'a', status: 'completed' } });
  await server.request('/work/add', { body: { id: 'b', type: 'build', title: 'Second' } });
});
afterAll(() => server.close());

const QUERY_NAMES = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => OPERATIONS[name].kind === 'query');

describe('F5: any moment at every door', () => {
  test('every query takes a moment', () => {
    for (const name of QUERY_NAMES) expect(Object.keys((OPERATIONS[name].input as { shape: object }).shape)).toContain('at');
  });

  test('HTTP: by event, by time, how long ago, in the query', async () => {
    const time = new Date().toISOString();
    expect((await server.request('/swarm/status?at=0')).body).toMatchObject({ seq: 0, tasks: { total: 0 } });
    expect((await server.request(`/api/tasks?at=${before}`)).body).toMatchObject({ tasks: [{ id: 'a', status: 'pending' }] });
    expect((await server.request(`/task/a?at=${before}`)).body).toMatchObject({
      task: { status: 'pending' },
      history: [{ action: 'added' }],
    });
    expect((await server.request(`/api/tasks?at=${time}`)).body).toMatchObject({ tasks: [{ id: 'a' }, { id: 'b' }] });
    expect((await server.request('/api/tasks?at=-1d')).body).toEqual({ tasks: [], next_cursor: null });
    expect(await server.request('/api/tasks?at=soon')).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(await server.request('/api/tasks?at=100000')).toMatchObject({ status: 404, body: { code: 'moment_unknown' } });
  });

  test('what changed between two moments, forwards and backwards', async () => {
    const forwards = await server.request(`/event/diff?from=${before}`);
    expect(forwards.body).toMatchObject({
      from: { seq: before },
      counts: { added: 1, completed: 1, pending: 0 },
      changes: [
        { kind: 'task', id: 'a', before: 'pending', after: 'completed by w1', text: 'The task a was pending, and is completed by w1.' },
        { kind: 'task', id: 'b', before: null, text: 'The task b was added, and is pending.' },
      ],
    });
    expect((await server.request(`/event/diff?from=${before}&to=${before}`)).body).toMatchObject({ changes: [], changes_total: 0 });
    expect((await server.request(`/event/diff?from=-0s&to=0`)).body).toMatchObject({ counts: { added: -2 } });
    expect((await server.request('/event/diff?from=10000')).status).toBe(404);
    // The moment that every query takes is the end of the period here.
    expect((await server.request(`/event/diff?from=${before}&at=${before}`)).body).toMatchObject({ to: { seq: before } });
    expect((await server.request(`/event/what-if?at=${before}`)).body).toMatchObject({ to: { seq: before } });
    expect((await server.request('/event/what-if?at=10000')).status).toBe(404);
  });

  test('F5: what was asked, noticed and arranged between two moments is told too', async () => {
    const from = server.engine.feed.head;
    const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
    await socket.call('decision.ask', { question: 'Which?' });
    await socket.call('decision.answer', { decision_id: 'decision-001', answer: 'this' });
    await socket.call('signal.raise', { type: 'innovation', title: 'idea' });
    await socket.call('limit.set', { key: 'type:build', concurrency: 2 });
    await socket.call('budget.set', { tokens: 900 });
    await socket.close();
    const { body } = await server.request(`/event/diff?from=${from}`);
    expect((body as { changes: { text: string }[] }).changes.map(({ text }) => text)).toEqual([
      'The decision decision-001 was made: answered "this".',
      'The signal signal-001 was made: open.',
      'The limit type:build was made: 2 at once.',
      'The budget swarm was made: 900 tokens.',
    ]);
    const back = await server.request(`/event/diff?from=-0s&to=${from}`);
    expect(JSON.stringify(back.body)).toContain('The limit type:build was 2 at once, and is gone.');
  });

  test('a command has no moment', async () => {
    const refused = await server.request('/work/add', { body: { type: 'build', title: 'x', at: 3 } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  });

  test('batch and WebSocket', async () => {
    const batch = await server.request('/batch', {
      body: { calls: [{ operation: 'task.list', input: { at: before } }, { operation: 'task.list' }] },
    });
    expect(batch.body).toMatchObject({
      results: [{ output: { tasks: [{ status: 'pending' }] } }, { output: { tasks: [{ status: 'completed' }, {}] } }],
    });
    const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
    const answer = await socket.call('swarm.status', { at: before });
    expect(answer).toMatchObject({ ok: true, output: { seq: before, tasks: { pending: 1 } } });
    await socket.close();
  });
});

describe('E3, F5: replay and rollback at every door', () => {
  test('a replay tells what led to a moment, and that the checkpoints agree', async () => {
    const { body } = await server.request(`/event/replay?at=${before}&from=1&limit=1`);
    expect(body).toMatchObject({
      from: { seq: 1 },
      to: { seq: before },
      replayed: before,
      same: true,
      counts: { added: 1, pending: 1, sessions: 1 },
      types: { task_added: 1 },
      events: [{ seq: before, type: 'task_added' }],
    });
    expect((await server.request('/event/replay?at=0')).body).toMatchObject({ replayed: 0, types: {}, same: true });
    expect((await server.request('/event/replay?at=10000')).status).toBe(404);
  });

  test('a rollback says first what it would do, does it once, and repeats its answer', async () => {
    await server.request('/knowledge/put', { body: { topic: 'rules', content: 'first' } });
    const to = server.engine.feed.head;
    await server.request('/config', { body: { settings: { policy: 'fifo' } } });
    await server.request('/knowledge/put', { body: { topic: 'rules', content: 'second' } });
    await server.request('/work/add', { body: { id: 'late', type: 'build', title: 'Late' } });
    const head = server.engine.feed.head;
    const tried = await server.request('/event/rollback', { body: { moment: to, dry_run: true } });
    expect(tried.body).toMatchObject({ to: { seq: to }, dry_run: true, changed: 3, kept: [], more: false });
    expect(server.engine.feed.head).toBe(head);
    const body = { moment: to, command_id: 'back-1' };
    const done = await server.request('/event/rollback', { body });
    expect(done.body).toMatchObject({ to: { seq: to }, dry_run: false, changed: 3, kept_total: 0 });
    expect(done.body).toMatchObject({ changes: (tried.body as { changes: unknown }).changes });
    expect((await server.request('/config')).body).toMatchObject({ settings: { policy: 'optimal' } });
    expect((await server.request('/task/late')).body).toMatchObject({ task: { status: 'cancelled' } });
    expect((await server.request('/event/rollback', { body })).body).toEqual(done.body);
    expect((await server.request('/event/rollback', { body: { moment: to } })).body).toMatchObject({ changed: 0, changes: [] });
    expect(await server.request('/event/rollback', { body: { moment: 10_000 } })).toMatchObject({
      status: 404,
      body: { code: 'moment_unknown' },
    });
    const nothing = await server.request('/event/rollback', { body: { moment: '2020-01-01T00:00:00Z', dry_run: true } });
    expect(nothing).toMatchObject({ status: 400, body: { detail: expect.stringContaining('before the first event') as unknown } });
  });

  test('a period that ends before it begins is refused', async () => {
    for (const path of [`/event/replay?from=${before}&at=1`, `/event/what-if?from=${before}&to=1`])
      expect(await server.request(path)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  });

  test('what was done under a lease is named, over the WebSocket', async () => {
    const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
    const answer = await socket.call('event.rollback', { moment: before, parts: ['tasks'], dry_run: true });
    expect(answer).toMatchObject({
      ok: true,
      output: { kept: [{ kind: 'task', id: 'a', reason: 'it was completed since: the work is done' }] },
    });
    await socket.close();
  });
});
