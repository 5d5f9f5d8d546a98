/**
 * Row D8 where tmux goes away while sessions run in it, with real tmux: they go on, the host says what is wrong and does
 * nothing until it is back, and a host that comes meanwhile starts none of them a second time.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import { type HostEvent, runHost } from '../../src/host/supervision/run-host.ts';
import { openTmuxHome } from '../../src/host/terminals/tmux-home.ts';
import { clientClock } from '../../src/client/system-ports.ts';
import { isAlive } from '../runners/script-fixture.ts';
import { temporaryFolder } from './host-fixture.ts';

const WAIT = { timeout: 60_000, interval: 20 };
let folder: string;
let tmux: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  mkdirSync(join(folder, 'programs'));
  tmux = join(folder, 'programs', 'tmux');
  for (const name of ['sleep', 'tmux']) symlinkSync(`/usr/bin/${name}`, join(folder, 'programs', name));
  onTestFinished(() => {
    try {
      execFileSync('tmux', ['-L', terminalSocket(join(folder, 'host')), 'kill-server'], { stdio: 'ignore' });
    } catch {
      // It has gone.
    }
  });
});

function keep(ids: () => readonly string[]): {
  readonly events: HostEvent[];
  readonly done: Promise<void>;
  readonly stop: () => Promise<void>;
} {
  const events: HostEvent[] = [];
  const stopping = new AbortController();
  const command = ['/bin/sh', '-c', 'sleep 300'] as const;
  const limits = { limit_ms: null, memory_mb: null, cpu_seconds: null };
  const done = runHost({
    wanted: () => ids().map((id) => ({ id, command, folder, environment: {}, restart: 'always' as const, ...limits })),
    data_folder: join(folder, 'host'),
    environment: { PATH: join(folder, 'programs'), HOME: folder, LANG: 'C.UTF-8' },
    rules: { first_pause_ms: 50, longest_pause_ms: 200 },
    grace_ms: 300,
    signal: stopping.signal,
    onEvent: (event) => void events.push(event),
    host: 'box',
  });
  done.catch(() => undefined);
  return {
    events,
    done,
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

test('D8: tmux goes away: its sessions go on, nothing is started or ended meanwhile, and the host goes on when it is back', async () => {
  let wanted = ['a'];
  const host = keep(() => wanted);
  const of = (kind: HostEvent['kind']): HostEvent[] => host.events.filter((event) => event.kind === kind);
  await expect.poll(() => of('spawned').length, WAIT).toBe(1);
  const pid = of('spawned').map((event) => ('pid' in event ? event.pid : 0))[0] ?? 0;
  rmSync(tmux);
  wanted = ['a', 'b'];
  await expect.poll(() => of('warning'), WAIT).toMatchObject([{ code: 'tmux_missing', message: expect.stringContaining('they go on') }]);
  await host.stop();
  const other = keep(() => wanted);
  await expect(other.done).rejects.toMatchObject({ code: 'tmux_missing' });
  expect([of('spawned').length, of('exited').length, of('stopped').length, other.events, await isAlive(pid)]).toEqual([1, 0, 0, [], true]);
  symlinkSync('/usr/bin/tmux', tmux);
  const third = keep(() => wanted);
  await expect
    .poll(() => third.events.filter(({ kind }) => kind === 'adopted' || kind === 'spawned'), WAIT)
    .toMatchObject([
      { kind: 'adopted', session_id: 'a', pid },
      { kind: 'spawned', session_id: 'b' },
    ]);
  await third.stop();
}, 180_000);

test('D8: a host that runs goes on by itself once tmux is back', async () => {
  let wanted = ['a'];
  const host = keep(() => wanted);
  const of = (kind: HostEvent['kind']): HostEvent[] => host.events.filter((event) => event.kind === kind);
  await expect.poll(() => of('spawned').length, WAIT).toBe(1);
  rmSync(tmux);
  await expect.poll(() => of('warning').length, WAIT).toBe(1);
  wanted = ['a', 'b'];
  symlinkSync('/usr/bin/tmux', tmux);
  await expect.poll(() => of('spawned').length, WAIT).toBe(2);
  expect(of('exited')).toEqual([]);
  await host.stop();
}, 180_000);

test('D8: a session whose start meets no tmux has not failed: what is missing is said instead', async () => {
  const home = await openTmuxHome(join(folder, 'host'), { PATH: join(folder, 'programs'), HOME: folder }, clientClock);
  rmSync(tmux);
  const session = {
    id: 'a',
    command: ['/bin/sh', '-c', 'sleep 300'],
    folder,
    environment: {},
  } as const;
  await expect(home.start(session)).rejects.toMatchObject({ code: 'tmux_missing' });
  expect(home.trouble).toMatchObject({ code: 'tmux_missing' });
  symlinkSync('/usr/bin/tmux', tmux);
  await home.start(session);
  expect([home.trouble, (await home.list()).map(({ id, alive }) => [id, alive])]).toEqual([null, [['a', true]]]);
});
