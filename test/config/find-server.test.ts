import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findServer, isLoopback } from '../../src/config/find-server.ts';
import { readServerFile, removeServerFile, type ServerFile, writeServerFile } from '../../src/config/server-file.ts';

let root: string;
let env: Record<string, string>;
const servers: Server[] = [];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-find-')));
  mkdirSync(join(root, '.tutti'));
  env = { XDG_CONFIG_HOME: join(root, 'xdg') };
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 20 });
});

/** A server that answers /livez with this body. */
async function serve(body: string): Promise<string> {
  const server = createServer((_request, response) => response.end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function announce(file: Partial<ServerFile>): ServerFile {
  const whole = {
    url: 'http://127.0.0.1:1',
    pid: process.pid,
    instance: 'one',
    started_at: new Date(0).toISOString(),
    version: '0',
    ...file,
  };
  writeServerFile(join(root, '.tutti', 'server.json'), whole);
  return whole;
}

/** A process id that surely belongs to nobody now. */
function endedProcess(): number {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  return pid;
}

/** A free port of this machine: nothing answers there. */
async function silentAddress(): Promise<string> {
  const url = await serve('');
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

describe('server.json', () => {
  test('is readable by its owner only, and read back', () => {
    const file = announce({});
    const path = join(root, '.tutti', 'server.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readServerFile(path)).toEqual(file);
  });

  test('is removed only by the instance that wrote it', () => {
    const path = join(root, '.tutti', 'server.json');
    announce({ instance: 'two' });
    removeServerFile(path, 'one');
    expect(existsSync(path)).toBe(true);
    removeServerFile(path, 'two');
    expect(existsSync(path)).toBe(false);
  });

  test.each(['', '{', '{"url":"http://x"}', '{"url":1,"pid":1,"instance":"a","started_at":"","version":""}'])('%j says nothing', (text) => {
    const path = join(root, '.tutti', 'server.json');
    writeFileSync(path, text);
    expect(readServerFile(path)).toBeNull();
  });
});

describe('findServer', () => {
  test('finds the nearest server.json upwards, with the token beside it', async () => {
    const url = await serve('{"instance":"one"}');
    const file = announce({ url });
    writeFileSync(join(root, '.tutti', 'token'), 'secret\n');
    mkdirSync(join(root, 'deep', '.tutti'), { recursive: true });
    const found = await findServer({ from: join(root, 'deep'), env });
    expect(found).toEqual({ url, token: 'secret', folder: join(root, '.tutti'), file });
  });

  test('a flag is stronger than TUTTI_SERVER, that than a file, that than server.json', async () => {
    announce({ url: await serve('{"instance":"one"}') });
    writeFileSync(join(root, '.tutti', 'config.yaml'), 'server: http://127.0.0.1:2/\n');
    expect((await findServer({ from: root, env })).url).toBe('http://127.0.0.1:2');
    env['TUTTI_SERVER'] = 'http://127.0.0.1:3';
    expect((await findServer({ from: root, env })).url).toBe('http://127.0.0.1:3');
    expect((await findServer({ from: root, env, flag: 'http://127.0.0.1:4' })).url).toBe('http://127.0.0.1:4');
  });

  test('TUTTI_TOKEN is stronger than the file; the file never leaves this machine', async () => {
    writeFileSync(join(root, '.tutti', 'token'), 'secret\n');
    expect((await findServer({ from: root, env, flag: 'http://localhost:4' })).token).toBe('secret');
    expect((await findServer({ from: root, env, flag: 'http://example.org' })).token).toBeNull();
    env['TUTTI_TOKEN'] = 'given';
    expect((await findServer({ from: root, env, flag: 'http://example.org' })).token).toBe('given');
    expect((await findServer({ from: root, env, flag: 'http://localhost:4' })).token).toBe('given');
  });

  test('no token goes to a foreign server that a file of the project names', async () => {
    env['TUTTI_TOKEN'] = 'given';
    writeFileSync(join(root, '.tutti', 'config.yaml'), 'server: http://example.org\n');
    expect(await findServer({ from: root, env })).toMatchObject({ url: 'http://example.org', token: null });
    env['TUTTI_SERVER'] = 'http://example.org';
    expect((await findServer({ from: root, env })).token).toBe('given');
  });

  test('a server.json that names another machine leads nowhere', async () => {
    announce({ url: 'http://192.0.2.1:8600' });
    await expect(findServer({ from: root, env })).rejects.toMatchObject({ code: 'server_not_found' });
  });

  test('--data and TUTTI_DATA name the folder', async () => {
    const url = await serve('{"instance":"one"}');
    announce({ url });
    expect((await findServer({ from: '/', env, data: join(root, '.tutti') })).url).toBe(url);
    expect((await findServer({ from: '/', env: { ...env, TUTTI_DATA: join(root, '.tutti') } })).url).toBe(url);
  });

  test('none: server_not_found', async () => {
    await expect(findServer({ from: root, env })).rejects.toMatchObject({ code: 'server_not_found', params: { folder: root } });
  });

  test('a stale file whose process is gone: server_not_found', async () => {
    announce({ url: await silentAddress(), pid: endedProcess() });
    await expect(findServer({ from: root, env })).rejects.toMatchObject({ code: 'server_not_found' });
  });

  test('a living process that does not answer: server_unreachable', async () => {
    const url = await silentAddress();
    announce({ url });
    await expect(findServer({ from: root, env })).rejects.toMatchObject({ code: 'server_unreachable', params: { url } });
  });

  test.each(['{"instance":"another"}', '{}', 'no json'])('another server on the port (%s): server_not_found', async (body) => {
    announce({ url: await serve(body) });
    await expect(findServer({ from: root, env })).rejects.toMatchObject({ code: 'server_not_found' });
  });
});

test('loopback is this machine and nothing else', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'].filter((host) => !isLoopback(host))).toEqual([]);
  expect(['127.0.0.1.example.org', 'localhost.example.org', '0.0.0.0', '::', '10.0.0.1'].filter(isLoopback)).toEqual([]);
});
