/**
 * Sessions in real tmux: nothing that they write is lost, from the first word to the last.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { clientClock } from '../../src/client/system-ports.ts';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import type { TerminalHome, TerminalSeen } from '../../src/host/terminals/terminal-home.ts';
import { openTmuxHome } from '../../src/host/terminals/tmux-home.ts';
import { isAlive, killHard } from '../runners/script-fixture.ts';

const WAIT = { timeout: 60_000, interval: 20 };
let folder: string;
let home: TerminalHome;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutti-home-'));
  home = await openTmuxHome(folder, { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' }, clientClock);
  // Keeps the tmux server, whose start is not what is looked at.
  await begin('keep', 'sleep 300');
});
afterAll(async () => {
  execFileSync('tmux', ['-L', terminalSocket(folder), 'kill-server'], { stdio: 'ignore' });
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});

function begin(id: string, script: string): Promise<void> {
  return home.start({ id, command: ['/bin/sh', '-c', script], folder, environment: {} });
}

async function seen(id: string): Promise<TerminalSeen | undefined> {
  return (await home.list()).find((each) => each.id === id);
}

describe('D8: a session in tmux', { timeout: 180_000 }, () => {
  test('what a program wrote is there to the last word however soon it ends, and how it ended', async () => {
    const ids = Array.from({ length: 40 }, (_, number) => `quick-${number}`);
    for (const id of ids) await begin(id, `printf 'first\\nlast of ${id}'; exit 7`);
    await expect.poll(async () => (await home.list()).filter(({ alive }) => alive).map(({ id }) => id), WAIT).toEqual(['keep']);
    for (const id of ids) {
      expect(await home.screen(id, 50)).toBe(`first\nlast of ${id}`);
      expect(await seen(id)).toMatchObject({ exit_code: 7, signal: null });
      await home.stop(id, 0);
    }
  });

  test('its PID is that of the program, which gets every signal itself; a signal that ends it is named', async () => {
    await begin('traps', 'trap "echo heard it; exit 3" TERM; echo ready; while :; do sleep 0.05; done');
    await expect.poll(() => home.screen('traps', 5), WAIT).toBe('ready');
    const pid = (await seen('traps'))?.pid ?? 0;
    expect(pid).toBeGreaterThan(0);
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => seen('traps'), WAIT).toMatchObject({ alive: false, pid, exit_code: 3, signal: null });
    expect(await home.screen('traps', 5)).toBe('ready\nheard it');
    await begin('killed', 'sleep 300');
    killHard((await seen('killed'))?.pid);
    await expect.poll(() => seen('killed'), WAIT).toMatchObject({ alive: false, exit_code: null, signal: 9 });
  });

  test('stopped, it is asked first, and may take its time for that; what it left behind ends with it', async () => {
    await begin('gentle', '(trap "" HUP TERM; sleep 300) & echo $!; trap "echo bye; exit 0" TERM; while :; do sleep 0.05; done');
    await expect.poll(() => home.screen('gentle', 5), WAIT).toMatch(/^\d+$/);
    const child = Number(await home.screen('gentle', 5));
    expect(await home.stop('gentle', 500)).toEqual([]);
    expect([await isAlive(child), await seen('gentle')]).toEqual([false, undefined]);
    await begin('leaves', 'setsid sleep 300 & echo $!; sleep 0.2');
    await expect.poll(() => seen('leaves'), WAIT).toMatchObject({ alive: false, exit_code: 0 });
    const left = Number(await home.screen('leaves', 5));
    expect(await home.stop('leaves', 0)).toEqual([]);
    expect(await isAlive(left)).toBe(false);
  });

  test('it is started once: a second one under its name is refused, and changes nothing', async () => {
    await begin('once', 'sleep 300');
    const { pid } = (await seen('once')) ?? {};
    await expect(begin('once', 'echo second')).rejects.toMatchObject({ code: 'session_not_started' });
    expect(await seen('once')).toMatchObject({ pid, alive: true });
  });

  test('sessions of another project have the same names, and nothing to do with it', async () => {
    const other = await mkdtemp(join(tmpdir(), 'tutti-home-'));
    const theirs = await openTmuxHome(other, { PATH: '/usr/bin:/bin' }, clientClock);
    await begin('same', 'sleep 300');
    await theirs.start({ id: 'same', command: ['sleep', '300'], folder: other, environment: {} });
    await home.stop('same', 100);
    expect(await theirs.list()).toMatchObject([{ id: 'same', alive: true }]);
    await theirs.stop('same', 100);
    await rm(other, { recursive: true, force: true, maxRetries: 20 });
  });
});
