/**
 * Rows B6, D8, E1 and F9 with the real Claude Code at a terminal that the host keeps: it is there as the session that the
 * configuration names, its own hook wakes it when work arrives, the host tells it by a paste when the hook does not, its
 * screen is seen and attached to, a question for leave reaches the inbox, its session leaves when it ends, and what it used
 * is recorded.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import { Project } from '../cli/tutti.ts';
import { claudeEnvironment, programOf } from './agent-bed.ts';
import { type Script, type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';

let project: Project;
let host: string;

beforeEach(() => {
  project = new Project();
  host = terminalSocket(join(project.data, 'host'));
});

afterEach(async () => {
  tmux(host, 'kill-server');
  tmux(`${host}-looks`, 'kill-server');
  await project.remove();
});

/** Runs tmux; '' when it fails. */
function tmux(socket: string, ...args: string[]): string {
  try {
    return execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}

const screen = (): string => tmux(host, 'capture-pane', '-p', '-t', 'lead');

/** The configuration of a host with one agent, past the first questions of the program. */
function configure(program: string, modelUrl: string): void {
  const projects = { [project.folder]: { hasTrustDialogAccepted: true } };
  const known = { hasCompletedOnboarding: true, customApiKeyResponses: { approved: ['dummy'] }, projects };
  writeFileSync(join(project.folder, '.claude.json'), JSON.stringify(known));
  mkdirSync(project.data);
  const agent = { runner: 'claude', program, model: 'claude-sonnet-4-5', permissions: 'ask' };
  const sessions = { lead: { agent, env: claudeEnvironment(modelUrl) } };
  writeFileSync(join(project.data, 'config.yaml'), JSON.stringify({ sessions }));
}

/** Does what it is told last: takes and completes tasks, reads messages, asks for a command. */
const script: Script = ({ tools, prompt, results }) => {
  if (tools.length === 0) return { text: 'A title.' };
  const steps = [
    { calls: [{ tool: 'request_work', input: {} }] },
    { calls: [{ tool: 'complete_task', input: { task_id: 't1', status: 'completed', result: 'done while nobody looked' } }] },
    { text: 'Done with t1.' },
    { calls: [{ tool: 'receive_messages', input: {} }] },
    { calls: [{ tool: 'Bash', input: { command: 'touch asked.txt', description: 'Touches' } }] },
    { text: 'Read it.' },
  ];
  const wasWritten = prompt.includes('the team wrote to you') || prompt.includes('unread messages');
  return steps[results.length + (results.length >= 2 && wasWritten ? 1 : 0)] ?? { text: 'Idle.' };
};

/** The process that waits beside the agent to wake it. */
function waiter(): number | null {
  const folder = join(project.data, 'agents');
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.waiter'));
  return file === undefined ? null : Number(readFileSync(join(folder, file), 'utf8'));
}

async function used(client: TuttiClient): Promise<number[]> {
  const { tokens_in, tokens_out } = (await client.call('usage.show', {})).usage;
  return [tokens_in, tokens_out];
}

/** Each answer of the model counts 100 and 20 tokens; what has no tools writes a title and stands in no transcript. */
function usedBy({ requests }: ScriptedModel): number[] {
  const answers = requests.filter(({ tools }) => tools.length > 0).length;
  return [answers * 100, answers * 20];
}

/** A server, and a host that keeps an interactive Claude Code beside a scripted model. */
async function keepClaude(context: TestContext) {
  if (tmux(host, '-V') === '') context.skip('tmux is not installed');
  const model = await startScriptedModel(script);
  configure(programOf(context, 'claude'), model.url);
  const { server } = await project.up('--journal', 'memory:');
  return { model, running: project.start(['host']), client: project.client(server) };
}

test('(2) B6 D8 F3 F9: interactive Claude Code is woken by its hook, by a paste without it, is looked at, asks, and ends; its usage is recorded', async (context) => {
  const { model, running, client } = await keepClaude(context);
  const statuses = async () => (await client.call('session.list', {})).sessions.map(({ id, status }) => `${id} ${status}`);
  await expect.poll(statuses, { timeout: 60_000, interval: 500 }).toEqual(['lead idle']);

  await client.call('work.add', { id: 't1', type: 'docs', title: 'Say hello' });
  const shown = async (): Promise<unknown> => {
    const { task } = await client.call('task.show', { task_id: 't1' });
    return task.status === 'completed' ? task.result : `${task.status}\n${screen()}`;
  };
  await expect.poll(shown, { timeout: 60_000, interval: 500 }).toBe('done while nobody looked');
  expect(model.requests.find(({ tools }) => tools.length > 0)?.prompt).toContain('the task t1');
  await expect.poll(screen, { timeout: 20_000, interval: 300 }).toContain('Done with t1.');

  tmux(`${host}-looks`, 'new-session', '-d', '-s', 'eye', '-x', '200', '-y', '50', '-c', project.folder, ...attachCommand());
  const eye = (): string => tmux(`${host}-looks`, 'capture-pane', '-p', '-t', 'eye');
  await expect.poll(eye, { timeout: 30_000, interval: 300 }).toContain('Done with t1.');

  await expect.poll(statuses, { timeout: 30_000, interval: 300 }).toEqual(['lead idle']);
  await expect.poll(waiter, { timeout: 30_000, interval: 300 }).not.toBe(null);
  process.kill(waiter() ?? 0, 'SIGKILL');
  await client.call('message.send', { to: 'lead', body: 'Touch a file.' });
  await running.until(/lead was told in its terminal: Tutti: the team wrote to you/);
  const asked = async () => (await client.call('inbox.list', {})).items.map(({ kind }) => kind);
  await expect.poll(asked, { timeout: 60_000, interval: 500 }).toEqual(['question']);
  await expect.poll(screen, { timeout: 10_000, interval: 200 }).toContain('touch asked.txt');
  tmux(host, 'send-keys', '-t', 'lead', 'Enter');
  await expect.poll(screen, { timeout: 30_000, interval: 300 }).toContain('Read it.');

  tmux(host, 'send-keys', '-t', 'lead', '-l', '/exit');
  await expect.poll(screen, { timeout: 10_000, interval: 200 }).toContain('❯ /exit');
  tmux(host, 'send-keys', '-t', 'lead', 'Enter');
  await expect.poll(statuses, { timeout: 30_000, interval: 500 }).toEqual([]);
  await running.until(/process exited: lead, PID \d+, exit code 0/);
  await expect.poll(() => used(client), { timeout: 20_000, interval: 300 }).toEqual(usedBy(model));
  expect((await client.call('usage.show', { task_id: 't1' })).usage.tokens_in).toBeGreaterThan(0);
}, 240_000);

test('D8: interactive Claude Code that was killed is started again and goes on with its conversation', async (context) => {
  const { model, running, client } = await keepClaude(context);
  await client.call('work.add', { id: 't1', type: 'docs', title: 'Say hello' });
  const isDone = async () => (await client.call('task.show', { task_id: 't1' })).task.status;
  await expect.poll(isDone, { timeout: 90_000, interval: 500 }).toBe('completed');
  await expect.poll(screen, { timeout: 30_000, interval: 300 }).toContain('Done with t1.');
  const { sessions } = await client.call('hosted.list', {});
  process.kill(sessions[0]?.pid ?? 0, 'SIGKILL');
  await running.until(/lead is started again/);
  // What it said before it was killed stands on its screen again.
  await expect.poll(screen, { timeout: 60_000, interval: 300 }).toContain('Done with t1.');
  const before = model.requests.length;
  await client.call('message.send', { to: 'lead', body: 'Go on.' });
  await expect
    .poll(() => model.requests.slice(before).find(({ tools }) => tools.length > 0)?.results.length ?? 0, { timeout: 90_000 })
    .toBe(2);
  await expect.poll(screen, { timeout: 30_000, interval: 200 }).toContain('touch asked.txt');
  tmux(host, 'send-keys', '-t', 'lead', 'Enter');
  await expect.poll(screen, { timeout: 30_000, interval: 300 }).toContain('Read it.');
  // What it had used before is recorded too, and nothing twice.
  await expect.poll(() => used(client), { timeout: 60_000, interval: 500 }).toEqual(usedBy(model));
}, 240_000);

/** `tutti session attach lead`, at a terminal. */
function attachCommand(): string[] {
  const variables = [`PATH=${process.env['PATH'] ?? ''}`, `HOME=${project.folder}`, 'TERM=xterm-256color', 'LANG=C.UTF-8'];
  return ['env', '-i', ...variables, process.execPath, join(import.meta.dirname, '../../src/main.ts'), 'session', 'attach', 'lead'];
}
