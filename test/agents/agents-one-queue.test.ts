/**
 * Rows B6 and E11 with the real Codex, Gemini CLI and OpenCode, set up by `tutti install` beside Claude Code: all four take
 * tasks from one queue at once through the MCP server, and none is taken twice.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import { Project } from '../cli/tutti.ts';
import { claudeEnvironment, programOf } from './agent-bed.ts';
import { type Script, startScriptedModel } from './model-servers/scripted-model.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../src/main.ts');
const PROMPT = 'Take a task of the team and do it.';

let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

type Agent = 'claude' | 'codex' | 'gemini' | 'opencode';

/** A home of its own for each agent, set up for the scripted model. */
function prepare(agent: Agent, url: string, home: string): { readonly args: string[]; readonly env: Record<string, string> } {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  if (agent === 'claude') {
    const args = ['-p', PROMPT, '--allowedTools', 'mcp__tutti', '--model', 'claude-sonnet-4-5'];
    return { args, env: { MCP_CONNECTION_NONBLOCKING: '0', ...claudeEnvironment(url) } };
  }
  if (agent === 'codex') {
    const provider = `[model_providers.stub]\nname = "stub"\nbase_url = "${url}/v1"\nenv_key = "STUB_KEY"\nwire_api = "responses"\n`;
    const head = 'model = "stub"\nmodel_provider = "stub"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n';
    write('.codex/config.toml', `${head}check_for_update_on_startup = false\n[analytics]\nenabled = false\n${provider}`);
    return { args: ['exec', '--json', '--skip-git-repo-check', PROMPT], env: { STUB_KEY: 'dummy' } };
  }
  if (agent === 'gemini') {
    write('.gemini/settings.json', JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } } }));
    const env = { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: url };
    return { args: ['-p', PROMPT, '-m', 'gemini-2.5-flash', '--yolo', '--skip-trust'], env };
  }
  const options = { baseURL: `${url}/v1`, apiKey: 'dummy' };
  const provider = { stub: { npm: '@ai-sdk/openai-compatible', name: 'stub', options, models: { stub: { name: 'stub' } } } };
  write('.config/opencode/opencode.json', JSON.stringify({ model: 'stub/stub', provider, permission: 'allow' }));
  return { args: ['run', '--format', 'json', PROMPT], env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' } };
}

/** Registers unless the hooks did, asks for work until there is none, and completes what it gets. */
function worker(agent: Agent): Script {
  return ({ results }) => {
    const last = results.at(-1) ?? '';
    if (results.length === 0) return { calls: [{ tool: 'register', input: { capabilities: ['docs'], runner: agent } }] };
    const task = /"task":\{"id":"(t\d+)"/.exec(last.replaceAll('\\"', '"'))?.[1];
    if (task !== undefined) return { calls: [{ tool: 'complete_task', input: { task_id: task, status: 'completed', result: agent } }] };
    if (results.length > 8 || /"task":null/.test(last.replaceAll('\\"', '"'))) return { text: 'Nothing is left.' };
    return { calls: [{ tool: 'request_work', input: {} }] };
  };
}

async function take(context: TestContext, agent: Agent): Promise<void> {
  const program = programOf(context, agent);
  const model = await startScriptedModel(worker(agent));
  const home = join(project.folder, `home-${agent}`);
  mkdirSync(home);
  const { args, env } = prepare(agent, model.url, home);
  const installed = await project.run(['install', agent, '--user', '--command', `${process.execPath} ${MAIN}`], { env: { HOME: home } });
  expect([agent, installed.code]).toEqual([agent, 0]);
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  const environment = { PATH: path, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env };
  const running = run(program, args, { cwd: project.folder, env: environment, timeout: 100_000 });
  running.child.stdin?.end();
  await running.catch((error: unknown) => {
    throw new Error(`${agent}: ${String(error)} ${JSON.stringify(model.requests.at(-1)?.results ?? [])}`.slice(0, 2000));
  });
}

test('B6, E11: Claude Code, Codex, Gemini CLI and OpenCode take tasks from one queue at once, none twice', async (context) => {
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  const tasks = Array.from({ length: 8 }, (_, index) => ({ id: `t${index}`, type: 'docs', title: `Task ${index}` }));
  await client.call('work.add', { tasks });
  await Promise.all((['claude', 'codex', 'gemini', 'opencode'] as const).map((agent) => take(context, agent)));
  const { tasks: shown } = await client.call('task.list', { limit: 100 });
  expect(shown.map(({ status, attempt }) => [status, attempt])).toEqual(tasks.map(() => ['completed', 1]));
  const { events } = await client.call('event.list', { type: 'task_completed', limit: 100 });
  expect(new Set(events.map(({ data }) => data['task_id'])).size).toBe(tasks.length);
  expect(new Set(shown.map(({ result }) => result)).size).toBeGreaterThan(1);
}, 180_000);
