/**
 * The batch door: every call is answered for itself, in its place.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOutput } from '../../src/contract/batch.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ swarms: ['default', 'other'] });
});

afterEach(() => server.close());

type Result = { ok: boolean; output: Record<string, unknown>; error: Record<string, unknown> };

async function batch(calls: readonly unknown[], path = '/batch', token = server.tokenOf('admin')): Promise<Result[]> {
  const response = await server.request(path, { body: { calls }, token });
  expect(response).toMatchObject({ status: 200 });
  expect(batchOutput.safeParse(response.body).error).toBeUndefined();
  return response.body['results'] as Result[];
}

const add = (id: string) => ({ operation: 'work.add', input: { id, type: 'build', title: id } });

test('answers each call as if it had come alone, in the order of the calls', async () => {
  await batch([
    { operation: 'session.register', input: { session_id: 's-1', capabilities: [], max_concurrent_tasks: 100, wants_work: false } },
  ]);
  const results = await batch([
    add('a'),
    { operation: 'work.claim', input: { session_id: 's-1', task_id: 'nothing' } },
    { operation: 'work.nonsense' },
    { operation: 'swarm.status' },
    { operation: 'work.add', input: { type: 'build' } },
    add('b'),
  ]);
  expect(results.map(({ ok, error, output }) => (ok ? (output['task_id'] ?? output['swarm']) : error['code']))).toEqual([
    'a',
    'task_unknown',
    'operation_unknown',
    'default',
    'invalid_input',
    'b',
  ]);
  expect(results[4]?.error).toMatchObject({ status: 400, detail: expect.stringContaining('title: missing'), retryable: false });
});

test('a thousand calls share one commit', async () => {
  const { head } = server.engine.feed;
  const chunks: number[] = [];
  const stop = server.engine.feed.listen((events) => chunks.push(events.length));
  const results = await batch(Array.from({ length: 1000 }, (_, index) => add(`t-${index}`)));
  stop();
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(server.engine.feed.head).toBe(head + 1000);
  expect(chunks.length).toBeLessThan(500);
});

test('A5, A7: claims many and completes many, each under its own lease, and one that is refused holds up none', async () => {
  const input = { session_id: 's-1', capabilities: [], max_concurrent_tasks: 50, wants_work: false };
  await batch([{ operation: 'session.register', input }, ...Array.from({ length: 50 }, (_, index) => add(`t-${index}`))]);
  const ids = Array.from({ length: 50 }, (_, index) => `t-${index}`);
  const named = { session_id: 's-1' };
  const claimed = await batch(ids.map((task_id) => ({ operation: 'work.claim', input: { ...named, task_id } })));
  const leases = claimed.map(({ output }) => Number(output['lease']));
  expect(new Set(leases).size).toBe(50);
  const ends = ids.map((task_id, index) => {
    const lease = index === 7 ? 1 : leases[index];
    return { operation: 'work.complete', input: { ...named, task_id, lease, status: 'completed' } };
  });
  const completed = await batch(ends);
  expect(completed.flatMap(({ ok, error }, index) => (ok ? [] : [[index, error['code']]]))).toEqual([[7, 'lease_stale']]);
  expect((await server.request('/api/metrics')).body).toMatchObject({ tasks_in_progress: 1, tasks_completed: 49 });
  expect((await batch(ends)).filter(({ ok, output }) => ok && output['repeated'] === true)).toHaveLength(49);
});

test('holds the loop for moments only: others are answered before a costly batch ends', async () => {
  await batch(Array.from({ length: 1000 }, (_, index) => add(`t-${index}`)));
  const order: string[] = [];
  const costly = batch(Array.from({ length: 300 }, () => ({ operation: 'task.list', input: { limit: 1000 } }))).then(() =>
    order.push('batch'),
  );
  await server.request('/livez').then(() => order.push('probe'));
  await costly;
  expect(order).toEqual(['probe', 'batch']);
});

test('an answer without end is cut off, call by call', async () => {
  await batch([{ operation: 'work.add', input: { id: 'big', type: 'build', title: 'x', spec: 'x'.repeat(240_000) } }]);
  const results = await batch(Array.from({ length: 500 }, () => ({ operation: 'task.show', input: { task_id: 'big' } })));
  expect(results[0]?.ok).toBe(true);
  expect(results.at(-1)?.error).toMatchObject({ code: 'answer_too_large', status: 422 });
});

test('each call needs the role of its operation', async () => {
  const results = await batch(
    [{ operation: 'swarm.status' }, add('a'), { operation: 'config.apply', input: { settings: {} } }],
    '/batch',
    server.tokenOf('viewer'),
  );
  expect(results.map(({ ok, error }) => ok || error['code'])).toEqual([true, 'forbidden', 'forbidden']);
});

test('calls can carry the credentials of several sessions', async () => {
  const register = (session_id: string) => ({ operation: 'session.register', input: { session_id, capabilities: [], wants_work: false } });
  const [one, two] = await batch([register('s-1'), register('s-2')]);
  const beat = (session_id: string, credential: unknown) => ({
    operation: 'session.heartbeat',
    input: { session_id, status: 'busy' },
    credential,
  });
  const credentials = [one?.output['credential'], two?.output['credential']];
  const results = await batch([
    beat('s-1', credentials[0]),
    beat('s-2', credentials[1]),
    beat('s-2', credentials[0]),
    beat('s-2', 'nonsense'),
  ]);
  expect(results.map(({ ok, error }) => ok || error['code'])).toEqual([true, true, 'credential_invalid', 'credential_invalid']);
});

test('names its swarm in the path', async () => {
  await batch([add('there')], '/s/other/batch');
  expect((await server.request('/s/other/task/there')).status).toBe(200);
  expectProblem(await server.request('/task/there'), 'task_unknown');
});

test('a call that waits for work is answered with the rest', async () => {
  await batch([{ operation: 'session.register', input: { session_id: 's-1', capabilities: [], wants_work: false } }]);
  const waiting = batch([{ operation: 'work.request', input: { session_id: 's-1', wait: 60 } }, { operation: 'swarm.status' }]);
  await server.request('/work/add', { body: { id: 'late', type: 'build', title: 'x' } });
  expect((await waiting)[0]?.output).toMatchObject({ task: { id: 'late' } });
});

test.each([
  ['no calls', { calls: [] }],
  ['too many calls', { calls: Array.from({ length: 1001 }, () => ({ operation: 'swarm.status' })) }],
  ['no list', { calls: { operation: 'swarm.status' } }],
  ['an unknown field', { calls: [{ operation: 'swarm.status', when: 'now' }] }],
  ['no operation', { calls: [{ input: {} }] }],
  ['nothing', {}],
])('with %s is refused as a whole', async (_what, body) => {
  const { head } = server.engine.feed;
  expectProblem(await server.request('/batch', { body }), 'invalid_input');
  expect(server.engine.feed.head).toBe(head);
});

test('of 20 MB is refused as a whole', async () => {
  expectProblem(await server.request('/batch', { body: { calls: [add('x'.repeat(20_000_000))] } }), 'body_too_large');
});
