import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { get } from '../support/raw-http.ts';
import { failureOf, Project } from './tutti.ts';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

/** Takes a port of this machine while `run` runs; when something else has it for good, it is taken as well. */
async function withTakenPort<T>(run: (port: number) => Promise<T>, wanted = 0): Promise<T> {
  const taker = createServer();
  const isOurs = await listening(taker, wanted);
  try {
    return await run(isOurs ? (taker.address() as AddressInfo).port : wanted);
  } finally {
    if (isOurs) await new Promise((resolve) => taker.close(resolve));
  }
}

/** Listens on a port, once what else of this machine has it has gone; false when it does not go. */
async function listening(server: Server, port: number): Promise<boolean> {
  for (let tries = 0; tries < 60; tries += 1) {
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (taken) return true;
    await sleep(500);
  }
  return false;
}

describe('tutti up', () => {
  test('says where it is, where the token is, and what to do next; SIGTERM ends it with 0 and leaves no server.json', async () => {
    const running = project.start(['up', '--port', '0']);
    const [, url] = await running.until(/Tutti is up: (http:\S+)/);
    await running.until(/tutti status/);
    const file = JSON.parse(readFileSync(join(project.data, 'server.json'), 'utf8')) as { url: string; pid: number };
    expect(file).toMatchObject({ url, pid: running.pid });
    expect(statSync(join(project.data, 'server.json')).mode & 0o777).toBe(0o600);
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(join(project.data, 'token'));
    expect(stdout).toContain('tutti worker --capabilities');
    expect(stderr).toContain('everything acknowledged is safe');
    expect(existsSync(join(project.data, 'server.json'))).toBe(false);
  });

  test('Ctrl-C ends it gracefully with 130', async () => {
    const { running } = await project.up();
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
    expect(existsSync(join(project.data, 'server.json'))).toBe(false);
  });

  test('a second Ctrl-C ends it at once, also while a request is held open', async () => {
    const { running, server } = await project.up();
    const client = project.client(server);
    await client.call('session.register', { session_id: 's', capabilities: [] });
    const held = client.call('work.request', { session_id: 's', wait: 60 }).catch(() => null);
    running.child.kill('SIGINT');
    await running.until(/Stopping/);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    await held;
  });

  test('an explicit port that is taken is an error, and the data folder is free again', async () => {
    await withTakenPort(async (port) => {
      const ran = await project.run(['up', '--port', String(port)]);
      expect(ran.code).toBe(1);
      expect(failureOf(ran)).toMatchObject({ code: 'port_taken', why: `The port ${port} is taken.` });
    });
    expect(existsSync(join(project.data, 'server.json'))).toBe(false);
    await project.up();
  });

  test('an address that is not of this machine is named', async () => {
    const ran = await project.run(['up', '--host', '192.0.2.1', '--port', '0']);
    expect([ran.code, failureOf(ran).code]).toEqual([1, 'address_unusable']);
  });

  test('the default port that is taken is moved on from, and that is said', async () => {
    await withTakenPort(async () => {
      const running = project.start(['up']);
      const [, port] = await running.until(/Port 8600 is taken; the server listens on (\d+) instead/);
      expect(Number(port)).toBeGreaterThan(8600);
      await running.until(new RegExp(`Tutti is up: http://127.0.0.1:${port}`));
    }, 8600);
  });

  test('--no-auth asks for no token, and is refused beyond this machine', async () => {
    const { server } = await project.up('--no-auth');
    expect(server.token_file).toBeNull();
    const response = await fetch(`${server.url}/swarm/status`);
    expect(response.status).toBe(200);
    const ran = await project.run(['up', '--no-auth', '--host', '0.0.0.0', '--data', 'other']);
    expect(ran.code).toBe(2);
    expect(failureOf(ran).code).toBe('auth_required');
  });

  test.each([['sqlite'], ['memory']])('a second server on the same data folder is refused, naming the first (%s)', async (kind) => {
    const journal = kind === 'memory' ? ['--journal', 'memory:'] : [];
    const { running } = await project.up(...journal);
    const ran = await project.run(['up', '--port', '0', ...journal]);
    expect(ran.code).toBe(6);
    expect(failureOf(ran)).toMatchObject({ code: 'journal_locked', why: expect.stringContaining(`process ${running.pid}`) });
    const status = await project.run(['status']);
    expect(status.code).toBe(0);
  });

  test('after kill -9, up again says that it ended without a word, and keeps everything', async () => {
    const { running } = await project.up();
    const added = await project.run(['task', 'add', '--id', 'kept', '--title', 'Kept', '--json']);
    expect(added.code).toBe(0);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(existsSync(join(project.data, 'server.json'))).toBe(true);
    const stale = await project.run(['status']);
    expect(stale.code).toBe(5);
    expect(failureOf(stale).code).toBe('server_not_found');
    const again = project.start(['up', '--port', '0']);
    await again.until(/Tutti is up: http:/);
    await again.until(new RegExp(`The last server here \\(process ${running.pid}, started .* ended without a word`));
    await again.until(/--max-old-space-size/);
    const shown = await project.run(['task', 'show', 'kept', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ task: { id: 'kept', status: 'pending' } });
  });

  test('memory: forgets at the end and leaves no journal', async () => {
    const { running, server } = await project.up('--journal', 'memory:');
    await project.client(server).call('work.add', { type: 'a', title: 'a' });
    running.child.kill('SIGTERM');
    await running.ended;
    expect(existsSync(join(project.data, 'journal.db'))).toBe(false);
  });

  test('configured rules are in force and swarms are served', async () => {
    const env = { TUTTI_SETTINGS_OFFLINE_AFTER: '7' };
    const running = project.start(['up', '--port', '0', '--swarm', 'payments', '--json'], env);
    await running.until(/^\{.*\}$/m);
    const rules = await project.run(['config', 'rules', '--swarm', 'payments', '--json']);
    expect(JSON.parse(rules.stdout)).toMatchObject({ settings: { offline_after: 7 } });
    expect(existsSync(join(project.data, 'swarms', 'payments', 'journal.db'))).toBe(true);
    const unknown = await project.run(['status', '--swarm', 'nobody']);
    expect([unknown.code, failureOf(unknown).code]).toEqual([3, 'swarm_unknown']);
  });

  test('--dry-run starts nothing', async () => {
    const ran = await project.run(['up', '--port', '9001', '--dry-run']);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('127.0.0.1:9001') });
    expect(existsSync(project.data)).toBe(false);
  });

  test('a secret that is none is named', async () => {
    const { running } = await project.up();
    running.child.kill('SIGTERM');
    await running.ended;
    writeFileSync(join(project.data, 'secret'), 'short');
    const ran = await project.run(['up', '--port', '0']);
    expect([ran.code, failureOf(ran).code]).toEqual([4, 'secret_unusable']);
  });
});

describe('C8: allowed_hosts and allowed_origins', () => {
  test('let in what is configured and nothing else', async () => {
    const env = { TUTTI_ALLOWED_HOSTS: 'tutti.example.org, [fd00::1]', TUTTI_ALLOWED_ORIGINS: 'https://tutti.example.org' };
    const running = project.start(['up', '--port', '0', '--json'], env);
    const [line] = await running.until(/^\{.*\}$/m);
    const { url, token_file } = JSON.parse(line) as { url: string; token_file: string };
    const port = Number(new URL(url).port);
    const authorization = `Bearer ${readFileSync(token_file, 'utf8').trim()}`;
    for (const [host, status] of [
      ['tutti.example.org', 200],
      ['TUTTI.example.org:443', 200],
      ['[fd00::1]:8600', 200],
      ['evil.example', 403],
      ['tutti.example.org.evil.example', 403],
    ] as const) {
      expect([host, (await get(port, '/swarm/status', { host, authorization })).status]).toEqual([host, status]);
    }
    for (const [origin, status] of [
      ['https://tutti.example.org', 200],
      ['http://tutti.example.org', 403],
      ['https://evil.example', 403],
      ['null', 403],
    ] as const) {
      const headers = { authorization, origin, 'content-type': 'application/json' };
      const response = await fetch(`${url}/work/add`, { method: 'POST', headers, body: JSON.stringify({ type: 'a', title: 'a' }) });
      expect([origin, response.status]).toEqual([origin, status]);
      await response.body?.cancel();
    }
  });

  test.each([
    ['TUTTI_ALLOWED_HOSTS', 'https://tutti.example.org'],
    ['TUTTI_ALLOWED_HOSTS', '*'],
    ['TUTTI_ALLOWED_ORIGINS', 'tutti.example.org'],
    ['TUTTI_ALLOWED_ORIGINS', 'https://tutti.example.org/page'],
    ['TUTTI_ALLOWED_ORIGINS', '*'],
  ])('%s=%s is refused', async (name, value) => {
    const ran = await project.run(['up', '--port', '0'], { env: { [name]: value } });
    expect([ran.code, failureOf(ran).code]).toEqual([2, 'config_invalid']);
  });
});

describe('tutti up --detach and tutti down', () => {
  test('returns once it is ready; down ends it and says what happens to workers', async () => {
    const up = await project.run(['up', '--detach', '--port', '0', '--json']);
    expect(up.code).toBe(0);
    const server = JSON.parse(up.stdout) as { url: string; pid: number; token_file: string };
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const client = project.client({ instance: '', data: project.data, ...server });
    await client.call('session.register', { session_id: 'w1', capabilities: [] });
    await client.call('work.add', { id: 'long', type: 'a', title: 'a' });
    await client.call('work.claim', { session_id: 'w1', task_id: 'long' });

    const planned = await project.run(['down', '--dry-run']);
    expect(planned.stderr).toContain('w1 (long)');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

    const down = await project.run(['down']);
    expect(down.code).toBe(0);
    expect(down.stdout).toContain('w1 (long)');
    expect(down.stdout).toContain('deliver them once the server is back');
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow('fetch failed');
    expect(existsSync(join(project.data, 'server.json'))).toBe(false);

    const again = await project.run(['down']);
    expect([again.code, failureOf(again).code]).toEqual([5, 'server_not_found']);
  });

  test('a server that does not answer is left alone, and ended by --force', async () => {
    const { running, server } = await project.up();
    const client = project.client(server);
    await client.call('work.add', { id: 'kept', type: 'a', title: 'a' });
    running.child.kill('SIGSTOP');
    const refused = await project.run(['down']);
    expect([refused.code, failureOf(refused).code]).toEqual([5, 'server_silent']);
    expect(refused.stderr).toContain(`process ${server.pid}`);
    const planned = await project.run(['down', '--force', '--dry-run']);
    expect([planned.code, running.child.exitCode, running.child.signalCode]).toEqual([0, null, null]);

    const down = await project.run(['down', '--force']);
    expect(down.code).toBe(0);
    expect(down.stdout).toContain('Whatever it acknowledged is safe');
    expect((await running.ended).code).toBeNull();
    expect(running.child.signalCode).toBe('SIGKILL');
    expect(existsSync(join(project.data, 'server.json'))).toBe(false);

    const again = await project.up();
    expect(await project.client(again.server).call('task.show', { task_id: 'kept' })).toMatchObject({ task: { id: 'kept' } });
  });

  test('--force never ends another process that has got its id', async () => {
    const { running } = await project.up();
    const path = join(project.data, 'server.json');
    const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    running.child.kill('SIGKILL');
    await running.ended;
    writeFileSync(path, JSON.stringify({ ...file, pid: process.pid }));
    for (const born of [file['born'], null]) {
      writeFileSync(path, JSON.stringify({ ...file, pid: process.pid, born }));
      const ran = await project.run(['down', '--force']);
      expect([ran.code, failureOf(ran).code]).toEqual([6, 'server_unverified']);
    }
  });

  test('a start that fails in the background is told in the foreground', async () => {
    await withTakenPort(async (port) => {
      const ran = await project.run(['up', '--detach', '--port', String(port)]);
      expect(ran.code).toBe(1);
      expect(failureOf(ran).code).toBe('port_taken');
    });
  });

  test('a process that is not the server is never hit', async () => {
    const innocent = project.start(['up', '--port', '0', '--json', '--data', 'other']);
    await innocent.until(/^\{.*\}$/m);
    const other = JSON.parse(readFileSync(join(project.folder, 'other', 'server.json'), 'utf8')) as object;
    const { running } = await project.up();
    running.child.kill('SIGKILL');
    await running.ended;
    // As after a reboot: the process id and the port of the old file belong to others now.
    writeFileSync(join(project.data, 'server.json'), JSON.stringify({ ...other, instance: 'gone' }));
    const ran = await project.run(['down']);
    expect([ran.code, failureOf(ran).code]).toEqual([5, 'server_not_found']);
    expect(innocent.child.exitCode).toBeNull();
  });

  test('a server whose process cannot be reached from here is named, not hit', async () => {
    const { running } = await project.up();
    const path = join(project.data, 'server.json');
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), pid }));
    const ran = await project.run(['down']);
    expect([ran.code, failureOf(ran).code]).toEqual([6, 'server_unverified']);
    expect(running.child.exitCode).toBeNull();
  });

  test('down with --json says it for a program; with --server it is refused', async () => {
    await project.run(['up', '--detach', '--port', '0']);
    const refused = await project.run(['down', '--server', 'http://127.0.0.1:8600']);
    expect([refused.code, failureOf(refused).code]).toEqual([2, 'usage']);
    const down = await project.run(['down', '--json']);
    expect(JSON.parse(down.stdout)).toMatchObject({ status: 'stopped', busy_sessions: [] });
  });
});

test('tutti start --no-demo serves until it is stopped', async () => {
  const running = project.start(['start', '--no-demo', '--port', '0']);
  await running.until(/Tutti is up/);
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(0);
});
