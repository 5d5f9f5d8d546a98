/**
 * A host with real tmux and real processes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, type Mock, onTestFinished, test, vi } from 'vitest';
import { createHttpClient } from '../../src/client/http-client.ts';
import { EXIT } from '../../src/contract/errors/error-entry.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { type HostedSession, type HostEvent, type HostOptions, runHost } from '../../src/host/supervision/run-host.ts';
import { isAlive, killHard } from '../runners/script-fixture.ts';
import { hostFolder } from './host-fixture.ts';
import { until } from './test-bed.ts';

interface TestHost {
  readonly events: readonly HostEvent[];
  readonly stop: () => Promise<void>;
}

const rules = { first_pause_ms: 50, longest_pause_ms: 200 };

function session(id: string, script: string, folder: string, more: Partial<HostedSession> = {}): HostedSession {
  const command = ['/bin/sh', '-c', script] as const;
  return {
    id,
    command,
    folder,
    environment: {},
    restart: 'always',
    limit_ms: null,
    memory_mb: null,
    cpu_seconds: null,
    worktree: false,
    ...more,
  };
}

function start(data_folder: string, wanted: () => readonly HostedSession[], more: Partial<HostOptions> = {}): TestHost {
  const events: HostEvent[] = [];
  const stopping = new AbortController();
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: data_folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const onEvent = (event: HostEvent): void => void events.push(event);
  const done = runHost({ wanted, data_folder, environment, rules, grace_ms: 300, signal: stopping.signal, onEvent, ...more });
  const stop = (): Promise<void> => {
    stopping.abort();
    return done;
  };
  onTestFinished(stop);
  return { events, stop };
}

function of<K extends HostEvent['kind']>(host: TestHost, kind: K): Extract<HostEvent, { kind: K }>[] {
  return host.events.filter((event): event is Extract<HostEvent, { kind: K }> => event.kind === kind);
}

/** The host looks and decides so many times more: it asks what is wanted each time. */
async function passes(asked: Mock<() => readonly HostedSession[]>, more: number): Promise<void> {
  const before = asked.mock.calls.length;
  await until(() => asked.mock.calls.length >= before + more);
}

describe('D8: a host', { timeout: 180_000 }, () => {
  test('starts what is wanted, nothing dies with it, the next one adopts it, and stops what is no longer wanted with its tree', async () => {
    const folder = await hostFolder();
    let wanted = [session('eng.1', 'sleep 300 & echo $! > child; echo hello; wait', folder)];
    const first = start(folder, () => wanted);
    await until(() => of(first, 'spawned').length > 0);
    await until(() => existsSync(join(folder, 'child')) && readFileSync(join(folder, 'child'), 'utf8').endsWith('\n'));
    const pid = of(first, 'spawned')[0]?.pid ?? 0;
    await first.stop();
    expect(await isAlive(pid)).toBe(true);
    const second = start(folder, () => wanted);
    await until(() => of(second, 'adopted').length > 0);
    expect(of(second, 'adopted')[0]).toMatchObject({ session_id: 'eng.1', pid });
    expect(of(second, 'spawned')).toEqual([]);
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    wanted = [];
    await until(() => of(second, 'stopped').length > 0);
    expect(of(second, 'stopped')[0]).toMatchObject({ session_id: 'eng.1', why: 'not_wanted', survivors: [] });
    expect([await isAlive(pid), await isAlive(child)]).toEqual([false, false]);
  });

  test('restarts what dies, gives it up after three times in a row with its last screen, also for the next host, until it is lifted', async () => {
    const folder = await hostFolder();
    const wanted = [session('crash', 'echo run >> runs; echo "it broke: disk"; exit 7', folder)];
    const host = start(folder, () => wanted);
    await until(() => of(host, 'quarantined').length > 0);
    expect(of(host, 'exited').map((event) => event.exit_code)).toEqual([7, 7, 7]);
    expect(of(host, 'restarting')).toHaveLength(2);
    expect(of(host, 'quarantined')[0]).toMatchObject({ failures: 3, screen: 'it broke: disk' });
    await host.stop();
    // Another one is tried and given up meanwhile.
    const next = start(folder, () => [...wanted, session('other', 'exit 1', folder)]);
    await until(() => of(next, 'quarantined').length > 0);
    expect(of(next, 'spawning').map((event) => event.session_id)).toEqual(['other', 'other', 'other']);
    await next.stop();
    const lifted = start(folder, () => wanted, { lift: ['crash'] });
    await until(() => of(lifted, 'quarantined').length > 0);
    expect(of(lifted, 'left_ended')).toEqual([]);
    // Lifted again, while that host runs.
    const asking = start(folder, () => wanted, { lift: ['crash'] });
    await asking.stop();
    expect(asking.events).toMatchObject([{ kind: 'handed_over', session_ids: 'crash' }]);
    await until(() => of(lifted, 'quarantined').length > 1);
    expect(of(lifted, 'spawned')).toHaveLength(6);
    await lifted.stop();
  });

  test('a worker that another one has replaced is left ended, and not started against it', async () => {
    const folder = await hostFolder();
    const asked = vi.fn(() => [session('replaced', `echo "another has my place"; exit ${EXIT.replaced}`, folder)]);
    const host = start(folder, asked);
    await until(() => of(host, 'exited').length > 0);
    await passes(asked, 4);
    expect(host.events.map(({ kind }) => kind)).toEqual(['keeping', 'spawning', 'spawned', 'exited']);
    expect(of(host, 'exited')[0]).toMatchObject({ exit_code: EXIT.replaced, screen: 'another has my place' });
  });

  test('a killed process is seen and started again; one that ends well is not, when it need not', async () => {
    const folder = await hostFolder();
    const host = start(folder, () => [
      session('worker', 'sleep 300', folder),
      session('once', 'exit 0', folder, { restart: 'on_failure' }),
    ]);
    await until(() => of(host, 'spawned').some((event) => event.session_id === 'worker'));
    killHard(of(host, 'spawned').find((event) => event.session_id === 'worker')?.pid);
    await until(() => of(host, 'spawned').filter((event) => event.session_id === 'worker').length > 1);
    expect(of(host, 'exited').find((event) => event.session_id === 'worker')).toMatchObject({ exit_code: null, signal: 9 });
    await until(() => of(host, 'exited').some((event) => event.session_id === 'once'));
    expect(of(host, 'spawned').filter((event) => event.session_id === 'once')).toHaveLength(1);
  });

  test('its environment is what it is given', async () => {
    const folder = await hostFolder();
    start(folder, () => [session('given', '(env; echo all) > seen; sleep 300', folder, { environment: { ROLE: 'x y' } })]);
    await until(() => existsSync(join(folder, 'seen')) && readFileSync(join(folder, 'seen'), 'utf8').endsWith('all\n'));
    const seen = readFileSync(join(folder, 'seen'), 'utf8');
    expect(seen).toContain('ROLE=x y\n');
    expect(seen).toContain('TUTTI_HOSTED=given\n');
    expect(seen).not.toContain('TUTTI_TEST_FILE');
  });

  test('what takes more memory, processor time or time than it may is ended, and nothing beside it', async () => {
    const folder = await hostFolder();
    const once = { restart: 'never' } as const;
    const environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
    // What holds the memory and what burns the time is a child of a child, as with agents.
    const grows = `node -e "const held = []; setInterval(() => held.push(Buffer.alloc(6e6, 1)), 20)" & wait`;
    const asked = vi.fn(() => [
      session('memory', grows, folder, { ...once, memory_mb: 300, environment }),
      session('cpu', '(while :; do :; done) & wait', folder, { ...once, cpu_seconds: 1 }),
      session('time', 'sleep 300', folder, { ...once, limit_ms: 700 }),
      // A program that reserves far more addresses than it holds memory, as every agent does.
      session('other', 'exec node -e "setTimeout(() => 0, 1e6)"', folder, { ...once, memory_mb: 300, cpu_seconds: 600, environment }),
    ]);
    const host = start(folder, asked);
    await until(() => of(host, 'stopped').length === 3);
    const ends = of(host, 'stopped').map(({ session_id, why, survivors }) => [session_id, [why, survivors.length]]);
    expect(Object.fromEntries(ends)).toEqual({ cpu: ['cpu_over', 0], memory: ['memory_over', 0], time: ['time_over', 0] });
    await passes(asked, 4);
    expect(of(host, 'spawned')).toHaveLength(4);
    expect(of(host, 'exited')).toEqual([]);
  });

  test('what grew beyond its memory is started again with the care of what fails, and given up after three times', async () => {
    const folder = await hostFolder();
    const grows = 'exec node -e "const held = []; setInterval(() => held.push(Buffer.alloc(6e6, 1)), 20)"';
    const more = { memory_mb: 200, environment: { PATH: dirname(process.execPath) } };
    const host = start(folder, () => [session('grows', grows, folder, more)]);
    await until(() => of(host, 'quarantined').length > 0);
    expect(of(host, 'stopped').map(({ why }) => why)).toEqual(['memory_over', 'memory_over', 'memory_over']);
    expect(of(host, 'restarting').map(({ failures }) => failures)).toEqual([1, 2]);
  });

  test('no more sessions run than may', async () => {
    const folder = await hostFolder();
    const wanted = ['a', 'b', 'c'].map((id) => session(id, 'sleep 300', folder));
    const asked = vi.fn(() => wanted);
    const host = start(folder, asked, { rules: { ...rules, most_sessions: 2 } });
    await until(() => of(host, 'spawned').length === 2);
    await passes(asked, 4);
    expect(of(host, 'spawned')).toHaveLength(2);
    wanted.shift();
    await until(() => of(host, 'spawned').length === 3);
  });

  test('E1: a session may work in a worktree of its own, and finds it again with everything in it', async () => {
    const folder = await hostFolder();
    const repository = join(folder, 'repository');
    mkdirSync(repository);
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { encoding: 'utf8' });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const host = start(folder, () => [session('eng', 'pwd >> places; [ -e places ] && sleep 0.1; exit 1', repository, { worktree: true })]);
    await until(() => of(host, 'quarantined').length > 0);
    const worktrees = git('worktree', 'list', '--porcelain');
    const place = /worktree (.*session-eng.*)/.exec(worktrees)?.[1] ?? '';
    expect(readFileSync(join(place, 'places'), 'utf8').trim().split('\n')).toEqual([place, place, place]);
    expect(existsSync(join(repository, 'places'))).toBe(false);
  });

  test('a machine whose locale says nothing of UTF-8 is as good as any', async () => {
    const folder = await hostFolder();
    const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder };
    const asked = vi.fn(() => [session('a', 'echo "grün"; sleep 300', folder)]);
    const host = start(folder, asked, { environment });
    await until(() => of(host, 'spawned').length > 0);
    await passes(asked, 4);
    expect(of(host, 'warning')).toEqual([]);
    expect(of(host, 'spawned')).toMatchObject([{ pid: expect.toSatisfy((pid: number) => pid > 0) }]);
  });

  test('a second host of the same folder is refused', async () => {
    const folder = await hostFolder();
    start(folder, () => [session('a', 'sleep 300', folder)]);
    await until(() => existsSync(join(folder, 'tmux.conf')));
    const again = runHost({ wanted: () => [], data_folder: folder, environment: {}, signal: new AbortController().signal });
    await expect(again).rejects.toMatchObject({ code: 'host_running' });
  });

  test('D8: what becomes of its processes is in the log, also what happened before the server was there', async () => {
    const folder = await hostFolder();
    const server = await startTestServer();
    let there = false;
    const find = () => Promise.resolve(there ? { url: server.url, token: server.tokenOf('operator') } : null);
    const wanted = [session('crash', 'echo "\\033[31mit broke\\033[0m"; exit 7', folder), session('well', 'sleep 300', folder)];
    const host = start(folder, () => wanted, { find, host: 'box' });
    await until(() => of(host, 'quarantined').length > 0);
    there = true;
    const client = createHttpClient({ url: server.url, token: server.tokenOf('viewer') });
    await expect
      .poll(() => client.call('hosted.list', {}).then(({ sessions }) => sessions), { timeout: 60_000 })
      .toMatchObject([
        { session_id: 'crash', host: 'box', status: 'quarantined', pid: null, exit_code: 7, failures: 3, starts: 3 },
        { session_id: 'well', host: 'box', status: 'running', starts: 1 },
      ]);
    expect(await client.call('hosted.show', { session_id: 'crash' })).toMatchObject({ screen: expect.stringMatching(/^it broke$/m) });
    const { events } = await client.call('event.list', { limit: 100 });
    const crash = events.filter(({ data }) => data['session_id'] === 'crash').map(({ type }) => type.slice('hosted_'.length));
    const round = ['spawned', 'exited', 'restarting'];
    expect(crash).toEqual([...round, ...round, 'spawned', 'exited', 'quarantined']);
    await host.stop();
    await server.close();
  });

  test('a command that is not there is given up, not tried for ever', async () => {
    const folder = await hostFolder();
    const host = start(folder, () => [{ ...session('none', '', folder), command: ['/no/such/command'] }]);
    await until(() => of(host, 'quarantined').length > 0);
    expect(of(host, 'spawning')).toHaveLength(3);
  });
});
