/**
 * Rows B6, E11 and E17 with the real Claude Code, set up by `tutti install`: its hooks register it, it claims a task by our
 * tools, edits a file, completes it, its usage is recorded, and it leaves; and it works unchanged while Tutti is away.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { Project } from '../cli/tutti.ts';
import { bareEnvironment, claudeEnvironment, programOf } from './agent-bed.ts';
import { inTurns, type Script, startScriptedModel } from './model-servers/scripted-model.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../src/main.ts');

let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

/** Runs Claude Code headless in the project, as it was set up there; returns what it said. */
async function claude(context: TestContext, script: Script): Promise<string> {
  const program = programOf(context, 'claude');
  const model = await startScriptedModel(script);
  const home = join(project.folder, 'home');
  mkdirSync(home, { recursive: true });
  const approval = { enableAllProjectMcpServers: true };
  writeFileSync(join(project.folder, '.claude', 'settings.local.json'), JSON.stringify(approval));
  const environment = {
    ...bareEnvironment(home),
    MCP_CONNECTION_NONBLOCKING: '0',
    // On a busy machine the hooks of an end take longer than the program waits by itself.
    CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS: '120000',
    ...claudeEnvironment(model.url),
  };
  const args = [
    '-p',
    'Work with the team.',
    '--permission-mode',
    'acceptEdits',
    '--allowedTools',
    'mcp__tutti',
    '--model',
    'claude-sonnet-4-5',
  ];
  const running = run(program, args, { cwd: project.folder, env: environment, timeout: 300_000 });
  running.child.stdin?.end();
  return (await running).stdout;
}

const install = (): Promise<unknown> => project.run(['install', 'claude', '--command', `${process.execPath} ${MAIN}`]);

describe('the real Claude Code in the team', { timeout: 400_000 }, () => {
  test('(1) B6 E11 F3: headless Claude Code registers, claims by MCP, edits a file, completes; its usage is recorded', async (context) => {
    const { server } = await project.up('--journal', 'memory:');
    const client = project.client(server);
    await client.call('work.add', { id: 't1', type: 'docs', title: 'Write hello into a.txt' });
    await install();
    const said = await claude(
      context,
      inTurns(
        { calls: [{ tool: 'claim_task', input: { task_id: 't1' } }] },
        { calls: [{ tool: 'update_task', input: { task_id: 't1', progress: 0.5, details: 'writing' } }] },
        { calls: [{ tool: 'Write', input: { file_path: join(project.folder, 'a.txt'), content: 'hello\n' } }] },
        { calls: [{ tool: 'complete_task', input: { task_id: 't1', status: 'completed', result: 'a.txt says hello' } }] },
        { text: 'The task t1 is done.', usage: { input: 50, output: 7, cached: 30 } },
      ),
    );
    expect(said).toContain('The task t1 is done.');
    expect(readFileSync(join(project.folder, 'a.txt'), 'utf8')).toBe('hello\n');
    const { task, history } = await client.call('task.show', { task_id: 't1' });
    expect(task).toMatchObject({
      status: 'completed',
      assigned_to: expect.stringMatching(/^claude-[0-9a-f]{12}$/),
      result: 'a.txt says hello',
    });
    expect(history.map(({ action }) => action)).toEqual(['added', 'assigned', 'progressed', 'completed']);
    // Its last hook may still be at work when it has ended.
    const types = async () =>
      (await client.call('event.list', { session_id: String(task.assigned_to), limit: 100 })).events.map(({ type }) => type);
    await expect
      .poll(types, { timeout: 60_000 })
      .toEqual(expect.arrayContaining(['session_registered', 'session_reported', 'session_deregistered']));
    expect((await client.call('session.list', {})).sessions).toEqual([]);
    const { usage } = await client.call('usage.show', {});
    expect(usage).toMatchObject({ tokens_in: 450, tokens_out: 87, cache_read: 30 });
    // All but its last words, which came after the task.
    expect((await client.call('usage.show', { task_id: 't1' })).usage).toMatchObject({ tokens_in: 400, tokens_out: 80 });
  });

  test('E17: works unchanged while Tutti is away; its tools say so in a word', async (context) => {
    await install();
    let answered = '';
    const script = inTurns(
      { calls: [{ tool: 'Write', input: { file_path: join(project.folder, 'a.txt'), content: 'hello\n' } }] },
      { calls: [{ tool: 'status', input: {} }] },
      { text: 'I went on without the team.' },
    );
    const said = await claude(context, (request) => {
      answered = request.results.join('\n');
      return script(request);
    });
    expect(said).toContain('I went on without the team.');
    expect(readFileSync(join(project.folder, 'a.txt'), 'utf8')).toBe('hello\n');
    expect(answered).toContain('server_not_found');
  });
});
