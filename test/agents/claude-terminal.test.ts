/**
 * Rows B6, D8, E1 and F9 with the real Claude Code at a terminal that the host keeps: it is there as the session that the
 * configuration names, its own hook wakes it when work arrives, the host tells it by a paste when the hook does not, its
 * screen is seen and attached to, a question for leave reaches the inbox, its session leaves when it ends, and what it used
 * is recorded.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { terminalSocket } from '../../src/config/terminal-socket.ts';
import { Project } from '../cli/tutti.ts';
import { until } from '../host/test-bed.ts';
import { killHard } from '../runners/script-fixture.ts';
import { claudeEnvironment, programOf } from './agent-bed.ts';
import { type Script, type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';

/** Conditions that come late on a busy machine still come. */
const WAIT = { timeout: 90_000, interval: 300 };

let project: Project;
let host: string;

beforeEach(() => {
  project = new Project();
  host = terminalSocket(join(project.data, 'host'));
});

afterEach(async () => {
  // A host that still ran would start its agent again.
  await project.end();
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

/** The process that waits beside the agent to wake it; 0 while there is none. */
function waiter(): number {
  const folder = join(project.data, 'agents');
  try {
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.waiter'));
    return file === undefined ? 0 : Number(readFileSync(join(folder, file), 'utf8'));
  } catch {
    // Not there yet, or gone since it was listed.
    return 0;
  }
}

/** What the agent has said, as far as its transcript holds it: it shows what it says before it writes it there. */
function writtenDown(): string {
  const folder = join(project.folder, '.claude', 'projects');
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const lines = names.filter((name) => name.endsWith('.jsonl')).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.filter((line) => line.includes('"type":"assistant"')).join('\n');
}

/** Says yes to the dialog for this command once it is there, again while it still is, until the agent has gone on. */
async function sayYes(command: string, then: string): Promise<void> {
  await expect.poll(screen, WAIT).toContain(command);
  const goneOn = (): string => {
    const shown = screen();
    if (/❯ 1\. Yes/.test(shown)) tmux(host, 'send-keys', '-t', 'lead', 'Enter');
    return shown;
  };
  await expect.poll(goneOn, WAIT).toContain(then);
}

/** What the agent completed its task with; before, what is seen of it. */
async function resultOfTask(client: TuttiClient): Promise<unknown> {
  const { task } = await client.call('task.show', { task_id: 't1' });
  return task.status === 'completed' ? task.result : `${task.status}\n${screen()}`;
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
async function keepClaude(context: TestContext, says: Script = script) {
  if (tmux(host, '-V') === '') context.skip('tmux is not installed');
  const model = await startScriptedModel(says);
  configure(programOf(context, 'claude'), model.url);
  const { server } = await project.up('--journal', 'memory:');
  return { model, running: project.start(['host']), client: project.client(server) };
}

test('(2) B6 D8 F3 F9: interactive Claude Code is woken by its hook, by a paste without it, is looked at, asks, and ends; its usage is recorded', async (context) => {
  const { model, running, client } = await keepClaude(context);
  const statuses = async () => (await client.call('session.list', {})).sessions.map(({ id, status }) => `${id} ${status}`);
  await expect.poll(statuses, WAIT).toEqual(['lead idle']);

  await client.call('work.add', { id: 't1', type: 'docs', title: 'Say hello' });
  await expect.poll(() => resultOfTask(client), WAIT).toBe('done while nobody looked');
  expect(model.requests.find(({ tools }) => tools.length > 0)?.prompt).toContain('the task t1');
  await expect.poll(screen, WAIT).toContain('Done with t1.');

  tmux(`${host}-looks`, 'new-session', '-d', '-s', 'eye', '-x', '200', '-y', '50', '-c', project.folder, ...attachCommand());
  const eye = (): string => tmux(`${host}-looks`, 'capture-pane', '-p', '-t', 'eye');
  await expect.poll(eye, WAIT).toContain('Done with t1.');

  await expect.poll(statuses, WAIT).toEqual(['lead idle']);
  killHard(await until(() => waiter() || null));
  await client.call('message.send', { to: 'lead', body: 'Touch a file.' });
  await running.until(/lead was told in its terminal: Tutti: the team wrote to you/);
  const asked = async () => (await client.call('inbox.list', {})).items.map(({ kind }) => kind);
  await expect.poll(asked, WAIT).toEqual(['question']);
  await sayYes('touch asked.txt', 'Read it.');
  // Who leaves between what is shown and what is written down leaves without the record of the last answer.
  await expect.poll(writtenDown, WAIT).toContain('Read it.');

  tmux(host, 'send-keys', '-t', 'lead', '-l', '/exit');
  await expect.poll(screen, WAIT).toContain('❯ /exit');
  const left = (): Promise<string[]> => {
    if (screen().includes('❯ /exit')) tmux(host, 'send-keys', '-t', 'lead', 'Enter');
    return statuses();
  };
  await expect.poll(left, WAIT).toEqual([]);
  await running.until(/process exited: lead, PID \d+, exit code 0/);
  await expect.poll(() => used(client), WAIT).toEqual(usedBy(model));
  expect((await client.call('usage.show', { task_id: 't1' })).usage.tokens_in).toBeGreaterThan(0);
}, 400_000);

test('D8: interactive Claude Code that was killed is started again and goes on with its conversation', async (context) => {
  const { model, running, client } = await keepClaude(context);
  await client.call('work.add', { id: 't1', type: 'docs', title: 'Say hello' });
  await expect.poll(() => resultOfTask(client), WAIT).toBe('done while nobody looked');
  await expect.poll(screen, WAIT).toContain('Done with t1.');
  // Killed between the two it would have lost its last words.
  await expect.poll(writtenDown, WAIT).toContain('Done with t1.');
  const pid = async (): Promise<number> => (await client.call('hosted.list', {})).sessions[0]?.pid ?? 0;
  killHard(await until(async () => (await pid()) || null));
  await running.until(/lead is started again/);
  // What it said before it was killed stands on its screen again.
  await expect.poll(screen, WAIT).toContain('Done with t1.');
  const before = model.requests.length;
  await client.call('message.send', { to: 'lead', body: 'Go on.' });
  await expect.poll(() => model.requests.slice(before).find(({ tools }) => tools.length > 0)?.results.length ?? 0, WAIT).toBe(2);
  await sayYes('touch asked.txt', 'Read it.');
  // What it had used before is recorded too, and nothing twice.
  await expect.poll(() => used(client), WAIT).toEqual(usedBy(model));
}, 400_000);

test('(9) F3: interactive Claude Code is interrupted in its turn when the budget of its session is used up', async (context) => {
  const spending: Script = ({ tools, results }) => {
    if (tools.length === 0) return { text: 'A title.' };
    const update = { tool: 'update_task', input: { task_id: 't1', progress: 0.5 } };
    const steps = [{ calls: [{ tool: 'request_work', input: {} }] }, { calls: [update], usage: { input: 30_000 } }];
    return steps[results.length] ?? { hang: true };
  };
  const { running, client } = await keepClaude(context, spending);
  const statuses = async () => (await client.call('session.list', {})).sessions.map(({ id, status }) => `${id} ${status}`);
  await expect.poll(statuses, WAIT).toEqual(['lead idle']);
  await client.call('budget.set', { session_id: 'lead', tokens: 25_000 });
  await client.call('work.add', { id: 't1', type: 'docs', title: 'Say hello' });
  await running.until(/lead was interrupted: the budget of the session lead is used up/);
  await expect.poll(screen, WAIT).toContain('Interrupted');
  await expect.poll(statuses, WAIT).toEqual(['lead idle']);
  const { task } = await client.call('task.show', { task_id: 't1' });
  expect([task.status, task.assigned_to]).toEqual(['pending', null]);
}, 400_000);

/** `tutti session attach lead`, at a terminal. */
function attachCommand(): string[] {
  const variables = [`PATH=${process.env['PATH'] ?? ''}`, `HOME=${project.folder}`, 'TERM=xterm-256color', 'LANG=C.UTF-8'];
  return ['env', '-i', ...variables, process.execPath, join(import.meta.dirname, '../../src/main.ts'), 'session', 'attach', 'lead'];
}
