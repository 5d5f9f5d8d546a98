import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import { failureOf, Project } from './tutti.ts';

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(async () => {
  try {
    execFileSync('tmux', ['-L', terminalSocket(join(project.folder, '.tutti', 'host')), 'kill-server'], { stdio: 'ignore' });
  } catch {
    // It never ran.
  }
  await project.remove();
});

test(
  'D8: a host keeps the sessions of the configuration; their screens can be read, and they outlive it',
  { timeout: 60_000 },
  async () => {
    mkdirSync(join(project.folder, '.tutti'));
    const sessions = { 'eng-1': { command: 'echo "at work"; sleep 300' } };
    writeFileSync(join(project.folder, '.tutti', 'config.yaml'), JSON.stringify({ sessions }));
    const host = project.start(['host']);
    await host.until(/spawning eng-1: /);
    await host.until(/eng-1 runs, PID \d+/);
    await expect.poll(async () => (await project.run(['session', 'screen', 'eng-1'])).stdout, { timeout: 10_000 }).toContain('at work');
    host.child.kill('SIGINT');
    await host.ended;
    expect((await project.run(['session', 'screen', 'eng-1'])).stdout).toContain('at work');
    const missing = await project.run(['session', 'attach', 'nobody']);
    expect([missing.code, failureOf(missing).code]).toEqual([3, 'session_not_hosted']);
  },
);

test('up --keep-sessions keeps them too, shows their terminals, and leaves them running', { timeout: 60_000 }, async () => {
  mkdirSync(join(project.folder, '.tutti'));
  const sessions = { 'eng-1': { command: 'echo "at work"; sleep 300' } };
  writeFileSync(join(project.folder, '.tutti', 'config.yaml'), JSON.stringify({ sessions }));
  const { running } = await project.up('--keep-sessions');
  const listed = async (): Promise<string> => (await project.run(['session', 'terminals', '--json'])).stdout;
  await expect.poll(listed, { timeout: 20_000, interval: 300 }).toContain('"eng-1"');
  const second = await project.run(['host']);
  expect(failureOf(second).code).toBe('host_running');
  expect((await project.run(['session', 'processes'])).stdout).toMatch(/eng-1 .*running/);
  running.child.kill('SIGINT');
  await running.ended;
  expect((await project.run(['session', 'screen', 'eng-1'])).stdout).toContain('at work');
});
