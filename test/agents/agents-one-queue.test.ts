/**
 * Rows B6 and E11 with the real Codex, Gemini CLI and OpenCode, set up by `tutti install` beside Claude Code: all four take
 * tasks from one queue at once through the MCP server, and none is taken twice.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, type TestContext } from 'vitest';
import { Project } from '../cli/tutti.ts';
import { bareEnvironment, prepareAgent, programOf } from './agent-bed.ts';
import { inTurns, type Script, startScriptedModel } from './model-servers/scripted-model.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../src/main.ts');
const PROMPT = 'Take a task of the team and do it.';
const WAITED_FOR_MS = 15_000;

let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

const AGENTS = ['claude', 'codex', 'gemini', 'opencode'] as const;
type Agent = (typeof AGENTS)[number];

/** How each is asked, headless and free to use tools. */
const ASKED: Readonly<Record<Agent, readonly string[]>> = {
  claude: ['-p', PROMPT, '--allowedTools', 'mcp__tutti,Bash', '--model', 'claude-sonnet-4-5'],
  codex: ['exec', '--json', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', PROMPT],
  gemini: ['-p', PROMPT, '-m', 'gemini-2.5-flash', '--yolo', '--skip-trust'],
  opencode: ['run', '--format', 'json', PROMPT],
};

/**
 * Registers unless the hooks did, asks for work until there is none, and completes what it gets. Whoever has its first task
 * waits a while for the others, so that no program is done with all of them before the next one has started.
 */
function worker(agent: Agent, hasTask: (agent: Agent) => Promise<unknown>): Script {
  return ({ results }) => {
    const last = results.at(-1) ?? '';
    if (results.length === 0) return { calls: [{ tool: 'register', input: { capabilities: ['docs'], runner: agent } }] };
    const task = /"task":\{"id":"(t\d+)"/.exec(last.replaceAll('\\"', '"'))?.[1];
    if (task !== undefined)
      return { calls: [{ tool: 'complete_task', input: { task_id: task, status: 'completed', result: agent } }], after: hasTask(agent) };
    if (results.length > 8 || /"task":null/.test(last.replaceAll('\\"', '"'))) return { text: 'Nothing is left.' };
    return { calls: [{ tool: 'request_work', input: {} }] };
  };
}

/**
 * Sets an agent up for the team, unless it is to be left alone, and lets it do what its model says, to its end with exit code 0.
 * Returns how often it asked its model; programs also ask for titles and the like, without tools.
 */
async function work(context: TestContext, agent: Agent, script: Script, joins = true): Promise<number> {
  const program = programOf(context, agent);
  const model = await startScriptedModel(({ tools, ...rest }) => (tools.length === 0 ? { text: 'A title.' } : script({ tools, ...rest })));
  const home = join(project.folder, `home-${agent}${joins ? '' : '-alone'}`);
  mkdirSync(home);
  const bare = bareEnvironment(home);
  const variables = await prepareAgent(agent, model.url, { environment: bare, folder: project.folder });
  const install = ['install', agent, '--user', '--command', `${process.execPath} ${MAIN}`];
  if (joins) expect([agent, (await project.run(install, { env: { HOME: home } })).code]).toEqual([agent, 0]);
  const free = { OPENCODE_CONFIG_CONTENT: JSON.stringify({ permission: 'allow' }) };
  const env = { ...bare, ...variables, ...free, MCP_CONNECTION_NONBLOCKING: '0' };
  const running = run(program, ASKED[agent], { cwd: project.folder, env, timeout: 380_000 });
  running.child.stdin?.end();
  await running.catch((error: unknown) => {
    throw new Error(`${agent}: ${String(error)} ${JSON.stringify(model.requests.at(-1)?.results ?? [])}`.slice(0, 2000));
  });
  return model.requests.filter(({ tools }) => tools.length > 0).length;
}

test('(3) B6, E11: Claude Code, Codex, Gemini CLI and OpenCode take tasks from one queue at once, none twice', async (context) => {
  const { server } = await project.up('--journal', 'memory:');
  const client = project.client(server);
  const tasks = Array.from({ length: 8 }, (_, index) => ({ id: `t${index}`, type: 'docs', title: `Task ${index}` }));
  await client.call('work.add', { tasks });
  const busy = new Set<Agent>();
  const all = Promise.withResolvers<void>();
  const hasTask = (agent: Agent): Promise<void> => {
    if (busy.add(agent).size === AGENTS.length) all.resolve();
    return Promise.race([all.promise, sleep(WAITED_FOR_MS)]);
  };
  await Promise.all(AGENTS.map((agent) => work(context, agent, worker(agent, hasTask))));
  const { tasks: shown } = await client.call('task.list', { limit: 100 });
  expect(shown.map(({ status, attempt }) => [status, attempt])).toEqual(tasks.map(() => ['completed', 1]));
  const { events } = await client.call('event.list', { type: 'task_completed', limit: 100 });
  expect(new Set(events.map(({ data }) => data['task_id'])).size).toBe(tasks.length);
  expect(new Set(shown.map(({ result }) => result)).size).toBeGreaterThan(1);
}, 400_000);

/** Writes a file; before, it asks the team, which is not there. */
function lonely(agent: Agent, joins: boolean): Script {
  const command = `echo ${agent} >> ${agent}${joins ? '' : '-alone'}.txt`;
  const shell = {
    claude: { tool: 'Bash', input: { command, description: 'Writes' } },
    codex: { tool: 'exec_command', input: { cmd: command } },
    gemini: { tool: 'run_shell_command', input: { command, description: 'Writes' } },
    opencode: { tool: 'bash', input: { command, description: 'Writes' } },
  };
  const steps = [{ calls: [shell[agent]] }, { text: 'I went on without the team.' }];
  return joins ? inTurns({ calls: [{ tool: 'status', input: {} }] }, ...steps) : inTurns(...steps);
}

test('E17: Tutti is stopped: Claude Code, Codex, Gemini CLI and OpenCode, set up for it, work as they do without it', async (context) => {
  const [joined, alone] = await Promise.all(
    [true, false].map((joins) => Promise.all(AGENTS.map((agent) => work(context, agent, lonely(agent, joins), joins)))),
  );
  // One call more, of the tool that tells that the team is away or is not there yet; then the same edit, once, and the same end.
  expect([joined, alone]).toEqual([AGENTS.map(() => 3), AGENTS.map(() => 2)]);
  const written = (suffix: string): string[] => AGENTS.map((agent) => readFileSync(join(project.folder, `${agent}${suffix}.txt`), 'utf8'));
  expect([written(''), written('-alone')]).toEqual([AGENTS.map((agent) => `${agent}\n`), AGENTS.map((agent) => `${agent}\n`)]);
}, 400_000);
