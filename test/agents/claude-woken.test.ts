/**
 * Row B6 with the real Claude Code at a terminal: idle, it is woken by our hook when work arrives, does it, and its session
 * leaves when it ends.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import { Project } from '../cli/tutti.ts';
import { bareEnvironment, claudeEnvironment, programOf } from './agent-bed.ts';
import { inTurns, startScriptedModel } from './model-servers/scripted-model.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let project: Project;
let socket: string;

beforeEach(() => {
  project = new Project();
  socket = join(project.folder, 'tmux.sock');
});

afterEach(async () => {
  tmux('kill-server');
  await project.remove();
});

/** Runs tmux on a socket of its own; '' when it fails. */
function tmux(...args: string[]): string {
  try {
    return execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}

/** Starts Claude Code in a terminal, past its first questions. */
function start(program: string, modelUrl: string): void {
  const home = join(project.folder, 'home');
  mkdirSync(home, { recursive: true });
  const projects = { [project.folder]: { hasTrustDialogAccepted: true } };
  const known = { hasCompletedOnboarding: true, customApiKeyResponses: { approved: ['dummy'] }, projects };
  writeFileSync(join(home, '.claude.json'), JSON.stringify(known));
  writeFileSync(join(project.folder, '.claude', 'settings.local.json'), JSON.stringify({ enableAllProjectMcpServers: true }));
  const environment = {
    ...bareEnvironment(home),
    ...claudeEnvironment(modelUrl),
  };
  const command = ['env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), program];
  const options = ['--model', 'claude-sonnet-4-5', '--permission-mode', 'acceptEdits', '--allowedTools', 'mcp__tutti'];
  tmux('new-session', '-d', '-s', 'agent', '-x', '120', '-y', '40', '-c', project.folder, ...command, ...options);
}

async function skipWithoutTmux(context: TestContext): Promise<void> {
  if (tmux('-V') === '') context.skip('tmux is not installed');
}

test('B6: an idle Claude Code is woken by our hook when work arrives, does it, and leaves', async (context) => {
  await skipWithoutTmux(context);
  const program = programOf(context, 'claude');
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  await project.run(['install', 'claude', '--work', '--command', `${process.execPath} ${MAIN}`]);
  const model = await startScriptedModel(
    inTurns(
      { calls: [{ tool: 'request_work', input: {} }] },
      { calls: [{ tool: 'complete_task', input: { task_id: 't1', status: 'completed', result: 'done while nobody looked' } }] },
      { text: 'Done.' },
    ),
  );
  start(program, model.url);
  const sessions = async (): Promise<string[]> => (await client.call('session.list', {})).sessions.map(({ status }) => status);
  await expect.poll(sessions, { timeout: 40_000, interval: 500 }).toEqual(['idle']);
  await client.call('work.add', { id: 't1', type: 'docs', title: 'Say hello' });
  const shown = async (): Promise<unknown> => {
    const { task } = await client.call('task.show', { task_id: 't1' });
    return task.status === 'completed' ? task.result : `${task.status}\n${tmux('capture-pane', '-p', '-t', 'agent')}`;
  };
  await expect.poll(shown, { timeout: 60_000, interval: 1000 }).toBe('done while nobody looked');
  expect(model.requests[0]?.prompt).toContain('the task t1');
  tmux('send-keys', '-t', 'agent', '-l', '/exit');
  tmux('send-keys', '-t', 'agent', 'Enter');
  await expect.poll(sessions, { timeout: 30_000, interval: 500 }).toEqual([]);
}, 150_000);
