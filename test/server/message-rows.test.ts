/**
 * Row E9 over HTTP: messages with receipts, and locks with expiry and fencing.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationName, OutputOf } from '../../src/contract/operations.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';
import { callsTo, firstPath } from './operation-calls.ts';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
  for (const id of ['w1', 'w2']) await register(id);
});

afterEach(() => server.close());

const { ask, register } = callsTo(() => server);
const post = <N extends OperationName>(name: N, body: object): Promise<OutputOf<N>> => ask(name, firstPath(name).path, { body });

describe('E9 messages', () => {
  test('are sent, received, read and shown, with their receipts', async () => {
    const { message_id } = await post('message.send', { session_id: 'w1', to: 'w2', subject: 'API', body: 'It changed.', priority: 8 });
    expect(await ask('message.list', '/message/list?mailbox=w2&unread=true')).toMatchObject({
      unread: 1,
      messages: [{ status: 'queued' }],
    });
    expect(await post('session.heartbeat', { session_id: 'w2', status: 'idle' })).toMatchObject({ unread_messages: 1 });
    expect((await post('message.receive', { session_id: 'w2' })).messages).toMatchObject([{ message_id, body: 'It changed.' }]);
    expect(await post('message.read', { session_id: 'w2', message_ids: [message_id] })).toMatchObject({ unread: 0 });
    const { message } = await ask('message.show', `/message/show?message_id=${message_id}`);
    expect(message).toMatchObject({ subject: 'API', priority: 8, receipts: [{ mailbox: 'w2', status: 'read' }] });
  });

  test('go into channels, and each is sent once however often its command comes', async () => {
    await post('message.subscribe', { session_id: 'w2', channel: 'builds' });
    expect((await ask('message.channels', '/message/channels?mailbox=w2')).channels).toEqual([
      { channel: 'all', subscribers: 3, subscribed: true },
      { channel: 'builds', subscribers: 1, subscribed: true },
    ]);
    const body = { session_id: 'w1', channel: 'builds', body: 'green', command_id: 'once' };
    const first = await post('message.send', body);
    expect(await post('message.send', body)).toEqual(first);
    expect((await ask('message.list', '/message/list?mailbox=w2')).messages).toHaveLength(1);
    expectProblem(await server.request('/message/send', { body: { ...body, channel: 'other' } }), 'command_reused');
    await post('message.unsubscribe', { session_id: 'w2', channel: 'builds' });
    expectProblem(await server.request('/message/send', { body: { channel: 'builds', body: 'red' } }), 'channel_empty');
  });

  test('that cannot be delivered are refused with a reason', async () => {
    const problemOf = async (path: string, body?: object) => server.request(path, body === undefined ? {} : { body });
    expectProblem(await problemOf('/message/send', { to: 'nobody', body: 'x' }), 'session_unknown');
    expectProblem(await problemOf('/message/send', { to: 'w1', body: 'x'.repeat(20_000) }), 'event_too_large');
    expectProblem(await problemOf('/message/read', { message_ids: [1] }), 'message_unknown');
    expectProblem(await problemOf('/message/show?message_id=1'), 'message_unknown');
    expectProblem(await problemOf('/message/show?message_id=999999'), 'message_unknown');
    expectProblem(await problemOf('/message/unsubscribe', { channel: 'all' }), 'invalid_input');
    for (let sent = 0; sent < 16; sent += 1) await post('message.send', { to: 'w1', body: 'x'.repeat(16_000) });
    expectProblem(await problemOf('/message/send', { to: 'w1', body: 'x'.repeat(16_000) }), 'mailbox_full');
    for (let index = 0; index < 1000; index += 1)
      await server.engine.execute(
        { name: 'message.subscribe', input: { channel: `c${index}` }, caller: { actor: 'test', credential: null } },
        () => null,
      );
    expectProblem(await problemOf('/message/subscribe', { channel: 'more' }), 'channel_full');
  });

  test('of a session are sent by nobody else', async () => {
    const { credential = '' } = await register('w1');
    const headers = { 'tutti-session': credential };
    const send = (body: object) => server.request('/message/send', { body: { body: 'x', to: 'w2', ...body }, headers });
    expectProblem(await send({ session_id: 'w2' }), 'credential_invalid');
    expectProblem(await send({}), 'credential_invalid');
    expect(await send({ session_id: 'w1' })).toMatchObject({ status: 200 });
  });
});

describe('E9 locks', () => {
  test('are acquired, checked, renewed and released', async () => {
    const name = 'file:src/api/**';
    const { token, expires_at } = await post('lock.acquire', { session_id: 'w1', name, ttl_seconds: 60, reason: 'rename' });
    expect((await ask('lock.list', '/lock/list')).locks).toMatchObject([{ name, session_id: 'w1', token, expires_at, reason: 'rename' }]);
    const refused = await server.request('/lock/acquire', { body: { session_id: 'w2', name: 'file:src/api/users.ts' } });
    expectProblem(refused, 'lock_taken');
    expect(refused.body['params']).toMatchObject({ holder: 'w1', held: name, token, expires_at });
    const check = (path: string) => ask('lock.check', `/lock/check?name=${encodeURIComponent(path)}&token=${token}`);
    expect(await check('file:src/api/users.ts')).toMatchObject({ valid: true });
    expect(await check('file:src/web/users.ts')).toMatchObject({ valid: false, reason: 'not_covered' });
    const renewed = await post('lock.renew', { session_id: 'w1', name, token, ttl_seconds: 600 });
    expect(Date.parse(renewed.expires_at)).toBeGreaterThan(Date.parse(expires_at));
    expect(await post('lock.release', { session_id: 'w1', name, token })).toEqual({ status: 'released', name, token });
    expect(await check('file:src/api/users.ts')).toEqual({ valid: false, reason: 'stale', lock: null });
    expectProblem(await server.request('/lock/renew', { body: { session_id: 'w1', name, token } }), 'lock_lost');
    const next = await post('lock.acquire', { session_id: 'w2', name });
    expect(next.token).toBeGreaterThan(token);
  });

  test('expire by themselves, without anything else happening', async () => {
    const published: { readonly type: string; readonly data: object }[] = [];
    const stop = server.engine.feed.listen((events) => published.push(...events));
    const { token } = await post('lock.acquire', { session_id: 'w1', name: 'deploy', ttl_seconds: 1 });
    await expect.poll(() => published.map(({ type }) => type)).toEqual(['lock_acquired', 'lock_released']);
    stop();
    expect(published[1]).toMatchObject({ data: { token, reason: 'expired' } });
  });

  test('end with their session, and are bounded', async () => {
    for (let index = 0; index < 1000; index += 1)
      await server.engine.execute(
        { name: 'lock.acquire', input: { session_id: 'w1', name: `n${index}` }, caller: { actor: 'test', credential: null } },
        () => null,
      );
    expectProblem(await server.request('/lock/acquire', { body: { session_id: 'w1', name: 'more' } }), 'lock_limit');
    await post('session.deregister', { session_id: 'w1' });
    expect((await ask('lock.list', '/lock/list')).locks).toEqual([]);
  });
});
