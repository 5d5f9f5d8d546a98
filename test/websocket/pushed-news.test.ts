/**
 * B13 and E9 over real sockets: knowledge, messages and locks are pushed to whom they are for, as they happen.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { webSocketDoor } from '../../src/server/websocket/websocket-door.ts';
import { startTestServer, type TestResponse, type TestServer } from '../support/start-test-server.ts';
import { closeSockets, type Frame, TestSocket } from './test-socket.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({ doors: [webSocketDoor()] });
  for (const session_id of ['w1', 'w2', 'w3']) {
    await server.request('/session/register', { body: { session_id, capabilities: ['build'] } });
  }
});

afterEach(async () => {
  await closeSockets();
  await server.close();
});

/** A socket with one subscription. */
async function follow(...topics: string[]): Promise<TestSocket> {
  const socket = await TestSocket.open(server, { path: '/swarm/realtime?topics=' });
  socket.send({ type: 'subscribe', id: 'news', topics });
  await socket.next('subscribed');
  return socket;
}

/** What a subscription is sent up to now; a last message to people, which every test follows, ends the wait. */
async function pushed(socket: TestSocket): Promise<readonly Frame[]> {
  const { body } = await post('/message/send', { to: 'people', body: 'end' });
  const found: Frame[] = [];
  for (;;) {
    const frame = await socket.next('events', (each) => each['subscription'] === 'news');
    found.push(...(frame['events'] as Frame[]));
    if (Number(frame['seq']) >= Number(body['message_id'])) return found.filter(({ data }) => (data as { to?: string }).to !== 'people');
  }
}

const post = (path: string, body: object): Promise<TestResponse> => server.request(path, { body });

describe('E9 messages', () => {
  test('of a session are pushed to it: direct, of its channels, to everybody, and no others', async () => {
    const socket = await follow('message:w1', 'message:people');
    await post('/message/subscribe', { session_id: 'w1', channel: 'builds' });
    await post('/message/subscribe', { session_id: 'w2', channel: 'other' });
    await post('/message/send', { session_id: 'w2', to: 'w1', body: 'direct' });
    await post('/message/send', { session_id: 'w2', to: 'w3', body: 'to another' });
    await post('/message/send', { session_id: 'w2', channel: 'builds', body: 'channel' });
    await post('/message/send', { session_id: 'w3', channel: 'other', body: 'other channel' });
    await post('/message/send', { session_id: 'w3', channel: 'all', body: 'everybody' });
    expect((await pushed(socket)).map(({ data }) => (data as { readonly body: string }).body)).toEqual(['direct', 'channel', 'everybody']);
  });

  test('and channels can be followed by kind and by name', async () => {
    const [kind, named] = [await follow('message'), await follow('channel:builds', 'message:people')];
    await post('/message/subscribe', { session_id: 'w1', channel: 'builds' });
    await post('/message/send', { session_id: 'w2', channel: 'builds', body: 'green' });
    await post('/message/receive', { session_id: 'w1' });
    expect((await pushed(named)).map(({ type }) => type)).toEqual(['message_sent']);
    expect((await pushed(kind)).map(({ type }) => type)).toEqual(['channel_joined', 'message_sent', 'messages_delivered']);
  });
});

test('E9 locks are pushed: who waits for one sees it released', async () => {
  const socket = await follow('lock', 'message:people');
  const session = await follow('session:w1', 'message:people');
  await post('/lock/acquire', { session_id: 'w1', name: 'deploy' });
  await post('/lock/release', { session_id: 'w1', name: 'deploy' });
  await post('/work/add', { type: 'build', title: 'unrelated' });
  expect((await pushed(socket)).map(({ type }) => type)).toEqual(['lock_acquired', 'lock_released']);
  expect((await pushed(session)).map(({ type }) => type)).toContain('lock_released');
});

test('B13 new knowledge is pushed', async () => {
  const socket = await follow('knowledge', 'message:people');
  await post('/knowledge/put', { topic: 'api/errors', content: 'Errors are problems.' });
  await post('/knowledge/delete', { topic: 'api/errors' });
  expect(await pushed(socket)).toMatchObject([
    { type: 'knowledge_written', data: { topic: 'api/errors', version: 1, content: 'Errors are problems.' } },
    { type: 'knowledge_deleted', data: { topic: 'api/errors', version: 2 } },
  ]);
});

test('B13 assignments are pushed to the session that gets them', async () => {
  const socket = await follow('work:w1', 'message:people');
  await post('/work/add', { id: 'b1', type: 'build', title: 'Build' });
  await post('/work/claim', { session_id: 'w1', task_id: 'b1' });
  expect(await pushed(socket)).toMatchObject([{ type: 'task_assigned', data: { session_id: 'w1', task_id: 'b1' } }]);
});
