/**
 * A10 over real sockets: the status at once and every 2 s, each event as it happens, resume without a gap.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { webSocketDoor } from '../../src/server/websocket/websocket-door.ts';
import type { WebSocketLimits } from '../../src/server/websocket/websocket-limits.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/start-test-server.ts';
import { closeSockets, TestSocket } from './test-socket.ts';

let server: TestServer;

async function serve(limits: Partial<WebSocketLimits> = {}, options: TestServerOptions = {}): Promise<TestServer> {
  server = await startTestServer({ ...options, doors: [webSocketDoor(limits)] });
  return server;
}

async function addTasks(count: number): Promise<number> {
  const tasks = Array.from({ length: count }, (_, index) => ({ type: 'build', title: `task ${index}` }));
  await server.request('/work/add', { body: { tasks } });
  return server.engine.feed.head;
}

afterEach(async () => {
  await closeSockets();
  await server.close();
});

describe('A10: status', () => {
  test('A10: the first frame is the A9 object with a type and a seq', async () => {
    await serve();
    await addTasks(2);
    const { body } = await server.request('/swarm/status');
    const socket = await TestSocket.open(server);
    await socket.next('status_update');
    const [first] = socket.frames;
    expect(first).toMatchObject({ type: 'status_update', seq: server.engine.feed.head, tasks: { pending: 2 } });
    expect(Object.keys(first as object).sort()).toEqual([...Object.keys(body), 'type'].sort());
  });

  test('A10: the status comes again and again, and shows what has happened', async () => {
    await serve({ status_ms: 20 });
    const socket = await TestSocket.open(server);
    await socket.next('status_update');
    await addTasks(3);
    const later = await socket.next('status_update', (frame) => frame['seq'] === server.engine.feed.head);
    expect(later).toMatchObject({ tasks: { pending: 3 } });
    await socket.next('status_update');
  });

  test('A10: a status comes after the events that it has counted', async () => {
    await serve({ status_ms: 5 });
    const socket = await TestSocket.open(server);
    for (let round = 0; round < 20; round += 1) await addTasks(200);
    await socket.next('events', (frame) => frame['seq'] === server.engine.feed.head);
    await socket.next('status_update');
    let place = 0;
    for (const frame of socket.frames) {
      if (frame.type === 'status_update') expect(place === 0 || Number(frame['seq']) <= place).toBe(true);
      if (frame.type === 'status_update' && place === 0) place = Number(frame['seq']);
      if (frame.type === 'events') place = Number(frame['seq']);
    }
    expect(place).toBe(server.engine.feed.head);
  });
});

describe('A10: events', () => {
  test('A10: each event comes once, in order, from where the first status was', async () => {
    await serve();
    await addTasks(5);
    const socket = await TestSocket.open(server);
    const status = await socket.next('status_update');
    await Promise.all([addTasks(300), addTasks(700), server.request('/session/register', { body: { session_id: 'a', capabilities: [] } })]);
    const { head } = server.engine.feed;
    const events = await socket.eventsUpTo(head);
    const from = Number(status['seq']);
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: head - from }, (_, index) => from + 1 + index));
    const { body } = await server.request(`/event/list?since=${head - 1}`);
    expect(body['events']).toEqual([events.at(-1)]);
  });

  test.each([
    ['a number in the query', '?since=2'],
    ['a subscription', null],
  ])('A10: resume from a sequence number by %s', async (_name, query) => {
    await serve();
    const head = await addTasks(10);
    const socket = await TestSocket.open(server, { path: `/swarm/realtime${query ?? '?topics='}` });
    if (query === null) socket.send({ type: 'subscribe', since: { swarm: 'default', journal: server.engine.journalId, seq: 2 } });
    expect(await socket.next('subscribed')).toMatchObject({ cursor: { seq: 2, journal: server.engine.journalId } });
    const events = await socket.eventsUpTo(head);
    expect(events.map((event) => event.seq)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(await socket.next('status_update')).toMatchObject({ seq: head });
  });

  test.each([
    ['of another journal', { swarm: 'default', journal: 'another', seq: 1 }, 'other_journal'],
    ['of another swarm', { swarm: 'red', journal: null, seq: 1 }, 'other_journal'],
    ['that is ahead of the log', { swarm: 'default', journal: null, seq: 1000 }, 'ahead'],
    ['that is a number ahead of the log', 1000, 'ahead'],
  ])('A10: a cursor %s is answered by a reset with the status and a fresh cursor', async (_name, cursor, reason) => {
    await serve();
    const head = await addTasks(3);
    const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
    const since = typeof cursor === 'number' ? cursor : { ...cursor, journal: cursor.journal ?? server.engine.journalId };
    socket.send({ type: 'subscribe', id: 'mine', topics: ['events'], since });
    const reset = await socket.next('reset');
    const fresh = { swarm: 'default', journal: server.engine.journalId, seq: head };
    expect(reset).toMatchObject({ subscription: 'mine', reason, cursor: fresh, status: { tasks: { pending: 3 } } });
    await addTasks(1);
    expect((await socket.eventsUpTo(head + 1, 'mine')).map((event) => event.seq)).toEqual([head + 1]);
    expect(socket.frames.some((frame) => frame.type === 'subscribed')).toBe(false);
  });
});

test('A10: a cursor older than what the log still has is answered by a reset', async () => {
  const storage = new MemoryStorage('shortened');
  await serve({}, { openJournal: async () => openMemoryJournal(storage) });
  const head = await addTasks(10);
  await server.close();
  await serve({}, { openJournal: async () => withoutChunksBefore(openMemoryJournal(storage), 11) });
  const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=events&since=2' });
  await socket.next('subscribed');
  expect(await socket.next('reset')).toMatchObject({ reason: 'too_old', cursor: { seq: head }, status: { tasks: { pending: 10 } } });
  const more = await addTasks(1);
  expect((await socket.eventsUpTo(more)).map((event) => event.seq)).toEqual([more]);
});

/** A log whose oldest chunks were given up. */
function withoutChunksBefore(journal: Journal, seq: number): Journal {
  return new Proxy(journal, {
    get: (target, name) => {
      if (name === 'chunkAt') return async (at: number) => (at < seq ? null : target.chunkAt(at));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('A10: topics', () => {
  test.each([
    ['task', ['task_added', 'task_added', 'task_assigned', 'task_completed']],
    ['session', ['session_registered']],
    ['swarm', ['config_applied', 'config_applied']],
    ['task:build-002', ['task_added', 'task_assigned', 'task_completed']],
    ['session:a', ['session_registered', 'task_assigned', 'task_completed']],
    ['work:a', ['task_assigned', 'task_completed']],
    ['work:b', []],
    ['session,swarm', ['config_applied', 'session_registered', 'config_applied']],
    ['events', ['config_applied', 'task_added', 'task_added', 'session_registered', 'task_assigned', 'task_completed', 'config_applied']],
  ])('A10: the topics %s bring these events and no others', async (topics, expected) => {
    await serve();
    await addTasks(2);
    await server.request('/session/register', { body: { session_id: 'a', capabilities: [], wants_work: false } });
    await server.request('/work/claim', { body: { session_id: 'a', task_id: 'build-002' } });
    await server.request('/work/complete', { body: { session_id: 'a', task_id: 'build-002', status: 'completed' } });
    await server.request('/config', { body: { settings: { policy: 'fifo' } } });
    const { head } = server.engine.feed;
    const socket = await TestSocket.open(server, { path: `/swarm/realtime?since=0&topics=status,${topics}` });
    // The status comes after the events that it has counted.
    expect(await socket.next('status_update')).toMatchObject({ seq: head });
    const events = socket.frames.flatMap((frame) => (frame.type === 'events' ? (frame['events'] as { type: string }[]) : []));
    expect(events.map((event) => event.type)).toEqual(expected);
  });

  test('A10: who follows little is told its place now and then, so that resuming is cheap', async () => {
    await serve();
    for (let round = 0; round < 3; round += 1) await addTasks(5000);
    const socket = await TestSocket.open(server, { path: '/swarm/realtime?since=0&topics=session' });
    const place = await socket.next('events');
    expect(place).toMatchObject({ events: [] });
    expect(place['seq']).toBeGreaterThanOrEqual(10_000);
  });

  test('A10: status only, and nothing at all', async () => {
    await serve({ status_ms: 10 });
    const status = await TestSocket.open(server, { path: '/swarm/realtime?topics=status' });
    const nothing = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
    await addTasks(3);
    await status.next('status_update', (frame) => frame['seq'] === server.engine.feed.head);
    nothing.send({ type: 'ping', id: 1 });
    await nothing.next('pong');
    expect(status.frames.map((frame) => frame.type).filter((type) => type !== 'status_update')).toEqual(['subscribed']);
    expect(nothing.frames).toHaveLength(1);
  });

  test('A10: an ended subscription gets no more events, and beginning it anew starts over', async () => {
    await serve();
    const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
    socket.send({ type: 'subscribe', topics: ['events'], since: 1 });
    const first = await addTasks(2);
    await socket.eventsUpTo(first);
    socket.send({ type: 'unsubscribe' });
    await socket.next('unsubscribed');
    const second = await addTasks(2);
    socket.send({ type: 'subscribe', topics: ['events'], since: first });
    expect((await socket.eventsUpTo(second)).map((event) => event.seq)).toEqual([first + 1, first + 2]);
    expect(socket.frames.filter((frame) => frame.type === 'events').flatMap((frame) => frame['events'] as object[])).toHaveLength(4);
  });

  test('A10: the door of a named swarm shows that swarm', async () => {
    await serve({}, { swarms: ['default', 'red'] });
    await server.request('/s/red/work/add', { body: { type: 'build', title: 'x' } });
    const red = await TestSocket.open(server, { path: '/s/red/swarm/realtime' });
    const bare = await TestSocket.open(server);
    expect(await red.next('status_update')).toMatchObject({ swarm: 'red', tasks: { pending: 1 } });
    expect(await bare.next('status_update')).toMatchObject({ swarm: 'default', tasks: { pending: 0 } });
  });
});
