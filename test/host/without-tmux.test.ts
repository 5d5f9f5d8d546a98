/**
 * A host on a machine without tmux: real programs in terminals of its own, seen and typed into through a real server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLiveClient, type LiveClient } from '../../src/client/live-client.ts';
import type { TerminalScreen } from '../../src/contract/views/terminal-view.ts';
import { type HostedSession, type HostEvent, runHost } from '../../src/host/supervision/run-host.ts';
import { isAlive } from '../runners/script-fixture.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { temporaryFolder } from './host-fixture.ts';

const WAIT = { timeout: 60_000, interval: 20 };
let folder: string;
let environment: Record<string, string>;
beforeEach(async () => {
  folder = await temporaryFolder();
  // All that a shell needs, and no tmux.
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const name of ['sleep', 'stty', 'seq', 'env', 'setsid']) symlinkSync(`/usr/bin/${name}`, join(programs, name));
  environment = { PATH: programs, HOME: folder, LANG: 'C.UTF-8', PS1: '$ ' };
});

function session(id: string, script: string, more: Partial<HostedSession> = {}): HostedSession {
  const limits = { limit_ms: null, memory_mb: null, cpu_seconds: null };
  return { id, command: ['/bin/sh', '-c', script], folder, environment: {}, restart: 'never', ...limits, ...more };
}

interface Kept {
  readonly events: readonly HostEvent[];
  readonly stop: () => Promise<void>;
}

function keep(wanted: readonly HostedSession[], find?: () => Promise<{ url: string; token: string | null }>): Kept {
  const events: HostEvent[] = [];
  const stopping = new AbortController();
  const done = runHost({
    wanted: () => wanted,
    data_folder: join(folder, 'host'),
    environment,
    rules: { first_pause_ms: 50, longest_pause_ms: 200 },
    grace_ms: 300,
    signal: stopping.signal,
    onEvent: (event) => void events.push(event),
    host: 'box',
    ...(find === undefined ? {} : { find }),
  });
  const stop = (): Promise<void> => {
    stopping.abort();
    return done;
  };
  onTestFinished(stop);
  return { events, stop };
}

function of<K extends HostEvent['kind']>(host: Kept, kind: K): Extract<HostEvent, { kind: K }>[] {
  return host.events.filter((event): event is Extract<HostEvent, { kind: K }> => event.kind === kind);
}

describe('D8: a host without tmux', { timeout: 180_000 }, () => {
  test('says that its sessions end with it, and ends them with all they started', async () => {
    const host = keep([session('eng.1', 'setsid sleep 300 & echo $! > child; sleep 300')]);
    await expect.poll(() => existsSync(join(folder, 'child')) && readFileSync(join(folder, 'child'), 'utf8'), WAIT).toMatch(/\d\n/);
    expect(host.events[0]).toMatchObject({ kind: 'keeping', outlives: false });
    await expect.poll(() => of(host, 'spawned').length, WAIT).toBe(1);
    const pid = of(host, 'spawned')[0]?.pid ?? 0;
    expect(await isAlive(pid)).toBe(true);
    await host.stop();
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    expect([await isAlive(pid), await isAlive(child)]).toEqual([false, false]);
    expect(of(host, 'stopped')).toMatchObject([{ session_id: 'eng.1', why: 'host_ended', survivors: [] }]);
    const next = keep([session('eng.1', 'sleep 300')]);
    await expect.poll(() => of(next, 'spawned').length, WAIT).toBe(1);
  });

  test('keeps the last words of what ends at once, how it ended, and gives up what cannot be started', async () => {
    const crash = session('crash', 'printf "first\\nlast words"; exit 7', { restart: 'always' });
    const given = session('given', 'env; exit 0', { environment: { ROLE: 'x y' } });
    const killed = session('killed', 'kill -9 $$');
    const none: HostedSession = { ...session('none', ''), command: ['/no/such/command'], restart: 'always' };
    const host = keep([crash, given, killed, none]);
    await expect.poll(() => of(host, 'quarantined').length, WAIT).toBe(2);
    await expect
      .poll(() => of(host, 'exited').filter(({ session_id }) => session_id === 'given' || session_id === 'killed').length, WAIT)
      .toBe(2);
    const end = (id: string): HostEvent | undefined => of(host, 'exited').find(({ session_id }) => session_id === id);
    for (const each of of(host, 'exited').filter(({ session_id }) => session_id === 'crash')) {
      expect(each).toMatchObject({ exit_code: 7, signal: null, screen: 'first\nlast words' });
    }
    expect(end('killed')).toMatchObject({ exit_code: null, signal: 9 });
    expect(end('given')).toMatchObject({ exit_code: 0, screen: expect.stringContaining('ROLE=x y') });
    expect(end('none')).toMatchObject({ screen: expect.stringContaining('exec') });
  });

  test('its terminals are shown, looked back in, typed into and resized like any others', async () => {
    const server = await startTestServer();
    const host = keep([session('eng.1', 'seq 1000 3000; exec /bin/sh -i')], () =>
      Promise.resolve({ url: server.url, token: server.tokenOf('operator') }),
    );
    const client: LiveClient = createLiveClient({ url: server.url, token: server.tokenOf('operator') });
    onTestFinished(async () => {
      client.close();
      await host.stop();
      await server.close();
    });
    await expect.poll(() => client.call('terminal.list', {}).then(({ terminals }) => terminals.length), WAIT).toBe(1);
    let screen: TerminalScreen | null = null;
    const text = (): string => (screen?.lines ?? []).map((line) => line.map((run) => run.text).join('')).join('\n');
    const gone: string[] = [];
    client.watchTerminal('eng.1', { onScreen: (shown) => (screen = shown), onGone: ({ code }) => void gone.push(code) });
    await expect.poll(text, WAIT).toMatch(/3000\n[^]*\$/);
    const { history, text: all } = await client.call('terminal.show', { session_id: 'eng.1', history: 500 });
    expect([history.length, all.includes('2500'), all.includes('1000')]).toEqual([500, true, false]);
    const { control } = await client.call('terminal.take', { session_id: 'eng.1' });
    const type = (data: string): Promise<unknown> => client.call('terminal.input', { session_id: 'eng.1', control, data });
    await type("printf '\\033[31;1mgr%s\\033[0m\\033]0;evil\\007\\n' üße; stty size\r");
    await expect.poll(text, WAIT).toMatch(/^grüße\n50 200$/m);
    const shown = screen as TerminalScreen | null;
    expect(shown?.lines.flat()).toContainEqual({ text: 'grüße', fg: 1, style: ['bold'] });
    await client.call('terminal.resize', { session_id: 'eng.1', control, columns: 90, rows: 20 });
    await type('stty size\r');
    await expect.poll(text, WAIT).toMatch(/^20 90$/m);
    await type('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done; echo the "end"\r');
    await expect.poll(text, WAIT).toMatch(/line 20000\nthe end/);
    await type('exit\r');
    await expect.poll(() => gone, WAIT).toContain('terminal_unknown');
  });

  test('what a killed host left behind is ended before the next one starts it again', async () => {
    writeFileSync(join(folder, 'child'), '');
    chmodSync(folder, 0o700);
    const script = `trap '' HUP; echo $$ >> ${join(folder, 'child')}; while :; do sleep 0.05; done`;
    const options = { folder: join(folder, 'host'), environment, session: session('eng.1', script) };
    const first: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'host-process.ts'), JSON.stringify(options)], {
      stdio: 'ignore',
    });
    const exited = new Promise((resolve) => first.once('exit', resolve));
    const pids = (): number[] => readFileSync(join(folder, 'child'), 'utf8').trim().split('\n').filter(Boolean).map(Number);
    await expect.poll(() => pids().length, WAIT).toBe(1);
    await expect
      .poll(() => existsSync(join(folder, 'host', 'terminals.json')) && readFileSync(join(folder, 'host', 'terminals.json'), 'utf8'), WAIT)
      .toContain('eng.1');
    first.kill('SIGKILL');
    await exited;
    const [left = 0] = pids();
    expect(await isAlive(left)).toBe(true);
    keep([options.session]);
    await expect.poll(() => pids().length, WAIT).toBe(2);
    expect(await isAlive(left)).toBe(false);
  });
});
