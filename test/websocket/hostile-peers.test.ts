/**
 * Peers that do not read, flood, fall silent or are many: each is bounded, and nobody else notices.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { webSocketDoor } from '../../src/server/websocket/websocket-door.ts';
import type { Door } from '../../src/server/server-context.ts';
import type { WebSocketLimits } from '../../src/server/websocket/websocket-limits.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { closeSockets, TestSocket } from './test-socket.ts';

let server: TestServer;
const raw: Socket[] = [];
const QUIET = '/swarm/realtime?topics=';

/** The server's ends of all connections. */
const serverSockets: Socket[] = [];

/** How often the server looked through its connections in time: a sweep that comes late is left out. */
let sweeps = 0;

async function serve(limits: Partial<WebSocketLimits>): Promise<void> {
  const all = { sweep_ms: 10, ...limits };
  const door: Door = (context, http) => {
    http.on('connection', (socket) => serverSockets.push(socket));
    const { time } = context;
    const after: typeof time.after = (ms, run) => {
      const asked = time.now();
      return time.after(ms, () => {
        if (ms === all.sweep_ms && time.now() - asked <= 2 * ms) sweeps += 1;
        run();
      });
    };
    return webSocketDoor(all)({ ...context, time: { now: () => time.now(), soon: (run) => time.soon(run), after } }, http);
  };
  server = await startTestServer({ doors: [door] });
}

async function addTasks(count: number, filler = ''): Promise<void> {
  const tasks = Array.from({ length: count }, (_, index) => ({ type: 'build', title: `task ${index}`, spec: filler }));
  const { status } = await server.request('/work/add', { body: { tasks } });
  expect(status).toBe(200);
}

/** A WebSocket on a bare TCP socket: it answers no ping and reads only while it is told to. */
async function rawSocket(path = '/swarm/realtime'): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  raw.push(socket);
  socket.on('error', () => undefined);
  const lines = [`GET ${path} HTTP/1.1`, `host: 127.0.0.1:${server.port}`, `authorization: Bearer ${server.tokenOf('admin')}`];
  socket.write(
    [
      ...lines,
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-version: 13',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      '',
      '',
    ].join('\r\n'),
  );
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  return socket;
}

function masked(text: string): Buffer {
  const body = Buffer.from(text);
  const header = body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0x80 | 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), body]);
}

afterEach(async () => {
  serverSockets.length = 0;
  for (const socket of raw.splice(0)) socket.destroy();
  await closeSockets();
  await server.close();
});

describe('R30: a peer that does not read', () => {
  test('is dropped with 4008 and its place, and resumes there without a gap', async () => {
    await serve({ slow_reader_ms: 3000, close_ms: 600_000, sweep_ms: 101 });
    const other = await TestSocket.open(server);
    const slow = await TestSocket.open(server, { path: '/swarm/realtime?since=0' });
    await slow.next('subscribed');
    slow.ws.pause();
    for (let round = 0; round < 40; round += 1) await addTasks(500, 'x'.repeat(1000));
    const { head, journalId } = { head: server.engine.feed.head, journalId: server.engine.journalId };
    await other.next('events', (frame) => frame['seq'] === head);
    // So many sweeps take longer than it may stay behind, on a busy machine too: whoever reads is never that slow.
    const before = sweeps;
    await expect.poll(() => sweeps, { timeout: 120_000 }).toBeGreaterThan(before + 31);
    slow.ws.resume();
    const { code, reason } = await slow.closed;
    expect(code).toBe(4008);
    const resume = JSON.parse(reason) as { journal: string; seq: number };
    expect(resume.journal).toBe(journalId);
    const seqs = eventsOf(slow);
    expect(seqs).toEqual(Array.from({ length: resume.seq }, (_, index) => index + 1));
    expect(resume.seq).toBeLessThan(head);
    const again = await TestSocket.open(server, { path: `/swarm/realtime?since=${resume.seq}` });
    const rest = await again.eventsUpTo(head);
    expect(rest.map((event) => event.seq)).toEqual(Array.from({ length: head - resume.seq }, (_, index) => resume.seq + 1 + index));
  }, 300_000);

  test('costs a bounded amount of memory, however much happens', async () => {
    await serve({ slow_reader_ms: 60_000, unsent_bytes: 100_000 });
    await addTasks(20);
    const sockets = await Promise.all(Array.from({ length: 5 }, (_, index) => rawSocket(`/swarm/realtime?since=${index}&topics=events`)));
    for (const socket of sockets) socket.pause();
    const attentive = await TestSocket.open(server, { path: '/swarm/realtime?topics=events' });
    for (let round = 0; round < 8; round += 1) await addTasks(500, 'x'.repeat(3000));
    await attentive.next('events', (frame) => frame['seq'] === server.engine.feed.head);
    // 5 readers at different places, 13 MB of events each, of which the system's own buffers take some.
    const held = (): number => Math.max(...serverSockets.map((socket) => socket.writableLength));
    await expect.poll(held).toBeGreaterThanOrEqual(100_000);
    expect(held()).toBeLessThan(2 * 1_048_576);
    expect(await attentive.call('swarm.status')).toMatchObject({ ok: true, output: { tasks: { total: 4020 } } });
  });

  test('but sends: nothing more is taken from it, so that its answers do not pile up', async () => {
    await serve({ unsent_bytes: 50_000 });
    await addTasks(200, 'x'.repeat(2000));
    const socket = await rawSocket(QUIET);
    socket.pause();
    const call = (operation: string, input: object): Buffer => masked(JSON.stringify({ type: 'call', id: 1, operation, input }));
    for (let sent = 0; sent < 100; sent += 1) socket.write(call('task.list', { limit: 200 }));
    socket.write(call('work.add', { id: 'last', type: 'build', title: 'x' }));
    const other = await TestSocket.open(server, { path: QUIET });
    for (let round = 0; round < 100; round += 1) await other.call('task.list', { limit: 200 });
    expect(await other.call('task.show', { task_id: 'last' })).toMatchObject({ ok: false });
    socket.resume();
    let shown = await other.call('task.show', { task_id: 'last' });
    while (shown['ok'] !== true) shown = await other.call('task.show', { task_id: 'last' });
    expect(shown).toMatchObject({ output: { task: { id: 'last' } } });
  });
});

describe('a peer that floods', () => {
  test('is read no faster than its calls are answered; others go on', async () => {
    await serve({ calls_in_flight: 50 });
    const flood = await TestSocket.open(server, { path: QUIET });
    await flood.call('session.register', { session_id: 'a', capabilities: [] });
    for (let index = 0; index < 50; index += 1)
      flood.send({ type: 'call', id: `parked-${index}`, operation: 'work.request', input: { session_id: 'a', wait: 300 } });
    flood.send({ type: 'call', id: 'held back', operation: 'work.add', input: { id: 'mine', type: 'build', title: 'x' } });
    const other = await TestSocket.open(server, { path: QUIET });
    for (let round = 0; round < 5; round += 1) await other.call('swarm.status');
    expect((await other.call('task.show', { task_id: 'mine' }))['ok']).toBe(false);
    await other.call('work.add', { id: 'wakes', type: 'build', title: 'x' });
    await flood.next('result', (frame) => frame['id'] === 'held back');
    expect((await other.call('task.show', { task_id: 'mine' }))['ok']).toBe(true);
  });

  test('50,000 frames at once, good and bad, are all answered, in order', async () => {
    await serve({});
    const flood = await TestSocket.open(server, { path: QUIET });
    const other = await TestSocket.open(server, { path: QUIET });
    const count = 50_000;
    for (let index = 0; index < count; index += 1) flood.send(index % 5 === 0 ? '{' : { type: 'ping', id: index });
    expect(await other.call('swarm.status')).toMatchObject({ ok: true });
    await flood.next('pong', (frame) => frame['id'] === count - 1);
    expect(flood.frames.filter((frame) => frame.type === 'error')).toHaveLength(count / 5);
    const pongs = flood.frames.flatMap((frame) => (frame.type === 'pong' ? [Number(frame['id'])] : []));
    expect(pongs).toEqual(Array.from({ length: count }, (_, index) => index).filter((index) => index % 5 !== 0));
  });
});

describe('a peer that is gone', () => {
  test('without a word is pinged, then dropped; its demand for work ends', async () => {
    await serve({ heartbeat_ms: 50 });
    await server.request('/session/register', { body: { session_id: 'a', capabilities: [], wants_work: false } });
    const dead = await rawSocket(QUIET);
    // On a busy machine it may be dropped before anything else is done here.
    const dropped = once(dead, 'close');
    dead.resume();
    dead.write(masked(JSON.stringify({ type: 'work', session_id: 'a' })));
    await dropped;
    await addTasks(1);
    expect((await server.request('/task/build-001')).body['task']).toMatchObject({ status: 'pending' });
  });

  test('in the middle of a frame leaves nothing behind', async () => {
    await serve({});
    const socket = await rawSocket(QUIET);
    socket.write(masked(JSON.stringify({ type: 'call', id: 1, operation: 'swarm.status' })).subarray(0, 20));
    socket.destroy();
    const other = await TestSocket.open(server, { path: QUIET });
    expect(await other.call('swarm.status')).toMatchObject({ ok: true });
  });

  test('one that answers pings stays', async () => {
    await serve({ heartbeat_ms: 200 });
    const socket = await TestSocket.open(server, { path: QUIET });
    for (let count = 0; count < 5; count += 1) await new Promise((resolve) => socket.ws.once('ping', resolve));
    expect(await socket.call('swarm.status')).toMatchObject({ ok: true });
  });
});

test('1,000 connections all get every event, from one frame', async () => {
  await serve({});
  const sockets = await Promise.all(Array.from({ length: 1000 }, () => TestSocket.open(server, { path: '/swarm/realtime?topics=events' })));
  await Promise.all(sockets.map((socket) => socket.next('subscribed')));
  for (let round = 0; round < 10; round += 1) await addTasks(10);
  const { head } = server.engine.feed;
  await Promise.all(sockets.map((socket) => socket.next('events', (frame) => frame['seq'] === head)));
  const expected = Array.from({ length: head - 1 }, (_, index) => index + 2);
  for (const socket of sockets) expect(eventsOf(socket)).toEqual(expected);
});

function eventsOf(socket: TestSocket): number[] {
  return socket.frames.flatMap((frame) =>
    frame.type === 'events' ? (frame['events'] as { seq: number }[]).map((event) => event.seq) : [],
  );
}
