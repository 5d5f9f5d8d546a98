import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import { failureOf, Project } from './tutti.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const WAIT = { timeout: 60_000 };
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
  { timeout: 300_000 },
  async () => {
    mkdirSync(join(project.folder, '.tutti'));
    const sessions = { 'eng-1': { command: 'echo "at work"; sleep 300' }, broken: { command: 'echo "the disk is full"; exit 3' } };
    writeFileSync(join(project.folder, '.tutti', 'config.yaml'), JSON.stringify({ sessions }));
    const host = project.start(['host']);
    await host.until(/go on without this host/);
    await host.until(/spawning eng-1: /);
    await host.until(/eng-1 runs, PID \d+/);
    await expect.poll(async () => (await project.run(['session', 'screen', 'eng-1'])).stdout, WAIT).toContain('at work');
    await host.until(/broken ended 3 times in a row.*its last words: the disk is full;.*tutti host --lift broken/);
    const blind = await project.run(['session', 'attach', 'eng-1']);
    expect([blind.code, failureOf(blind).code]).toEqual([2, 'usage']);
    const lifted = await project.run(['host', '--lift', 'broken']);
    expect([lifted.code, lifted.stdout]).toEqual([0, expect.stringContaining('was told to try again: broken')]);
    await host.until(/to try it again[^]*spawning broken: /);
    expect(failureOf(await project.run(['host', '--lift', 'nobody'])).code).toBe('session_not_hosted');
    // A configuration that cannot be read, or names what is not there, changes nothing, is said, and ends no host.
    const file = join(project.folder, '.tutti', 'config.yaml');
    writeFileSync(file, 'sessions: [');
    await host.until(/config\.yaml is not valid: .*The sessions stay as they are/);
    writeFileSync(file, JSON.stringify({ sessions: { ...sessions, more: { agent: { runner: 'claude', servers: ['none'] } } } }));
    await host.until(/mcp_servers has no server none.*The sessions stay as they are/);
    writeFileSync(file, JSON.stringify({ sessions: { ...sessions, more: { command: 'sleep 300' } } }));
    await host.until(/more runs, PID \d+/);
    // Given up for a second time: only then the next host finds it so.
    await host.until(/(?:broken ended 3 times in a row[^]*){2}/);
    host.child.kill('SIGINT');
    await host.ended;
    expect((await project.run(['session', 'screen', 'eng-1'])).stdout).toContain('at work');
    const next = project.start(['host']);
    await next.until(/broken stays ended: it failed 3 times in a row; to try it again: tutti host --lift broken/);
    next.child.kill('SIGINT');
    await next.ended;
    const missing = await project.run(['session', 'attach', 'nobody']);
    expect([missing.code, failureOf(missing).code]).toEqual([3, 'session_not_hosted']);
  },
);

test('up --keep-sessions keeps them too, shows their terminals, and leaves them running', { timeout: 300_000 }, async () => {
  mkdirSync(join(project.folder, '.tutti'));
  const sessions = { 'eng-1': { command: 'echo "at work"; sleep 300' } };
  writeFileSync(join(project.folder, '.tutti', 'config.yaml'), JSON.stringify({ sessions }));
  const { running } = await project.up('--keep-sessions');
  const listed = async (): Promise<string> => (await project.run(['session', 'terminals', '--json'])).stdout;
  await expect.poll(listed, WAIT).toContain('"eng-1"');
  const second = await project.run(['host']);
  expect(failureOf(second).code).toBe('host_running');
  const processes = async (): Promise<string> => (await project.run(['session', 'processes'])).stdout;
  await expect.poll(processes, WAIT).toMatch(/eng-1 .*running/);
  const screen = async (): Promise<string> => (await project.run(['session', 'screen', 'eng-1'])).stdout;
  await expect.poll(screen, WAIT).toContain('at work');
  const down = await project.run(['down']);
  expect(down.stdout).toContain('1 session in terminals: eng-1. They go on; tutti session attach eng-1 shows one.');
  await running.ended;
  expect(await screen()).toContain('at work');
});

interface Attached {
  readonly shown: () => string;
  /** Types into it, and forgets what was shown. */
  readonly type: (keys: string) => void;
  readonly ended: Promise<unknown[]>;
}

/** Runs `tutti session attach` on a terminal of 20 rows. */
function attach(args: string, env: Record<string, string> = {}): Attached {
  const command = `stty rows 20 cols 80 && exec ${process.execPath} ${MAIN} session attach ${args}`;
  const options = { cwd: project.folder, env: { ...process.env, TERM: 'xterm', ...env }, stdio: 'pipe' } as const;
  const child = spawn('script', ['-qefc', command, '/dev/null'], options);
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const type = (keys: string): void => {
    shown = '';
    child.stdin.write(keys);
  };
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { shown: () => shown, type, ended };
}

test(
  'a session is attached to from another machine too: looked at and back, typed into in the size of this terminal, left running',
  { timeout: 300_000 },
  async () => {
    mkdirSync(join(project.folder, '.tutti'));
    const sessions = { 'eng-1': { command: 'seq 1000 1300; echo "at work"; while read line; do echo "heard: $line"; stty size; done' } };
    writeFileSync(join(project.folder, '.tutti', 'config.yaml'), JSON.stringify({ sessions }));
    const { server } = await project.up('--keep-sessions');
    const client = project.client(server);
    await expect.poll(() => client.call('terminal.list', {}).then(({ terminals }) => terminals.length), WAIT).toBe(1);
    const holder = (): Promise<unknown> => client.call('terminal.list', {}).then(({ terminals }) => terminals[0]?.control?.holder ?? null);
    // As from another machine: a data folder in which no session lives.
    const elsewhere = `--server ${server.url} --data ${join(project.folder, 'elsewhere')}`;
    const env = { TUTTI_TOKEN: readFileSync(server.token_file ?? '', 'utf8').trim(), USER: 'ada' };
    const screen = async (): Promise<string> =>
      (await project.run(['session', 'screen', 'eng-1', ...elsewhere.split(' ')], { env })).stdout;
    await expect.poll(screen, WAIT).toContain('at work');
    const unknown = await project.run(['session', 'attach', 'nobody', ...elsewhere.split(' ')], { env });
    expect([unknown.code, failureOf(unknown).code]).toEqual([3, 'terminal_unknown']);

    const viewer = attach(`eng-1 ${elsewhere}`, env);
    await expect.poll(viewer.shown, WAIT).toMatch(/at work[^]*looking/);
    expect(await holder()).toBeNull();
    viewer.type('\u001b[H');
    await expect.poll(viewer.shown, WAIT).toMatch(/1000[^]*lines back/);
    viewer.type('q');
    await expect.poll(viewer.shown, WAIT).toContain('at work');
    viewer.type('q');
    expect((await viewer.ended)[0]).toBe(0);

    const typist = attach(`eng-1 --control ${elsewhere}`, env);
    await expect.poll(typist.shown, WAIT).toMatch(/at work[^]*typing/);
    expect(await holder()).toBe('ada at a command line');
    typist.type('grüße\r');
    await expect.poll(typist.shown, WAIT).toMatch(/heard: grüße[^]*19 80/);
    const second = await project.run(['session', 'attach', 'eng-1', '--force', ...elsewhere.split(' ')], { env });
    expect(failureOf(second).code).toBe('usage');
    await client.call('terminal.take', { session_id: 'eng-1', force: true });
    await expect.poll(typist.shown, WAIT).toMatch(/looking · somebody else has taken the keyboard/);
    typist.type('\u0002d');
    expect((await typist.ended)[0]).toBe(0);
    expect(typist.shown()).toContain('Detached; eng-1 goes on.');
    expect(await client.call('terminal.list', {})).toMatchObject({ terminals: [{ session_id: 'eng-1' }] });
  },
);

test(
  'on the machine of the session tmux itself is attached to, and left as soon as somebody else takes the keyboard',
  { timeout: 300_000 },
  async () => {
    mkdirSync(join(project.folder, '.tutti'));
    writeFileSync(
      join(project.folder, '.tutti', 'config.yaml'),
      JSON.stringify({ sessions: { 'eng-1': { command: 'echo "at work"; cat' } } }),
    );
    const { server } = await project.up('--keep-sessions');
    const client = project.client(server);
    await expect.poll(() => client.call('terminal.list', {}).then(({ terminals }) => terminals.length), WAIT).toBe(1);
    const viewer = attach('eng-1');
    await expect.poll(viewer.shown, WAIT).toContain('at work');
    await expect.poll(viewer.shown, WAIT).toMatch(/Only looking at eng-1: Ctrl-b .*d leaves/);
    viewer.type('not typed\r');
    expect((await project.run(['session', 'screen', 'eng-1'])).stdout).not.toContain('not typed');
    viewer.type('\u0002d');
    expect((await viewer.ended)[0]).toBe(0);
    const typist = attach('eng-1 --control');
    await expect.poll(typist.shown, WAIT).toContain('at work');
    await expect.poll(typist.shown, WAIT).toContain('You type into eng-1');
    typist.type('typed\r');
    await expect.poll(typist.shown, WAIT).toContain('typed');
    await client.call('terminal.take', { session_id: 'eng-1', force: true });
    await typist.ended;
    expect(typist.shown()).toContain('somebody else has taken the keyboard');
    const { stdout } = await project.run(['session', 'screen', 'eng-1']);
    expect([stdout.includes('not typed'), stdout.includes('typed')]).toEqual([false, true]);
    const last = attach('eng-1');
    await expect.poll(last.shown, WAIT).toContain('Only looking');
    const { pid } = (await client.call('terminal.list', {})).terminals[0] ?? {};
    if (pid === undefined) throw new Error('there is no terminal');
    process.kill(pid, 'SIGKILL');
    await last.ended;
    expect(last.shown()).toContain('eng-1 has ended; tutti session process eng-1 says how.');
  },
);
