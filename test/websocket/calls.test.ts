/**
 * Calls over real sockets: single and batched, in order, under the caller's role; bad frames harm nobody.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BATCH_BYTES } from '../../src/contract/doors.ts';
import { webSocketDoor } from '../../src/server/websocket/websocket-door.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { closeSockets, type Frame, refusedUpgrade, TestSocket } from './test-socket.ts';

let server: TestServer;
const QUIET = '/swarm/realtime?topics=';

beforeEach(async () => {
  server = await startTestServer({ doors: [webSocketDoor()], swarms: ['default', 'red'], allowedOrigins: ['https://tutti.example.org'] });
});

afterEach(async () => {
  await closeSockets();
  await server.close();
});

function codeOf(frame: Readonly<Record<string, unknown>>): string {
  return (frame['error'] as { code: string }).code;
}

describe('calls', () => {
  test('a life of a task, call by call', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    const { output: registered } = (await socket.call('session.register', { session_id: 'a', capabilities: ['build'] })) as {
      output: { credential: string };
    };
    socket.send({ type: 'hello', credential: registered.credential });
    expect(await socket.next('welcome')).toMatchObject({ role: 'admin', cursor: { swarm: 'default', seq: 2 } });
    await socket.call('work.add', { id: 't', type: 'build', title: 'x' });
    expect(await socket.call('work.request', { session_id: 'a' })).toMatchObject({ ok: true, output: { task: { id: 't' } } });
    const done = await socket.call('work.complete', { session_id: 'a', task_id: 't', status: 'completed', result: { files: 3 } });
    expect(done).toMatchObject({ ok: true, output: { status: 'completed', repeated: false } });
    expect(await socket.call('task.show', { task_id: 't' })).toMatchObject({ output: { task: { result: { files: 3 } } } });
    const { body } = await server.request('/event/list?since=0');
    expect((body['events'] as { actor: string }[]).at(-1)?.actor).toBe('session:a');
  });

  test('calls of one frame are taken in order and answered in order, in one frame', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    const calls = [
      { operation: 'session.register', input: { session_id: 'a', capabilities: [], wants_work: false } },
      { operation: 'work.add', input: { id: 't', type: 'build', title: 'x' } },
      { operation: 'work.claim', input: { session_id: 'a', task_id: 't' } },
      { operation: 'work.claim', input: { session_id: 'a', task_id: 'unknown' } },
      { operation: 'work.complete', input: { session_id: 'a', task_id: 't', status: 'completed' } },
      { operation: 'swarm.status' },
      { operation: 'no.such' },
      { operation: 'work.claim', input: { session_id: 'a' } },
    ];
    socket.send({ type: 'calls', id: 7, calls });
    const { id, results } = (await socket.next('results')) as Frame & { id: number; results: Readonly<Record<string, unknown>>[] };
    expect(id).toBe(7);
    expect(results.map((each) => (each['ok'] === true ? 'ok' : codeOf(each)))).toEqual([
      'ok',
      'ok',
      'ok',
      'task_unknown',
      'ok',
      'ok',
      'operation_unknown',
      'invalid_input',
    ]);
    expect(results[5]).toMatchObject({ output: { tasks: { completed: 1 } } });
  });

  test('a frame with costly calls is taken in several turns and still in order', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    const register = (index: number): object => ({
      operation: 'session.register',
      input: { session_id: `s${index}`, capabilities: [], wants_work: false },
    });
    socket.send({ type: 'calls', id: 1, calls: Array.from({ length: 500 }, (_, index) => register(index)) });
    await socket.next('results');
    const calls = [
      ...Array.from({ length: 60 }, () => ({ operation: 'swarm.status' })),
      { operation: 'work.add', input: { id: 't', type: 'build', title: 'x' } },
    ];
    socket.send({ type: 'calls', id: 2, calls });
    socket.send({ type: 'call', id: 3, operation: 'task.show', input: { task_id: 't' } });
    const { results } = await socket.next('results');
    expect((results as { ok: boolean }[]).every((each) => each.ok)).toBe(true);
    expect(await socket.next('result')).toMatchObject({ id: 3, ok: true });
  });

  test('a command that is repeated under its command_id changes nothing twice', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    const input = { type: 'build', title: 'x', command_id: 'once' };
    const first = await socket.call('work.add', input);
    const { head } = server.engine.feed;
    expect((await socket.call('work.add', input))['output']).toEqual(first['output']);
    expect(server.engine.feed.head).toBe(head);
  });

  test('a waiting work.request does not hold up other calls, and ends with its connection', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    await socket.call('session.register', { session_id: 'a', capabilities: [] });
    socket.send({ type: 'call', id: 'parked', operation: 'work.request', input: { session_id: 'a', wait: 300 } });
    expect(await socket.call('swarm.status')).toMatchObject({ ok: true });
    await socket.close();
    const other = await TestSocket.open(server, { path: QUIET });
    await other.call('work.add', { id: 't', type: 'build', title: 'x' });
    expect(await other.call('task.show', { task_id: 't' })).toMatchObject({ output: { task: { status: 'pending' } } });
  });

  test('shutting down answers a waiting work.request, then closes with 1001', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    await socket.call('session.register', { session_id: 'a', capabilities: [] });
    socket.send({ type: 'call', id: 'parked', operation: 'work.request', input: { session_id: 'a', wait: 300 } });
    await socket.call('swarm.status');
    await server.close();
    expect(await socket.next('result')).toMatchObject({ id: 'parked', ok: true, output: { task: null } });
    expect(await socket.closed).toMatchObject({ code: 1001 });
  });
});

describe('roles', () => {
  test('each call needs its role', async () => {
    const viewer = await TestSocket.open(server, { token: server.tokenOf('viewer'), path: QUIET });
    expect(await viewer.call('swarm.status')).toMatchObject({ ok: true });
    expect(codeOf(await viewer.call('work.add', { type: 'build', title: 'x' }))).toBe('forbidden');
    const worker = await TestSocket.open(server, { token: server.tokenOf('worker'), path: QUIET });
    expect(await worker.call('work.add', { id: 't', type: 'build', title: 'x' })).toMatchObject({ ok: true });
    worker.send({ type: 'calls', id: 1, calls: [{ operation: 'task.cancel', input: { task_id: 't' } }, { operation: 'swarm.status' }] });
    const { results } = (await worker.next('results')) as Frame & { results: Readonly<Record<string, unknown>>[] };
    expect([codeOf(results[0] ?? {}), results[1]?.['ok']]).toEqual(['forbidden', true]);
    viewer.send({ type: 'work', session_id: 'a' });
    expect(codeOf(await viewer.next('working'))).toBe('forbidden');
  });

  test('a credential speaks for its session, and for its swarm only', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    const { output } = (await socket.call('session.register', { session_id: 'a', capabilities: [] })) as { output: { credential: string } };
    const { credential } = output;
    const beat = { session_id: 'a', status: 'idle' };
    expect(await socket.call('session.heartbeat', beat, { credential })).toMatchObject({ ok: true });
    expect(codeOf(await socket.call('session.heartbeat', beat, { credential: `${credential}x` }))).toBe('credential_invalid');
    await socket.call('session.register', { session_id: 'a', capabilities: [] });
    expect(codeOf(await socket.call('session.heartbeat', beat, { credential }))).toBe('incarnation_stale');
    const red = await TestSocket.open(server, { path: '/s/red/swarm/realtime?topics=' });
    expect(codeOf(await red.call('session.heartbeat', beat, { credential }))).toBe('credential_invalid');
    red.send({ type: 'hello', credential: 'forged' });
    expect(codeOf(await red.next('error'))).toBe('credential_invalid');
    expect(await red.call('swarm.status')).toMatchObject({ ok: true });
  });
});

describe('who may come in', () => {
  test('a token in a subprotocol, as browsers send it', async () => {
    const protocols = ['tutti', `tutti.bearer.${Buffer.from(server.tokenOf('worker')).toString('base64url')}`];
    const socket = await TestSocket.open(server, { token: null, protocols, path: QUIET });
    expect(socket.ws.protocol).toBe('tutti');
    expect(codeOf(await socket.call('config.apply', { settings: {} }))).toBe('forbidden');
  });

  test('a token in hello; nothing comes and nothing is taken before', async () => {
    const socket = await TestSocket.open(server, { token: null });
    socket.send({ type: 'hello', token: server.tokenOf('viewer') });
    expect(await socket.next('welcome')).toMatchObject({ role: 'viewer', heartbeat_seconds: 15 });
    await socket.next('status_update');
    expect(socket.frames[0]?.type).toBe('welcome');
    const early = await TestSocket.open(server, { token: null });
    early.send({ type: 'call', id: 1, operation: 'swarm.status' });
    expect(codeOf(await early.next('error'))).toBe('unauthenticated');
    expect(await early.closed).toMatchObject({ code: 4001, reason: 'unauthenticated' });
  });

  test('hello chooses the topics', async () => {
    const socket = await TestSocket.open(server, { token: null });
    socket.send({ type: 'hello', token: server.tokenOf('viewer'), topics: ['session'], since: 0 });
    await socket.next('welcome');
    expect(await socket.next('subscribed')).toMatchObject({ subscription: 'default', cursor: { seq: 0 } });
    expect(socket.frames.map((frame) => frame.type)).toEqual(['welcome', 'subscribed']);
  });

  test.each([
    ['a wrong token', { token: 'wrong' }, 'unauthenticated'],
    ['no token', {}, 'unauthenticated'],
    ['a forged credential', { credential: 'forged' }, 'credential_invalid'],
  ])('%s in the first hello closes the connection, with the reason before', async (_name, hello, code) => {
    const socket = await TestSocket.open(server, { token: null });
    const token = 'credential' in hello ? { token: server.tokenOf('admin') } : {};
    socket.send({ type: 'hello', ...token, ...hello });
    expect(codeOf(await socket.next('error'))).toBe(code);
    expect(await socket.closed).toMatchObject({ code: 4001, reason: code });
  });

  test('a later hello changes the credential or the token, or nothing when it is refused', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    const { output } = (await socket.call('session.register', { session_id: 'a', capabilities: [] })) as { output: { credential: string } };
    const beat = (): Promise<Readonly<Record<string, unknown>>> => socket.call('session.heartbeat', { session_id: 'a', status: 'idle' });
    socket.send({ type: 'hello', credential: output.credential });
    await server.request('/session/register', { body: { session_id: 'a', capabilities: [] } });
    expect(codeOf(await beat())).toBe('incarnation_stale');
    socket.send({ type: 'hello', credential: 'forged' });
    expect(codeOf(await beat())).toBe('incarnation_stale');
    socket.send({ type: 'hello', credential: null });
    expect(await beat()).toMatchObject({ ok: true });
    socket.send({ type: 'hello', token: server.tokenOf('viewer') });
    expect(codeOf(await beat())).toBe('forbidden');
  });

  test('who says nothing, or sends too much, without a token is dropped', async () => {
    await server.close();
    server = await startTestServer({ doors: [webSocketDoor({ hello_ms: 10, sweep_ms: 10 })] });
    const silent = await TestSocket.open(server, { token: null });
    expect(await silent.closed).toMatchObject({ code: 4001 });
    await server.close();
    server = await startTestServer({ doors: [webSocketDoor({ hello_bytes: 1000 })] });
    const loud = await TestSocket.open(server, { token: null });
    loud.send({ type: 'hello', token: 'x'.repeat(5000) });
    expect((await loud.closed).code).toBeGreaterThan(1000);
  });

  test.each([
    ['a foreign origin', { headers: { origin: 'https://evil.example' } }, 403, 'origin_refused'],
    ['an opaque origin', { headers: { origin: 'null' } }, 403, 'origin_refused'],
    ['a rebound host', { headers: { host: 'evil.example' } }, 403, 'host_refused'],
    ['a wrong token', { headers: { authorization: 'Bearer nonsense' } }, 401, 'unauthenticated'],
    ['a wrong token in a subprotocol', { headers: { 'sec-websocket-protocol': 'tutti, tutti.bearer.bm8' } }, 401, 'unauthenticated'],
    ['an unknown swarm', { path: '/s/blue/swarm/realtime' }, 404, 'swarm_unknown'],
    ['another path', { path: '/swarm/elsewhere' }, 404, 'operation_unknown'],
    ['an unknown topic', { path: '/swarm/realtime?topics=weather' }, 400, 'invalid_input'],
    ['a since that is no number', { path: '/swarm/realtime?since=yesterday' }, 400, 'invalid_input'],
  ])(
    '%s is refused with a problem',
    async (_name, { path, headers }: { path?: string; headers?: Record<string, string> }, status, code) => {
      const token =
        headers !== undefined && 'sec-websocket-protocol' in headers ? {} : { authorization: `Bearer ${server.tokenOf('admin')}` };
      expect(await refusedUpgrade(server.url + (path ?? '/swarm/realtime'), { ...token, ...headers })).toEqual({ status, code });
    },
  );

  test('the own origin and an allowed one are let in', async () => {
    for (const origin of [server.url, 'https://tutti.example.org']) {
      const socket = await TestSocket.open(server, { headers: { origin } });
      expect(await socket.next('status_update')).toMatchObject({ swarm: 'default' });
    }
  });

  test('one connection too many is refused', async () => {
    await server.close();
    server = await startTestServer({ doors: [webSocketDoor({ connections: 1 })] });
    await TestSocket.open(server);
    const headers = { authorization: `Bearer ${server.tokenOf('admin')}` };
    expect(await refusedUpgrade(`${server.url}/swarm/realtime`, headers)).toEqual({ status: 429, code: 'too_many_requests' });
  });
});

describe('bad frames', () => {
  const call = { type: 'call', id: 'mine', operation: 'swarm.status' };

  test.each<[string, object | string, string, string | undefined]>([
    ['text that is no JSON', 'hello', 'invalid_json', undefined],
    ['nothing', '', 'invalid_json', undefined],
    ['bytes', Buffer.from('{"type":"ping"}'), 'invalid_json', undefined],
    ['a number', '7', 'invalid_input', undefined],
    ['null', 'null', 'invalid_input', undefined],
    ['an array', '[]', 'invalid_input', undefined],
    ['no type', { id: 'mine' }, 'invalid_input', 'mine'],
    ['an unknown type', { type: 'shout', id: 'mine' }, 'invalid_input', 'mine'],
    ['a type of Object.prototype', { type: 'constructor' }, 'invalid_input', undefined],
    ['an unknown field', { ...call, extra: 1 }, 'invalid_input', 'mine'],
    ['no id', { type: 'call', operation: 'swarm.status' }, 'invalid_input', undefined],
    ['an id of a wrong type', { ...call, id: {} }, 'invalid_input', undefined],
    ['no operation', { type: 'call', id: 'mine' }, 'invalid_input', 'mine'],
    ['no calls', { type: 'calls', id: 'mine', calls: [] }, 'invalid_input', 'mine'],
    [
      'too many calls',
      { type: 'calls', id: 'mine', calls: Array.from({ length: 1001 }, () => ({ operation: 'swarm.status' })) },
      'invalid_input',
      'mine',
    ],
    ['20 MB', { ...call, input: { filler: 'x'.repeat(20 * 1_048_576) } }, 'body_too_large', undefined],
    ['an unknown topic', { type: 'subscribe', id: 'mine', topics: ['weather'] }, 'invalid_input', 'mine'],
    ['a cursor that is none', { type: 'subscribe', id: 'mine', since: { seq: 1 } }, 'invalid_input', 'mine'],
    ['a session id that is none', { type: 'work', session_id: '../x' }, 'invalid_input', undefined],
  ])('%s: a clear error, and the connection and others go on', async (_name, frame, code, id) => {
    const other = await TestSocket.open(server, { path: QUIET });
    const socket = await TestSocket.open(server, { path: QUIET });
    socket.send(frame);
    const error = await socket.next('error');
    expect([codeOf(error), error['id']]).toEqual([code, id]);
    expect(await socket.call('swarm.status')).toMatchObject({ ok: true, output: { seq: 1 } });
    expect(await other.call('swarm.status')).toMatchObject({ ok: true });
  });

  test('a frame far beyond the limit closes that connection with 1009, and no other', async () => {
    const other = await TestSocket.open(server, { path: QUIET });
    const socket = await TestSocket.open(server, { path: QUIET });
    socket.send('x'.repeat(2 * BATCH_BYTES + 1));
    expect(await socket.closed).toMatchObject({ code: 1009 });
    expect(await other.call('swarm.status')).toMatchObject({ ok: true });
  });

  test('too many subscriptions are refused, the ones before stay', async () => {
    const socket = await TestSocket.open(server, { path: QUIET });
    for (let index = 0; index <= 64; index += 1) socket.send({ type: 'subscribe', id: `s${index}`, topics: ['session'] });
    expect(await socket.next('error')).toMatchObject({ id: 's64', error: { code: 'too_many_requests' } });
    await socket.call('session.register', { session_id: 'a', capabilities: [] });
    await socket.next('events', (frame) => frame['subscription'] === 's63');
  });
});
