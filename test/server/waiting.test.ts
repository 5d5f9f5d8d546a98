/**
 * Long polls (A4), repeated commands, and what happens to both when a client goes or the server ends.
 */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { open } from '../support/raw-http.ts';
import { startTestServer, type TestResponse, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.close());

const register = (session_id: string): Promise<TestResponse> =>
  server.request('/session/register', { body: { session_id, capabilities: ['build'], wants_work: false } });
const add = (id: string): Promise<TestResponse> => server.request('/work/add', { body: { id, type: 'build', title: 'x' } });
const wait = (session_id: string, seconds: number): Promise<TestResponse> =>
  server.request(`/work/request?session_id=${session_id}&wait=${seconds}`);

/** Begins a long poll and resolves once the server waits with it: its first turn is over. */
async function waiting(session_id: string): Promise<{ readonly answer: Promise<TestResponse> }> {
  const answer = wait(session_id, 60);
  await server.request('/swarm/status');
  return { answer };
}

describe('a long poll', () => {
  test('is answered as soon as there is work', async () => {
    await register('s-1');
    const { answer } = await waiting('s-1');
    await add('late');
    expect((await answer).body).toMatchObject({ task: { id: 'late', assigned_to: 's-1' }, assignment: { session_id: 's-1' } });
  });

  test('ends without work after its time', async () => {
    await register('s-1');
    expect((await wait('s-1', 0.05)).body).toEqual({ task: null, assignment: null });
  });

  test('each of many gets its own task', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `s-${index}`);
    await Promise.all(names.map(register));
    const answers = await Promise.all(names.map(waiting));
    await Promise.all(names.map((name) => add(`for-${name}`)));
    const tasks = await Promise.all(answers.map(async ({ answer }) => ((await answer).body['task'] as { id: string }).id));
    expect(new Set(tasks).size).toBe(20);
  });

  test('of a client that has gone takes no task', async () => {
    await register('s-1');
    const socket = await open(server.port);
    socket.write(
      `GET /work/request?session_id=s-1&wait=60 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${server.tokenOf('worker')}\r\n\r\n`,
    );
    await server.request('/swarm/status');
    socket.destroy();
    await once(socket, 'close');
    await server.request('/swarm/status');
    await add('free');
    expect((await server.request('/task/free')).body['task']).toMatchObject({ status: 'pending', assigned_to: null });
  });

  test('of a session that registers again is told that it is replaced', async () => {
    await register('s-1');
    const { answer } = await waiting('s-1');
    await register('s-1');
    expectProblem(await answer, 'incarnation_stale');
  });
});

describe('a command that is repeated under its id', () => {
  test('has its effect once and the same answer, by field or by header', async () => {
    const body = { type: 'build', title: 'once' };
    const first = await server.request('/work/add', { body: { ...body, command_id: 'c-1' } });
    const again = await server.request('/work/add', { body: { ...body, command_id: 'c-1' } });
    const byHeader = await server.request('/work/add', { body, headers: { 'idempotency-key': '"c-1"' } });
    expect([again.body, byHeader.body]).toEqual([first.body, first.body]);
    expect((await server.request('/swarm/status')).body['tasks']).toMatchObject({ total: 1 });
  });

  test('may not name two different ids', async () => {
    const body = { type: 'build', title: 'x', command_id: 'c-1' };
    expectProblem(await server.request('/work/add', { body, headers: { 'idempotency-key': 'c-2' } }), 'invalid_input');
    expectProblem(
      await server.request('/work/add', { body: { type: 'build', title: 'x' }, headers: { 'idempotency-key': 'a b' } }),
      'invalid_input',
    );
  });

  test('is refused when the id was used for another command', async () => {
    await register('s-1');
    await add('a');
    await add('b');
    const claim = (task_id: string) => server.request('/work/claim', { body: { session_id: 's-1', task_id, command_id: 'c-9' } });
    expect((await claim('a')).body).toMatchObject({ status: 'claimed', task_id: 'a' });
    expect((await claim('a')).body).toMatchObject({ status: 'claimed', task_id: 'a' });
    const { head } = server.engine.feed;
    expectProblem(await claim('b'), 'command_reused');
    const others: [string, object][] = [
      ['/work/add', { type: 'build', title: 'x' }],
      ['/work/complete', { session_id: 's-1', task_id: 'a', status: 'completed' }],
      ['/session/register', { session_id: 's-1', capabilities: [] }],
      ['/session/heartbeat', { session_id: 's-1', status: 'idle' }],
      ['/config', { settings: { policy: 'fifo' } }],
    ];
    for (const [path, body] of others) {
      expectProblem(await server.request(path, { body: { ...body, command_id: 'c-9' } }), 'command_reused');
    }
    expect(server.engine.feed.head).toBe(head);
  });

  test('may arrive at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.request('/work/add', { body: { type: 'build', title: 'x', command_id: 'c-3' } })),
    );
    expect(new Set(answers.map(({ body }) => body['task_id']))).toEqual(new Set(['build-001']));
  });
});

describe('a server that ends', () => {
  test('answers those who wait that there is no task, and takes nothing more', async () => {
    await register('s-1');
    const { answer } = await waiting('s-1');
    const closing = server.close();
    expect((await answer).body).toEqual({ task: null, assignment: null });
    await closing;
    await expect(server.request('/livez')).rejects.toThrow('fetch failed');
  });

  test('answers the commands that it has taken once they are durable', async () => {
    const commands = Array.from({ length: 200 }, (_, index) => add(`t-${index}`));
    const all = Promise.allSettled(commands);
    await commands[0];
    const closing = server.close();
    const answers = await all;
    await closing;
    const done = answers.flatMap((answer) =>
      answer.status === 'fulfilled' && answer.value.status === 200 ? [answer.value.body['task_id']] : [],
    );
    const refused = answers.flatMap((answer) =>
      answer.status === 'fulfilled' && answer.value.status !== 200 ? [answer.value.body['code']] : [],
    );
    expect(done.length).toBeGreaterThan(0);
    expect(refused.filter((code) => code !== 'shutting_down')).toEqual([]);
    expect(server.engine.feed.head).toBeGreaterThanOrEqual(done.length);
  });

  test('tells a connection that lives on that it is ending', async () => {
    const socket = await open(server.port);
    const ask = (path: string): string =>
      `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${server.tokenOf('worker')}\r\n\r\n`;
    await register('s-1');
    socket.write(ask('/work/request?session_id=s-1&wait=60') + ask('/swarm/status'));
    await server.request('/swarm/status');
    let text = '';
    socket.on('data', (piece: string) => (text += piece));
    const ended = once(socket, 'close');
    await server.close();
    await ended;
    expect(text).toContain('{"task":null,"assignment":null}');
    expect(text.toLowerCase()).toContain('connection: close');
  });

  test('can be told twice', async () => {
    await Promise.all([server.close(), server.close()]);
    await expect(server.request('/livez')).rejects.toThrow('fetch failed');
  });
});
