/**
 * The live client against a real server behind a wire that breaks: calls are answered once, events come without a gap,
 * and what cannot be done says why (E17).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FeedReset } from '../../src/client/live-subscriptions.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { FeedCursor } from '../../src/contract/websocket.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { webSocketDoor } from '../../src/server/websocket/websocket-door.ts';
import type { TestServerOptions } from '../support/start-test-server.ts';
import { Collected, connection, LiveBed } from './live-bed.ts';

let bed: LiveBed;
const folders: string[] = [];

beforeEach(async () => {
  bed = await LiveBed.start();
});

afterEach(async () => {
  await bed.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, maxRetries: 20 });
});

describe('calls', () => {
  test('calls of one turn are answered each for itself', async () => {
    const client = bed.connect();
    const adding = Array.from({ length: 250 }, (_, index) => client.call('work.add', { id: `t${index}`, type: 'build', title: 'x' }));
    const failing = client.call('work.claim', { session_id: 'nobody', task_id: 't1' });
    const status = client.call('swarm.status', {});
    await expect(failing).rejects.toMatchObject({ code: 'session_unknown', params: { session_id: 'nobody' } });
    expect((await Promise.all(adding)).map((answer) => answer.task_id)).toEqual(Array.from({ length: 250 }, (_, index) => `t${index}`));
    expect((await status).tasks.total).toBe(250);
  });

  test('many calls at once: in order, each with its own outcome, more than one frame holds', async () => {
    const client = bed.connect();
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
    const client = bed.connect();
    await connection(client);
    bed.wire.deaf = true;
    const adding = client.call('work.add', { type: 'build', title: 'once' });
    const many = client.callMany([{ operation: 'work.add', input: { type: 'build', title: 'also once' } }]);
    while (bed.server.engine.feed.head < 3) await new Promise((resolve) => setImmediate(resolve));
    bed.wire.deaf = false;
    bed.wire.cut();
    expect(await adding).toMatchObject({ task_id: 'build-001' });
    expect(await many).toMatchObject([{ ok: true, output: { task_id: 'build-002' } }]);
    expect(bed.server.engine.feed.head).toBe(3);
    expect(bed.wire.made).toBe(2);
  });

  test('a session credential that changes goes along', async () => {
    let credential: string | null = null;
    const client = bed.connect({ credential: () => credential });
    const registered = await client.call('session.register', { session_id: 'a', capabilities: [] });
    credential = registered.credential ?? null;
    await client.call('work.add', { type: 'build', title: 'x' });
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    await expect(client.call('session.heartbeat', { session_id: 'a', status: 'idle' })).rejects.toMatchObject({
      code: 'incarnation_stale',
    });
    const { events } = await client.call('event.list', { since: 0 });
    expect(events.map((event) => event.actor).slice(0, 3)).toEqual(['tutti', 'role:admin', 'session:a']);
  });

  test('a passing failure is tried again under the same command_id', async () => {
    const storage = new MemoryStorage('failing');
    const fault = { left: 0 };
    await bed.restart({ auth: false, openJournal: async () => failing(openMemoryJournal(storage), fault) });
    const client = bed.connect({ token: null });
    await client.call('work.add', { type: 'build', title: 'before' });
    fault.left = 1;
    expect(await client.call('work.add', { type: 'build', title: 'again' })).toMatchObject({ task_id: 'build-002' });
    fault.left = 1;
    const [outcome] = await client.callMany([{ operation: 'work.add', input: { type: 'build', title: 'told' } }]);
    expect(outcome.ok ? null : outcome.error.code).toBe('journal_failed');
  });

  test('a lasting failure is not tried again, and a call that fits no frame is not sent', async () => {
    const client = bed.connect();
    await expect(client.call('task.show', { task_id: 'none' })).rejects.toMatchObject({ code: 'task_unknown' });
    await expect(client.call('work.add', { type: 'b', title: 'x'.repeat(17 * 1_048_576) })).rejects.toMatchObject({
      code: 'body_too_large',
    });
  });

  test('an aborted call ends at once, and so do all calls of a closed client', async () => {
    const client = bed.connect();
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    const ending = new AbortController();
    const request = client.call('work.request', { session_id: 'a', wait: 300 }, { signal: ending.signal });
    const waiting = request.catch((error: unknown) => error);
    expect((await client.call('swarm.status', {})).sessions.total).toBe(1);
    ending.abort();
    expect(await waiting).toMatchObject({ code: 'call_aborted', params: { operation: 'work.request' } });
    const open = client.call('work.request', { session_id: 'a', wait: 300 });
    client.close();
    await expect(open).rejects.toMatchObject({ code: 'call_aborted' });
    await expect(client.call('swarm.status', {})).rejects.toMatchObject({ code: 'call_aborted' });
  });
});

describe('E17: a server that is not there', () => {
  test('E17: calls reject with server_unreachable after their deadline, and succeed once it is back', async () => {
    await bed.restart({ auth: false });
    const client = bed.connect({ token: null });
    await client.call('swarm.status', {});
    await bed.server.close();
    bed.wire.cut();
    const offline = await connection(client, (state) => !state.online);
    expect(offline).toMatchObject({ online: false, failure: { code: 'server_unreachable' } });
    await expect(client.call('swarm.status', {}, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'server_unreachable' });
    const patient = client.call('work.add', { type: 'build', title: 'later' });
    await bed.serve({ auth: false });
    await expect(patient).resolves.toMatchObject({ task_id: 'build-001' });
  });

  test.each([
    ['a wrong token', { token: 'wrong' }, 'unauthenticated'],
    ['no token', { token: null }, 'unauthenticated'],
    ['an unknown swarm', { swarm: 'blue' }, 'swarm_unknown'],
  ])('E17: %s is told at once, not after a deadline', async (_name, more, code) => {
    const client = bed.connect(more);
    const refused = client.call('swarm.status', {}).catch((error: unknown) => error);
    expect(await connection(client, (state) => !state.online)).toMatchObject({ failure: { code } });
    expect(await refused).toMatchObject({ code });
  });

  test('E17: a way to the server that takes no WebSocket is named', async () => {
    await bed.restart({
      doors: [
        (_context, http) => {
          http.on('upgrade', (_request, socket: Duplex) => socket.destroy());
          return { close: async () => undefined };
        },
      ],
    });
    const client = bed.connect();
    const offline = await connection(client, (state) => !state.online);
    expect(offline).toMatchObject({ failure: { code: 'server_unreachable', params: { reason: 'it took no WebSocket connection' } } });
  });

  test('R5, E17: a server that falls silent is left, and the client comes back', async () => {
    await bed.restart({ doors: [webSocketDoor({ heartbeat_ms: 300 })] });
    const client = bed.connect();
    await connection(client);
    bed.wire.deaf = true;
    expect(await connection(client, (state) => !state.online)).toMatchObject({ failure: { params: { reason: 'the server is silent' } } });
    bed.wire.deaf = false;
    await connection(client);
    expect((await client.call('swarm.status', {})).swarm).toBe('default');
  });
});

describe('A10: events across lost connections', () => {
  test('A10: no event is missing or doubled when the connection breaks again and again', async () => {
    const client = bed.connect();
    const seqs = new Collected<number>();
    client.subscribe({ topics: ['events'], since: 0, onEvents: (events) => seqs.add(...events.map((event) => event.seq)) });
    let cuts = 0;
    for (let round = 0; round < 15; round += 1) {
      const tasks = Array.from({ length: 40 }, (_, index) => ({ type: 'build', title: `${round} ${index}` }));
      await bed.server.request('/work/add', { body: { tasks } });
      if (round % 3 === 1) {
        // Each cut breaks a connection that came after the last one.
        while (bed.wire.made <= cuts) await new Promise((resolve) => setImmediate(resolve));
        cuts += 1;
        bed.wire.cut();
      } else await seqs.until((all) => all.length > round * 10);
    }
    const { head } = bed.server.engine.feed;
    await seqs.until((all) => all.at(-1) === head);
    expect(seqs.all).toEqual(Array.from({ length: head }, (_, index) => index + 1));
    expect([cuts, bed.wire.made]).toEqual([5, expect.toSatisfy((made: number) => made > 5)]);
  });

  test('A10: a subscription and calls go on across a restart of the server on its SQLite journal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-live-'));
    folders.push(folder);
    const sqlite: TestServerOptions = { openJournal: () => openSqliteJournal({ folder }), auth: false };
    await bed.restart(sqlite);
    const client = bed.connect({ token: null });
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
      await seqs.until((all) => all.at(-1) === bed.server.engine.feed.head);
      await bed.server.close();
      const during = client.call('work.add', { type: 'build', title: `during ${restart}` });
      await bed.serve(sqlite);
      await during;
    }
    const { head, journal } = { head: bed.server.engine.feed.head, journal: bed.server.engine.journalId };
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
    await bed.restart(open);
    const client = bed.connect({ token: null });
    const events = new Collected<string>();
    const resets = new Collected<FeedReset>();
    client.subscribe({ onEvents: (all) => events.add(...all.map((event) => event.type)), onReset: resets.add });
    await client.call('work.add', { type: 'build', title: 'x' });
    await events.until((all) => all.length === 1);
    await bed.restart(open);
    const [reset] = await resets.until((all) => all.length === 1);
    const cursor = { swarm: 'default', journal: bed.server.engine.journalId, seq: 1 };
    expect(reset).toMatchObject({ reason: 'other_journal', cursor, status: { tasks: { total: 0 } } });
    await client.call('session.register', { session_id: 'a', capabilities: [] });
    await events.until((all) => all.length === 2);
    expect(events.all).toEqual(['task_added', 'session_registered']);
  });

  test('E3: a follower of a log that was restored from a backup is told to begin anew, however far that has gone on since', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-live-'));
    folders.push(folder);
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    const on = (place: string): TestServerOptions => ({ openJournal: () => openSqliteJournal({ folder: place }), auth: false });
    await bed.restart(on(here));
    const client = bed.connect({ token: null });
    const add = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) await client.call('work.add', { type: 'build', title: 'x' });
    };
    const seen: Collected<FeedCursor> = new Collected<FeedCursor>();
    const stop = client.subscribe({ topics: ['events'], since: 0, onEvents: (_, cursor) => seen.add(cursor) });
    await add(3);
    const file = join(folder, 'backup.jsonl');
    const tools = logTools(() => Date.now());
    const { last_seq: saved } = await tools.exportLog({ folder: here, swarm: 'default' }, file, undefined);
    await add(2);
    const lost = await seen.until((all) => all.at(-1)?.seq === bed.server.engine.feed.head);
    stop();
    await tools.importLog({ folder: there, swarm: 'default' }, file, { same: true, keep_intact: false });
    await bed.restart(on(there));
    expect(bed.server.engine.feed.head).toBeGreaterThanOrEqual(saved);
    await add(6);
    const resets = new Collected<FeedReset>();
    const since = lost.at(-1);
    if (since === undefined) throw new Error('nothing was seen');
    expect(bed.server.engine.feed.head).toBeGreaterThan(since.seq);
    client.subscribe({ topics: ['events'], since, onReset: resets.add });
    const [reset] = await resets.until((all) => all.length === 1);
    expect(reset).toMatchObject({ reason: 'other_journal', cursor: { journal: bed.server.engine.journalId } });
    // From then on it goes on, across restarts too.
    const { journalId } = bed.server.engine;
    await bed.restart(on(there));
    expect(bed.server.engine.journalId).toBe(journalId);
    await add(1);
    expect(resets.all).toHaveLength(1);
  });

  test('A10: status, and no more of anything after the end of the subscription', async () => {
    await bed.restart({ doors: [webSocketDoor({ status_ms: 10 })] });
    const client = bed.connect();
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

/** A journal whose next appends fail, as on a full disk. */
function failing(journal: Journal, fault: { left: number }): Journal {
  return new Proxy(journal, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name === 'append' && fault.left > 0) {
        fault.left -= 1;
        return async () => Promise.reject(new Failure('journal_failed', { reason: 'the disk is full' }));
      }
      return value.bind(target) as unknown;
    },
  });
}
