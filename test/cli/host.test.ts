import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    expect([missing.code, failureOf(missing).code]).toEqual([5, 'server_not_found']);
  },
);

test('up --keep-sessions keeps them too, shows their terminals, and leaves them running', { timeout: 60_000 }, async () => {
  mkdirSync(join(project.folder, '.tutti'));
  const sessions = { 'eng-1': { command: 'echo "at work"; cat' } };
  writeFileSync(join(project.folder, '.tutti', 'config.yaml'), JSON.stringify({ sessions }));
  const { running, server } = await project.up('--keep-sessions');
  const listed = async (): Promise<string> => (await project.run(['session', 'terminals', '--json'])).stdout;
  await expect.poll(listed, { timeout: 20_000, interval: 300 }).toContain('"eng-1"');
  const second = await project.run(['host']);
  expect(failureOf(second).code).toBe('host_running');
  expect((await project.run(['session', 'processes'])).stdout).toMatch(/eng-1 .*running/);
  // As from another machine: a data folder in which no session lives.
  const elsewhere = ['--server', server.url, '--data', join(project.folder, 'elsewhere')];
  const env = { TUTTI_TOKEN: readFileSync(server.token_file ?? '', 'utf8').trim() };
  expect((await project.run(['session', 'screen', 'eng-1', ...elsewhere], { env })).stdout).toContain('at work');
  const remote = `node ${join(import.meta.dirname, '../../src/main.ts')} session attach eng-1 --control ${elsewhere.join(' ')}`;
  const attached = spawn('script', ['-qec', remote, '/dev/null'], { cwd: project.folder, env: { ...process.env, ...env }, stdio: 'pipe' });
  let shown = '';
  attached.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const ended = once(attached, 'exit');
  await expect.poll(() => shown, { timeout: 20_000 }).toContain('at work');
  const held = async (): Promise<string> => (await project.run(['session', 'terminals', '--json'])).stdout;
  expect(await held()).toContain('"by": "role:admin"');
  attached.stdin.write('typed here\r');
  await expect.poll(() => shown, { timeout: 20_000 }).toContain('typed here');
  attached.stdin.write('\u0002d');
  expect((await ended)[0]).toBe(0);
  expect(await held()).toContain('"control": null');
  running.child.kill('SIGINT');
  await running.ended;
  expect((await project.run(['session', 'screen', 'eng-1'])).stdout).toContain('at work');
});
