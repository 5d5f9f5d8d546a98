/**
 * The live client against a real server behind a wire that breaks: calls are answered once, events come without a gap,
 * assignments are pushed once (B13), and what cannot be done says why (E17).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConnectionState, createLiveClient, type LiveClient } from '../../src/client/live-client.ts';
import type { FeedReset } from '../../src/client/live-subscriptions.ts';
import type { PushedWork } from '../../src/client/standing-wishes.ts';
import type { FeedCursor } from '../../src/contract/websocket.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { webSocketDoor } from '../../src/server/websocket/websocket-door.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/start-test-server.ts';
import { BreakableWire } from './breakable-wire.ts';

let server: TestServer;
let wire: BreakableWire;
const clients: LiveClient[] = [];
const folders: string[] = [];
const QUICK = { first_delay_ms: 2, longest_delay_ms: 20 };

async function serve(options: TestServerOptions = {}): Promise<void> {
  server = await startTestServer({ doors: [webSocketDoor()], ...options });
}

function connect(more: Partial<Parameters<typeof createLiveClient>[0]> = {}): LiveClient {
  const client = createLiveClient({ url: wire.url, token: server.tokenOf('admin'), retry: QUICK, ...more });
  clients.push(client);
  return client;
}

/** Waits until the client is online, or for another state. */
function connection(client: LiveClient, fits: (state: ConnectionState) => boolean = (state) => state.online): Promise<ConnectionState> {
  return new Promise((resolve) => {
    const stop = client.onConnection((state) => {
      if (!fits(state)) return;
      stop();
      resolve(state);
    });
  });
}

/** Collects what is handed to it; `until` waits until there is enough. */
class Collected<T> {
  readonly all: T[] = [];
  #wake: () => void = () => undefined;

  readonly add = (...items: T[]): void => {
    this.all.push(...items);
    this.#wake();
  };

  async until(enough: (all: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!enough(this.all)) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.all;
  }
}

beforeEach(async () => {
  await serve();
  wire = await BreakableWire.to(server.url);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await wire.close();
  await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('calls', () => {
  test('calls of one turn are answered each for itself', async () => {
    const client = connect();
    const adding = Array.from({ length: 250 }, (_, index) => client.call('work.add', { id: `t${index}`, type: 'build', title: 'x' }));
    const failing = client.call('work.claim', { session_id: 'nobody', task_id: 't1' });
    const status = client.call('swarm.status', {});
    await expect(failing).rejects.toMatchObject({ code: 'session_unknown', params: { session_id: 'nobody' } });
    expect((await Promise.all(adding)).map((answer) => answer.task_id)).toEqual(Array.from({ length: 250 }, (_, index) => `t${index}`));
    expect((await status).tasks.total).toBe(250);
  });

  test('many calls at once: in order, each with its own outcome, more than one frame holds', async () => {
    const client = connect();
    await client.call('session.register', { session_id: 'a', capabilities: [], max_concurrent_tasks: 1000, wants_work: false });
    const [added, claimed, refused] = await client.callMany([
      { operation: 'work.add', input: { id: 't', type: 'build', title: 'x' } },
      { operation: 'work.claim', input: { session_id: 'a', task_id: 't' } },
      { operation: 'work.claim', input: { session_id: 'a', task_id: 'u' } },
    ]);
    expect(added).toMatchObject({ ok: true, output: { task_id: 't' } });
    expect(claimed.ok && claimed.output.lease).toBeGreaterThan(0);
    expect(refused.ok ? null : refused.error.code).toBe('task_unknown');
    const many = await client.callMany(
      Array.from({ length: 2500 }, (_, index) => ({ operation: 'work.add' as const, input: { type: 'many', title: `${index}` } })),
    );
    expect(many.map((each) => each.ok && each.output.task_id)).toEqual(
      Array.from({ length: 2500 }, (_, index) => `many-${String(index + 1).padStart(3, '0')}`),
    );
    expect(await client.callMany([])).toEqual([]);
  });

  test('an answer that got lost is asked for again, and the command is done once', async () => {
    const client = connect();
    await connection(client);
    wire.deaf = true;
    const adding = client.call('work.add', { type: 'build', title: 'once' });
    const many = client.callMany([{ operation: 'work.add', input: { type: 'build', title: 'also once' } }]);
    while (server.engine.feed.head < 2) await new Promise((resolve) => setImmediate(resolve));
    wire.deaf = false;
    wire.cut();
    expect(await adding).toMatchObject({ task_id: 'build-001' });
    expect(await many).toMatchObject([{ ok: true, output: { task_id: 'build-002' } }]);
    expect(server.engine.feed.head).toBe(2);
    expect(wire.made).toBe(2);
  });

  test('a session credential that changes goes along', async () => {
    let credential: string | null = null;
    const client = connect({ credential: () => credential });
    const registered = await client.call('session.register', { session_id: 'a', capabilities: [] });
    credential = registered.credential ?? null;
    await client.call('work.add', { type: 'build', title: 'x' });
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    await expect(client.call('session.heartbeat', { session_id: 'a', status: 'idle' })).rejects.toMatchObject({
      code: 'incarnation_stale',
    });
    const { events } = await client.call('event.list', { since: 0 });
    expect(events.map((event) => event.actor).slice(0, 2)).toEqual(['role:admin', 'session:a']);
  });

  test('a passing failure is tried again, a lasting one is not', async () => {
    const client = connect();
    await expect(client.call('task.show', { task_id: 'none' })).rejects.toMatchObject({ code: 'task_unknown' });
    await expect(client.call('work.add', { type: 'b', title: 'x'.repeat(17 * 1_048_576) })).rejects.toMatchObject({
      code: 'body_too_large',
    });
  });

  test('an aborted call ends at once, and so do all calls of a closed client', async () => {
    const client = connect();
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    const ending = new AbortController();
    const waiting = client.call('work.request', { session_id: 'a', wait: 300 }, { signal: ending.signal });
    expect((await client.call('swarm.status', {})).sessions.total).toBe(1);
    ending.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'call_aborted', params: { operation: 'work.request' } });
    const open = client.call('work.request', { session_id: 'a', wait: 300 });
    client.close();
    await expect(open).rejects.toMatchObject({ code: 'call_aborted' });
    await expect(client.call('swarm.status', {})).rejects.toMatchObject({ code: 'call_aborted' });
  });
});

describe('E17: a server that is not there', () => {
  test('E17: calls reject with server_unreachable after their deadline, and succeed once it is back', async () => {
    await server.close();
    await serve({ auth: false });
    wire.leadTo(server.url);
    const client = connect({ token: null });
    await client.call('swarm.status', {});
    await server.close();
    wire.cut();
    const offline = await connection(client, (state) => !state.online);
    expect(offline).toMatchObject({ online: false, failure: { code: 'server_unreachable' } });
    await expect(client.call('swarm.status', {}, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'server_unreachable' });
    const patient = client.call('work.add', { type: 'build', title: 'later' });
    await serve({ auth: false });
    wire.leadTo(server.url);
    await expect(patient).resolves.toMatchObject({ task_id: 'build-001' });
  });

  test.each([
    ['a wrong token', { token: 'wrong' }, 'unauthenticated'],
    ['no token', { token: null }, 'unauthenticated'],
    ['an unknown swarm', { swarm: 'blue' }, 'swarm_unknown'],
  ])('E17: %s is told at once, not after a deadline', async (_name, more, code) => {
    const client = connect(more);
    const call = client.call('swarm.status', {});
    expect(await connection(client, (state) => !state.online)).toMatchObject({ failure: { code } });
    await expect(call).rejects.toMatchObject({ code });
  });

  test('E17: a way to the server that takes no WebSocket is named', async () => {
    await server.close();
    await serve({
      doors: [
        (_context, http) => {
          http.on('upgrade', (_request, socket: Duplex) => socket.destroy());
          return { close: async () => undefined };
        },
      ],
    });
    wire.leadTo(server.url);
    const client = connect();
    const offline = await connection(client, (state) => !state.online);
    expect(offline).toMatchObject({ failure: { code: 'server_unreachable', params: { reason: 'it took no WebSocket connection' } } });
  });

  test('E17: a server that falls silent is left, and the client comes back', async () => {
    await server.close();
    await serve({ doors: [webSocketDoor({ heartbeat_ms: 30 })] });
    wire.leadTo(server.url);
    const client = connect();
    await connection(client);
    wire.deaf = true;
    expect(await connection(client, (state) => !state.online)).toMatchObject({ failure: { params: { reason: 'the server is silent' } } });
    wire.deaf = false;
    await connection(client);
    expect((await client.call('swarm.status', {})).swarm).toBe('default');
  });
});

describe('A10: events across lost connections', () => {
  test('A10: no event is missing or doubled when the connection breaks again and again', async () => {
    const client = connect();
    const seqs = new Collected<number>();
    client.subscribe({ topics: ['events'], since: 0, onEvents: (events) => seqs.add(...events.map((event) => event.seq)) });
    for (let round = 0; round < 15; round += 1) {
      const tasks = Array.from({ length: 40 }, (_, index) => ({ type: 'build', title: `${round} ${index}` }));
      await server.request('/work/add', { body: { tasks } });
      if (round % 3 === 1) wire.cut();
      else await seqs.until((all) => all.length > round * 10);
    }
    const { head } = server.engine.feed;
    await seqs.until((all) => all.at(-1) === head);
    expect(seqs.all).toEqual(Array.from({ length: head }, (_, index) => index + 1));
    expect(wire.made).toBeGreaterThan(3);
  });

  test('A10: a subscription and calls go on across a restart of the server on its SQLite journal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-live-'));
    folders.push(folder);
    const sqlite: TestServerOptions = { openJournal: () => openSqliteJournal({ folder }), auth: false };
    await server.close();
    await serve(sqlite);
    wire.leadTo(server.url);
    const client = connect({ token: null });
    const seqs = new Collected<number>();
    const resets: FeedReset[] = [];
    let last: FeedCursor | null = null;
    client.subscribe({
      topics: ['events'],
      since: 0,
      onEvents: (events, cursor) => {
        last = cursor;
        seqs.add(...events.map((event) => event.seq));
      },
      onReset: (reset) => resets.push(reset),
    });
    await client.call('work.add', { type: 'build', title: 'before' });
    for (let restart = 0; restart < 3; restart += 1) {
      await seqs.until((all) => all.at(-1) === server.engine.feed.head);
      await server.close();
      const during = client.call('work.add', { type: 'build', title: `during ${restart}` });
      await serve(sqlite);
      wire.leadTo(server.url);
      await during;
    }
    const { head, journal } = { head: server.engine.feed.head, journal: server.engine.journalId };
    await seqs.until((all) => all.at(-1) === head);
    expect(seqs.all).toEqual(Array.from({ length: head }, (_, index) => index + 1));
    expect(last).toEqual({ swarm: 'default', journal, seq: head });
    expect(resets).toEqual([]);
    expect((await client.call('swarm.status', {})).tasks.total).toBe(4);
  });

  test('A10: another journal behind the same address is a reset, and events go on from there', async () => {
    let journals = 0;
    const openJournal = async (): Promise<Journal> => openMemoryJournal(new MemoryStorage(`journal ${(journals += 1)}`));
    const open: TestServerOptions = { auth: false, openJournal };
    await server.close();
    await serve(open);
    wire.leadTo(server.url);
    const client = connect({ token: null });
    const events = new Collected<string>();
    const resets = new Collected<FeedReset>();
    client.subscribe({ onEvents: (all) => events.add(...all.map((event) => event.type)), onReset: resets.add });
    await client.call('work.add', { type: 'build', title: 'x' });
    await events.until((all) => all.length === 1);
    await server.close();
    await serve(open);
    wire.leadTo(server.url);
    const [reset] = await resets.until((all) => all.length === 1);
    const cursor = { swarm: 'default', journal: server.engine.journalId, seq: 0 };
    expect(reset).toMatchObject({ reason: 'other_journal', cursor, status: { tasks: { total: 0 } } });
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    await events.until((all) => all.length === 2);
    expect(events.all).toEqual(['task_added', 'session_registered']);
  });

  test('A10: status, and no more of anything after the end of the subscription', async () => {
    await server.close();
    await serve({ doors: [webSocketDoor({ status_ms: 10 })] });
    wire.leadTo(server.url);
    const client = connect();
    const totals = new Collected<number>();
    const stop = client.subscribe({ topics: ['status'], onStatus: (status) => totals.add(status.tasks.total) });
    await totals.until((all) => all.length > 0);
    await client.call('work.add', { type: 'build', title: 'x' });
    await totals.until((all) => all.at(-1) === 1);
    stop();
    const count = totals.all.length;
    const others = new Collected<number>();
    client.subscribe({ topics: ['status'], onStatus: (status) => others.add(status.tasks.total) });
    await others.until((all) => all.length > 3);
    expect(totals.all).toHaveLength(count);
  });
});

describe('B13: assignments are pushed', () => {
  test('B13: a standing wish for work pushes each assignment once, with its context, and counts as demand', async () => {
    const client = connect();
    await client.call('session.register', { session_id: 'a', capabilities: ['build'], max_concurrent_tasks: 3 });
    const work = new Collected<PushedWork>();
    client.wantWork('a', work.add);
    const add = (id: string, more: object = {}): Promise<unknown> =>
      client.call('work.add', { id, type: 'build', title: id, required_capability: 'build', ...more });
    await add('first');
    await work.until((all) => all.length === 1);
    await client.call('work.complete', { session_id: 'a', task_id: 'first', status: 'completed', result: 'done' });
    await Promise.all([add('second', { dependencies: ['first'] }), add('third'), add('fourth'), add('fifth')]);
    await work.until((all) => all.length === 4);
    const [, second] = work.all;
    expect(second?.task?.context.dependencies).toEqual([{ id: 'first', status: 'completed', result: 'done' }]);
    expect(work.all.map((each) => each.task?.id)).toEqual(['first', 'second', 'third', 'fourth']);
    wire.cut();
    await client.call('work.complete', { session_id: 'a', task_id: 'third', status: 'completed' });
    await work.until((all) => all.length === 5);
    const leases = work.all.map((each) => each.assignment?.lease);
    expect(new Set(leases).size).toBe(5);
    expect(work.all.at(-1)?.task?.id).toBe('fifth');
  });

  test('B13: demand ends with the connection, and with the wish', async () => {
    const client = connect();
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    const work = new Collected<PushedWork>();
    const stop = client.wantWork('a', work.add);
    await client.call('work.add', { id: 't1', type: 'build', title: 'x' });
    await work.until((all) => all.length === 1);
    stop();
    await client.call('work.complete', { session_id: 'a', task_id: 't1', status: 'completed' });
    await client.call('work.add', { id: 't2', type: 'build', title: 'x' });
    expect((await client.call('task.show', { task_id: 't2' })).task.status).toBe('pending');
    const other = connect();
    other.wantWork('a', work.add);
    await work.until((all) => all.length === 2);
    await client.call('work.complete', { session_id: 'a', task_id: 't2', status: 'completed' });
    other.close();
    while ((await client.call('task.show', { task_id: await addAnother(client) })).task.status !== 'pending')
      await client.call('work.complete', { session_id: 'a', task_id: work.all.at(-1)?.task?.id ?? '', status: 'completed' });
    expect(work.all).toHaveLength(2);
  });

  test('B13: a wish of an unknown session is refused, and answered once the session is known', async () => {
    const client = connect();
    const work = new Collected<PushedWork>();
    const refusals = new Collected<string>();
    client.wantWork('a', work.add, (failure) => refusals.add(failure.code));
    await refusals.until((all) => all.length > 1);
    expect(new Set(refusals.all)).toEqual(new Set(['session_unknown']));
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    await client.call('work.add', { id: 't', type: 'build', title: 'x' });
    await work.until((all) => all.length === 1);
  });

  test('B13: the wish of a replaced incarnation ends, and says so', async () => {
    let credential: string | null = null;
    const client = connect({ credential: () => credential });
    credential = (await client.call('session.register', { session_id: 'a', capabilities: [] })).credential ?? null;
    const work = new Collected<PushedWork>();
    const refusals = new Collected<string>();
    client.wantWork('a', work.add, (failure) => refusals.add(failure.code));
    await client.call('swarm.status', {});
    await server.request('/session/register', { body: { session_id: 'a', capabilities: [], wants_work: false } });
    await refusals.until((all) => all.length > 0);
    expect(refusals.all[0]).toBe('incarnation_stale');
    await server.request('/work/add', { body: { id: 't', type: 'build', title: 'x' } });
    expect((await server.request('/task/t')).body['task']).toMatchObject({ status: 'pending' });
    expect(work.all).toEqual([]);
  });
});

async function addAnother(client: LiveClient): Promise<string> {
  return (await client.call('work.add', { type: 'another', title: 'x' })).task_id;
}
