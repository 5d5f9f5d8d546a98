/**
 * How a server starts, says how it is, and which port it gets.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { AccessTokens } from '../../src/config/access-tokens.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { openServerLog } from '../../src/server/server-log.ts';
import { DEFAULT_PORT, type RunningServer, startServer } from '../../src/server/start-server.ts';
import { temporaryFolder } from '../journal/temporary-folder.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { expectProblem } from './expect-problem.ts';

const log = openServerLog({ level: 'silent', destination: { write: () => undefined } });
const tokens = new AccessTokens(randomBytes(32));
const swarms = {
  names: [],
  get: () => {
    throw new Error('there is none');
  },
};

async function start(options: object): Promise<RunningServer> {
  const server = await startServer({ swarms, tokens, log, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Something else that listens; null when the port is taken already. */
async function occupy(port: number): Promise<Server | null> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('the port', () => {
  test('that is named and taken is an error', async () => {
    const other = await occupy(0);
    const address = other?.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({ code: 'port_taken', params: { port } });
  });

  test('that is not named is the default, or the next free one, and the result says so', async () => {
    let held = await occupy(DEFAULT_PORT);
    let server = await start({});
    // Whoever else of this machine had it may have gone meanwhile: then it is ours to take.
    while (held === null && server.port === DEFAULT_PORT) {
      await server.close();
      held = await occupy(DEFAULT_PORT);
      server = await start({});
    }
    expect(server.port).toBeGreaterThan(DEFAULT_PORT);
    expect(server).toMatchObject({ moved: true, url: `http://127.0.0.1:${server.port}` });
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });

  test('0 is any free one', async () => {
    const server = await start({ port: 0 });
    expect(server.moved).toBe(false);
    expect(server.port).toBeGreaterThan(0);
  });
});

describe('the address', () => {
  test('beyond this machine needs authentication', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.org']) {
      await expect(start({ host, auth: false, port: 0 })).rejects.toMatchObject({ code: 'auth_required', params: { host } });
    }
  });

  test('of this machine does not', async () => {
    for (const host of ['127.0.0.1', 'localhost']) expect((await start({ host, auth: false, port: 0 })).port).toBeGreaterThan(0);
  });

  test('that cannot be listened on is an error that says why', async () => {
    await expect(start({ host: '192.0.2.1', port: 0 })).rejects.toThrow(/EADDRNOTAVAIL/);
  });

  test('for all interfaces is reached on this one', async () => {
    const server = await start({ host: '0.0.0.0', port: 0 });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });
});

describe('how a server is', () => {
  let server: TestServer;

  afterEach(() => server.close());

  test('it says that it lives, under the id of this run', async () => {
    server = await startTestServer();
    expect((await server.request('/livez', { token: null })).body).toEqual({ status: 'alive', instance: server.instance });
  });

  test('it is ready when every swarm takes commands', async () => {
    server = await startTestServer({ swarms: ['default', 'other'] });
    const { status, body } = await server.request('/readyz', { token: null });
    expect([status, body]).toEqual([200, { status: 'ready', instance: server.instance, swarms: ['default', 'other'] }]);
    expect((await fetch(`${server.url}/readyz`, { method: 'HEAD' })).status).toBe(200);
  });

  test('it is not ready while the log cannot be written, says why, and is again afterwards', async () => {
    const storage = new MemoryStorage('broken');
    const opened: Journal[] = [];
    let repaired = (): void => undefined;
    const repair = new Promise<void>((resolve) => (repaired = resolve));
    server = await startTestServer({
      openJournal: async () => {
        if (opened.length > 0) await repair;
        const journal = openMemoryJournal(storage);
        opened.push(journal);
        return journal;
      },
    });
    // A chunk out of its place, as after a fault of the disk: this handle takes nothing any more.
    await opened[0]?.append({ first_seq: 99, last_seq: 99, time: 0, text: '[]', retired: [] }).catch(() => undefined);
    const lost = await server.request('/work/add', { body: { type: 'build', title: 'x' } });
    expectProblem(lost, 'journal_failed');
    const { status, body } = await server.request('/readyz', { token: null });
    expect([status, body['status'], body['code']]).toEqual([503, 503, 'journal_failed']);
    expect((await server.request('/livez', { token: null })).status).toBe(200);
    repaired();
    await expect.poll(async () => (await server.request('/readyz', { token: null })).status).toBe(200);
    expect((await server.request('/work/add', { body: { type: 'build', title: 'x' } })).body).toMatchObject({ task_id: 'build-001' });
  });

  test('it answers reads, refuses commands and is not ready while its log may not be written', async () => {
    const folder = temporaryFolder();
    const openJournal = (): Promise<Journal> => openSqliteJournal({ folder });
    server = await startTestServer({ openJournal });
    await server.request('/work/add', { body: { type: 'build', title: 'kept' } });
    await server.request('/work/add', { body: { type: 'build', title: 'lost' } });
    await server.close();
    const database = new DatabaseSync(join(folder, 'journal.db'));
    database.exec('DELETE FROM chunks WHERE first_seq = 3');
    database.close();
    server = await startTestServer({ openJournal });
    expect((await server.request('/swarm/status')).status).toBe(200);
    expectProblem(await server.request('/work/add', { body: { type: 'build', title: 'x' } }), 'read_only');
    const { status, body } = await server.request('/readyz', { token: null });
    expect([status, body['code'], body['detail']]).toEqual([503, 'read_only', expect.stringContaining('acknowledged')]);
  });
});
