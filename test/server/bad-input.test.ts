/**
 * Bad input, operation by operation: each gets a clear 4xx with its stable code, and not one event is written.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/contract/error-catalogue.ts';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import { startTestServer, type TestResponse, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { firstPath } from './operation-calls.ts';
import { VALID_INPUTS } from './valid-inputs.ts';

let server: TestServer;
/** Leases: of the task `held` now, and one of its past. */
const lease = { now: 0, past: 0 };

beforeAll(async () => {
  server = await startTestServer();
  // On a busy machine the file takes longer than a session may be silent by default.
  await server.request('/config', { body: { settings: { offline_after: 86_400 } } });
  const { request } = server;
  const must = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await request(path, { body });
    expect(response).toMatchObject({ status: 200 });
    return response.body;
  };
  for (const session_id of ['eng-1', 'eng-2', 'gone']) {
    await must('/session/register', { session_id, capabilities: ['build'], max_concurrent_tasks: 2, wants_work: false });
  }
  await must('/session/deregister', { session_id: 'gone' });
  const task = { type: 'build', title: 'Build', required_capability: 'build' };
  await must('/work/add', {
    tasks: [
      { ...task, id: 'held' },
      { ...task, id: 'done' },
      { ...task, id: 'open' },
      { ...task, id: 'waiting', dependencies: ['open'] },
      { ...task, id: 'painting', required_capability: 'paint' },
      { ...task, id: 'full-1' },
      { ...task, id: 'full-2' },
    ],
  });
  lease.past = (await must('/work/claim', { session_id: 'eng-2', task_id: 'held' }))['lease'] as number;
  await must('/session/register', { session_id: 'eng-2', capabilities: ['build'], max_concurrent_tasks: 2, wants_work: false });
  lease.now = (await must('/work/claim', { session_id: 'eng-1', task_id: 'held' }))['lease'] as number;
  await must('/work/claim', { session_id: 'eng-1', task_id: 'done' });
  await must('/work/complete', { session_id: 'eng-1', task_id: 'done', status: 'completed', result: 'yes' });
  await must('/work/claim', { session_id: 'eng-2', task_id: 'full-1' });
  await must('/work/claim', { session_id: 'eng-2', task_id: 'full-2' });
});

afterAll(() => server.close());

/** What is sent, and what must come back. */
interface Case {
  readonly what: string;
  readonly input: unknown;
  readonly code: ErrorCode;
  /** What the detail must name. */
  readonly names?: string;
}

/** Values of the wrong type or beyond the bounds, by field. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  session_id: ['', ' ', 'a b', '../x', 'é', 'x'.repeat(129), '\u0000'],
  task_id: ['', 'a b', '-x', 'x'.repeat(129)],
  capabilities: ['build', { 0: 'build' }, [1], ['a b'], Array.from({ length: 101 }, (_, index) => `c${index}`)],
  status: ['', 'BUSY', 'gone'],
  progress: ['0.5', -0.1, 1.1, null],
  current_task: [7, '', ['held']],
  wait: ['soon', -1, 301],
  type: ['', 'a b', 7, 'x'.repeat(65)],
  title: ['', 7, null, 'x'.repeat(2001)],
  reason: ['x'.repeat(2001)],
  result: [7, true, ['x']],
  limit: ['ten', 0, 1001, 1.5],
  since: ['now', -1, 0.5],
  name: ['', 'a b', '-x', 'file:', 'file:/etc', 'file:a//b', 'file:../x', 'file:a/', 'file:[ab]', 'x'.repeat(257)],
  description: ['', 7, 'x'.repeat(2001)],
  capability: ['', 'a b', '-x', 'x'.repeat(65)],
  schedule_id: ['', 'a b', '-x', 'x'.repeat(65)],
  cron: ['', 7, null, 'x'.repeat(257)],
  time_zone: ['', 7, 'x'.repeat(65)],
  task: [7, 'build', { type: 'build' }, { type: 'build', title: 'x', id: 'x' }, { type: 'build', title: 'x', dependencies: [] }],
  catch_up: ['some', 7],
  overlap: ['never', 7],
  jitter_seconds: [-1, 86_401, 'some'],
  resource: ['', 'a b', '-x', 'x'.repeat(65)],
  capacity: [-1, 1.5, 'many', 1_000_001],
  key: ['', 'a b', 'x'.repeat(129)],
  concurrency: [-1, 1.5, 'two'],
  rate: [7, {}, { count: 0, per_seconds: 1 }, { count: 1, per_seconds: 0 }],
  skills: ['coding', [7], [''], Array.from({ length: 101 }, (_, index) => `s${index}`)],
  time_multiplier: [0, -1, 'half', 101],
  detection: [7, {}, { task_types: [], more_than: 1 }, { task_types: ['build'], more_than: -1 }],
  topic: ['', 'a b', '/api', {}, 'x'.repeat(257)],
  content: [7, null, ['x']],
  tags: ['api', [7], ['a b'], Array.from({ length: 21 }, (_, index) => `t${index}`)],
  tag: ['', 'a b', 'x'.repeat(65)],
  version: [0, -1, 1.5, 'newest'],
  expected_version: [-1, 1.5, 'any'],
  source: ['held', { commit: 'xyz' }, { nonsense: 1 }],
  query: ['', 'x'.repeat(1001)],
  to: ['', 'a b', 7, 'x'.repeat(129)],
  mailbox: ['', 'a b', 'x'.repeat(129)],
  channel: ['', '#builds', 7, 'x'.repeat(65)],
  body: [7, null, ['hello']],
  subject: ['', 7, 'x'.repeat(201)],
  priority: [0, 11, 'high', 1.5],
  reply_to: [0, -1, 'first', 1.5],
  message_id: [0, -1, 'first', 1.5],
  message_ids: [[], 7, ['1'], [0], Array.from({ length: 101 }, (_, index) => index + 1)],
  token: ['one', 0, -1, 1.5],
  ttl_seconds: ['long', 0, 86_401],
  settings: [7, { nonsense: 1 }, { heartbeat_interval: 0 }, { policy: 'best' }, null],
};

const task0 = { type: 'build', title: 'x' };

const RULES: Readonly<Partial<Record<OperationName, readonly Case[]>>> = {
  'session.heartbeat': [
    { what: 'of an unknown session', input: { session_id: 'nobody', status: 'idle' }, code: 'session_unknown', names: 'nobody' },
    { what: 'of a deregistered session', input: { session_id: 'gone', status: 'idle' }, code: 'session_ended', names: 'gone' },
  ],
  'session.deregister': [
    { what: 'of an unknown session', input: { session_id: 'nobody' }, code: 'session_unknown' },
    { what: 'of a deregistered session', input: { session_id: 'gone' }, code: 'session_ended' },
  ],
  'session.show': [{ what: 'of an unknown session', input: { session_id: 'nobody' }, code: 'session_unknown' }],
  'schedule.add': [
    {
      what: 'that is no cron',
      input: { schedule_id: 'x', cron: '61 * * * *', task: task0 },
      code: 'schedule_invalid',
      names: 'minute: 61',
    },
    { what: 'that never comes', input: { schedule_id: 'x', cron: '0 0 30 2 *', task: task0 }, code: 'schedule_invalid', names: 'never' },
    {
      what: 'in no time zone',
      input: { schedule_id: 'x', cron: '@daily', time_zone: 'Mars/Base', task: task0 },
      code: 'schedule_invalid',
      names: 'Mars/Base is no IANA time zone',
    },
    {
      what: 'with a huge spec',
      input: { schedule_id: 'x', cron: '@daily', task: { ...task0, spec: 'x'.repeat(300_000) } },
      code: 'event_too_large',
    },
  ],
  'schedule.show': [{ what: 'that is not there', input: { schedule_id: 'none' }, code: 'schedule_unknown', names: 'none' }],
  'schedule.pause': [{ what: 'that is not there', input: { schedule_id: 'none' }, code: 'schedule_unknown' }],
  'schedule.resume': [{ what: 'that is not there', input: { schedule_id: 'none' }, code: 'schedule_unknown' }],
  'schedule.remove': [{ what: 'that is not there', input: { schedule_id: 'none' }, code: 'schedule_unknown' }],
  'schedule.run': [{ what: 'that is not there', input: { schedule_id: 'none' }, code: 'schedule_unknown' }],
  'resource.set': [
    {
      what: 'as a range that ends before it begins',
      input: { resource: 'web', ports: { from: 9, to: 8 } },
      code: 'resource_invalid',
      names: 'ends at 8',
    },
  ],
  'resource.show': [{ what: 'that is not there', input: { resource: 'none' }, code: 'resource_unknown', names: 'none' }],
  'resource.remove': [{ what: 'that is not there', input: { resource: 'none' }, code: 'resource_unknown' }],
  'limit.set': [
    { what: 'that bounds nothing', input: { key: 'x' }, code: 'limit_invalid', names: 'bounds nothing' },
    { what: 'of a type without a name', input: { key: 'type:', concurrency: 1 }, code: 'limit_invalid', names: 'type:' },
  ],
  'limit.remove': [{ what: 'that is not there', input: { key: 'none' }, code: 'limit_unknown', names: 'none' }],
  'capability.show': [{ what: 'of one that nobody defined', input: { capability: 'paint' }, code: 'capability_unknown', names: 'paint' }],
  'capability.remove': [
    { what: 'of one that nobody defined', input: { capability: 'bild' }, code: 'capability_unknown', names: 'bild' },
    { what: 'of one that comes with Tutti', input: { capability: 'build' }, code: 'capability_built_in', names: 'build' },
  ],
  'capability.detect': [{ what: 'of an unknown session', input: { session_id: 'nobody' }, code: 'session_unknown' }],
  'capability.grant': [
    { what: 'to an unknown session', input: { session_id: 'nobody', capability: 'build' }, code: 'session_unknown' },
    { what: 'to a deregistered session', input: { session_id: 'gone', capability: 'build' }, code: 'session_ended' },
  ],
  'work.request': [
    { what: 'of an unknown session', input: { session_id: 'nobody' }, code: 'session_unknown' },
    { what: 'of an unknown session that would wait', input: { session_id: 'nobody', wait: 30 }, code: 'session_unknown' },
    { what: 'of a deregistered session', input: { session_id: 'gone' }, code: 'session_ended' },
  ],
  'work.claim': [
    { what: 'by an unknown session', input: { session_id: 'nobody', task_id: 'open' }, code: 'session_unknown' },
    { what: 'by a deregistered session', input: { session_id: 'gone', task_id: 'open' }, code: 'session_ended' },
    { what: 'of an unknown task', input: { session_id: 'eng-1', task_id: 'nothing' }, code: 'task_unknown', names: 'nothing' },
    { what: "of another's task", input: { session_id: 'eng-2', task_id: 'held' }, code: 'task_taken', names: 'eng-1' },
    { what: 'of a task that is done', input: { session_id: 'eng-1', task_id: 'done' }, code: 'task_terminal', names: 'completed' },
    { what: 'of a task that waits', input: { session_id: 'eng-1', task_id: 'waiting' }, code: 'task_not_ready' },
    { what: 'without the capability', input: { session_id: 'eng-1', task_id: 'painting' }, code: 'capability_missing', names: 'paint' },
    { what: 'without a free slot', input: { session_id: 'eng-2', task_id: 'open' }, code: 'no_free_slot', names: '2 of 2' },
  ],
  'work.update': [
    { what: 'by an unknown session', input: { session_id: 'nobody', task_id: 'held' }, code: 'session_unknown' },
    { what: 'by a deregistered session', input: { session_id: 'gone', task_id: 'held' }, code: 'session_ended' },
    { what: 'of an unknown task', input: { session_id: 'eng-1', task_id: 'nothing' }, code: 'task_unknown' },
    { what: "of another's task", input: { session_id: 'eng-2', task_id: 'held', progress: 1 }, code: 'not_holder' },
    { what: 'of a task that nobody holds', input: { session_id: 'eng-1', task_id: 'open', progress: 1 }, code: 'not_holder' },
    {
      what: 'with details that are too large',
      input: { session_id: 'eng-1', task_id: 'held', details: 'x'.repeat(300_000) },
      code: 'event_too_large',
    },
  ],
  'work.complete': [
    { what: 'by an unknown session', input: { session_id: 'nobody', task_id: 'held', status: 'completed' }, code: 'session_unknown' },
    { what: 'by a deregistered session', input: { session_id: 'gone', task_id: 'held', status: 'completed' }, code: 'session_ended' },
    { what: 'of an unknown task', input: { session_id: 'eng-1', task_id: 'nothing', status: 'completed' }, code: 'task_unknown' },
    { what: "of another's task", input: { session_id: 'eng-2', task_id: 'held', status: 'completed' }, code: 'not_holder' },
    { what: 'the other way than before', input: { session_id: 'eng-1', task_id: 'done', status: 'failed' }, code: 'task_terminal' },
    {
      what: 'with a result that is too large',
      input: { session_id: 'eng-1', task_id: 'held', status: 'completed', result: 'x'.repeat(300_000) },
      code: 'event_too_large',
    },
  ],
  'work.add': [
    { what: 'under a taken id', input: { id: 'open', type: 'build', title: 'Other' }, code: 'task_exists', names: 'open' },
    { what: 'twice under one id', input: { tasks: [task('twice'), { ...task('twice'), title: 'Other' }] }, code: 'task_exists' },
    { what: 'on an unknown dependency', input: { ...task('x1'), dependencies: ['nothing'] }, code: 'dependency_unknown', names: 'nothing' },
    { what: 'on itself', input: { ...task('x2'), dependencies: ['x2'] }, code: 'dependency_cycle' },
    {
      what: 'in a circle',
      input: { tasks: [task('x3', 'x5'), task('x4', 'x3'), task('x5', 'x4')] },
      code: 'dependency_cycle',
      names: '→',
    },
    { what: 'half valid', input: { tasks: [task('x6'), { ...task('x7'), dependencies: ['nothing'] }] }, code: 'dependency_unknown' },
    { what: 'of no task', input: { tasks: [] }, code: 'invalid_input', names: 'tasks: must be at least 1 entries long' },
    {
      what: 'with a wrong task among many',
      input: { tasks: [task('x8'), { type: 'build' }] },
      code: 'invalid_input',
      names: 'tasks[1].title: missing',
    },
    { what: 'with a huge spec', input: { ...task('x9'), spec: 'x'.repeat(300_000) }, code: 'event_too_large' },
    { what: 'with a bottomless spec', input: { ...task('x10'), spec: nested(100) }, code: 'invalid_input', names: 'spec' },
    {
      what: 'with a priority of 11',
      input: { ...task('x11'), priority: 11 },
      code: 'invalid_input',
      names: 'priority: must be at most 10',
    },
  ],
  'task.show': [{ what: 'of an unknown task', input: { task_id: 'nothing' }, code: 'task_unknown' }],
  'task.cancel': [
    { what: 'of an unknown task', input: { task_id: 'nothing' }, code: 'task_unknown' },
    { what: 'of a task that is done', input: { task_id: 'done' }, code: 'task_terminal' },
  ],
  'task.retry': [
    { what: 'of an unknown task', input: { task_id: 'nothing' }, code: 'task_unknown' },
    { what: 'of a task that is done', input: { task_id: 'done' }, code: 'task_terminal' },
    { what: 'of a task that runs', input: { task_id: 'held' }, code: 'task_not_terminal' },
  ],
};

function task(id: string, ...dependencies: string[]): Record<string, unknown> {
  return { id, type: 'build', title: id, dependencies };
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = { value };
  return value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Sends an input over the operation's first path, as a client would. */
async function send(name: OperationName, input: unknown): Promise<TestResponse> {
  const path = firstPath(name);
  const fields: Record<string, unknown> =
    typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : { ...VALID_INPUTS[name] };
  const url = path.path.replaceAll(/\{(\w+)\}/g, (_whole, field: string) => {
    const value = encodeURIComponent(textOf(fields[field]));
    delete fields[field];
    return value;
  });
  const get = path.method === 'GET';
  if (!get)
    return server.request(url, { method: path.method, body: typeof input === 'string' ? input : Array.isArray(input) ? input : fields });
  const query = new URLSearchParams(Object.entries(fields).map(([field, value]): [string, string] => [field, textOf(value)]));
  return server.request(`${url}?${query.toString()}`);
}

async function expectRefused(name: OperationName, { input, code, names }: Case): Promise<void> {
  const before = server.engine.feed.head;
  const response = await send(name, input);
  expectProblem(response, code);
  if (names !== undefined) expect(response.body['detail']).toContain(names);
  expect(server.engine.feed.head).toBe(before);
}

const names = Object.keys(OPERATIONS) as OperationName[];

describe.each(names)('%s', (name) => {
  const valid = VALID_INPUTS[name];
  const isPost = firstPath(name).method === 'POST';
  const inPath = firstPath(name).path;

  test('refuses a field it does not know', async () => {
    await expectRefused(name, { what: '', input: { ...valid, colour: 'red' }, code: 'invalid_input', names: 'colour: unknown field' });
  });

  test('refuses keys that would reach the prototype', async () => {
    const before = server.engine.feed.head;
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const response = isPost
        ? await send(name, JSON.stringify({ ...valid, x: 1 }).replace('"x":1', `"${key}":{"polluted":true}`))
        : await send(name, { ...valid, ...(JSON.parse(`{"${key}":"polluted"}`) as object) });
      expectProblem(response, 'invalid_input');
      expect(response.body['detail']).toContain(`${key}: unknown field`);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(server.engine.feed.head).toBe(before);
  });

  const wrong = Object.keys(valid).flatMap((field) => (WRONG[field] ?? []).map((value) => ({ field, value })));
  if (wrong.length > 0)
    test('refuses values of the wrong type and beyond the bounds, and names the field', async () => {
      for (const { field, value } of wrong) {
        // Text is what a query is made of, and a path part must have a character.
        if (!isPost && (typeof value === 'object' || (value === '' && inPath.includes(`{${field}}`)))) continue;
        await expectRefused(name, { what: '', input: { ...valid, [field]: value }, code: 'invalid_input', names: field });
      }
    });

  const required = Object.keys(valid).filter(
    (field) => !inPath.includes(`{${field}}`) && !OPERATIONS[name].input.safeParse(without(valid, field)).success,
  );
  if (required.length > 0)
    test('names the field that is missing', async () => {
      for (const field of required) {
        await expectRefused(name, { what: '', input: without(valid, field), code: 'invalid_input', names: `${field}: missing` });
      }
    });

  if (isPost)
    test('refuses what is no JSON object', async () => {
      for (const body of ['[]', '"text"', '7', 'true', 'null']) {
        const response = await send(name, body);
        expectProblem(response, 'invalid_input');
      }
      for (const body of ['{', '{"a":}', "{'a':1}", 'nonsense', '\uFEFF{}', '{"a":1}{']) {
        await expectRefused(name, { what: '', input: body, code: 'invalid_json' });
      }
    });

  if (isPost)
    test('refuses a body of 20 MB', async () => {
      await expectRefused(name, { what: '', input: JSON.stringify({ ...valid, text: 'x'.repeat(20_000_000) }), code: 'body_too_large' });
    });

  if (isPost)
    test('refuses a body that nests without end', async () => {
      const deep = '['.repeat(200_000) + ']'.repeat(200_000);
      await expectRefused(name, { what: '', input: `{"deep":${deep}}`, code: 'invalid_input' });
    });

  test.each(RULES[name] ?? [])('is refused $what: $code', async (each) => expectRefused(name, each));
});

describe('a lease', () => {
  const expectStale = async (name: OperationName, input: Record<string, unknown>, code: ErrorCode): Promise<void> =>
    expectRefused(name, { what: '', input, code });

  test('of the past changes nothing', async () => {
    await expectStale('work.update', { session_id: 'eng-2', task_id: 'held', progress: 1, lease: lease.past }, 'lease_stale');
    await expectStale('work.update', { session_id: 'eng-1', task_id: 'held', progress: 1, lease: lease.past }, 'lease_stale');
    await expectStale('work.complete', { session_id: 'eng-2', task_id: 'held', status: 'completed', lease: lease.past }, 'lease_stale');
  });

  test("of another's session changes nothing", async () => {
    await expectStale('work.update', { session_id: 'eng-2', task_id: 'held', progress: 1, lease: lease.now }, 'not_holder');
    await expectStale('work.complete', { session_id: 'eng-2', task_id: 'held', status: 'completed', lease: lease.now }, 'not_holder');
  });

  test('that never was changes nothing', async () => {
    await expectStale('work.update', { session_id: 'eng-1', task_id: 'held', progress: 1, lease: 999_999 }, 'lease_stale');
    await expectStale('work.complete', { session_id: 'eng-1', task_id: 'held', status: 'completed', lease: 999_999 }, 'lease_stale');
    await expectStale('work.update', { session_id: 'eng-1', task_id: 'held', progress: 1, lease: 0 }, 'invalid_input');
  });
});

function without(input: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([key]) => key !== field));
}
