/**
 * What tests with the real agent programs share: where the programs are, an empty environment with a fresh home, and runs
 * to their end. On a machine without the programs a test is skipped and says how to get them.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, type TestContext } from 'vitest';
import { agentCache, type AgentCommand, agentCommand } from '../../scripts/agent-programs.ts';
import { type ScriptedModel, startScriptedModel } from './model-servers/scripted-model.ts';
import type { AgentBrief, AgentInput, PermissionQuestion, Runner, RunnerEvent, RunRequest } from '../../src/runners/runner.ts';

/** Where the programs are, read before anything changes HOME. */
const CACHE = agentCache(process.env);
/** The project's own Node stands in front: the machine's may be too old for the programs. */
const NODE_FOLDER = dirname(process.execPath);

/** Path of an agent program; skips the test when there is none. */
export function programOf(context: TestContext, command: AgentCommand): string {
  const path = agentCommand(CACHE, command);
  if (path === null) return context.skip(`${command} is not in ${CACHE}; npm run agents:install gets it`);
  return path;
}

/** A fresh home and an empty environment that knows it. */
async function freshEnvironment(): Promise<{ readonly home: string; readonly environment: Record<string, string> }> {
  // Not below the folder for temporary files: some programs read no settings below a folder that everybody can write to.
  const homes = join(CACHE, 'homes');
  await mkdir(homes, { recursive: true });
  const home = await mkdtemp(join(homes, 'home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 20 }));
  await mkdir(join(home, 'work'));
  return { home, environment: bareEnvironment(home) };
}

/** An environment with nothing of this machine's but where programs are. */
export function bareEnvironment(home: string): Record<string, string> {
  const path = [NODE_FOLDER, '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return { PATH: path, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color', TMPDIR: process.env['TMPDIR'] ?? '/tmp' };
}

/** What Claude Code needs to speak with a scripted model and nobody else. */
export function claudeEnvironment(modelUrl: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'dummy',
    IS_SANDBOX: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    ENABLE_TOOL_SEARCH: 'false',
    // On a busy machine servers take longer to answer than the program waits by itself.
    MCP_CONNECT_TIMEOUT_MS: '200000',
    MCP_TIMEOUT: '200000',
  };
}

/** A request to an agent in the `work` folder of its home. */
export async function agentRequest(prompt: string, more: Partial<RunRequest> = {}): Promise<RunRequest> {
  const { home, environment } = await freshEnvironment();
  const folder = join(home, 'work');
  const log_file = join(home, 'run.log');
  return { task_id: 't-1', attempt: 1, spec: prompt, folder, log_file, environment, timeout_ms: 300_000, ...more };
}

/** Runs to the end and returns every event. */
export async function eventsOf(runner: Runner, request: RunRequest, signal = new AbortController().signal): Promise<RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  for await (const event of runner.run(request, signal)) events.push(event);
  return events;
}

/** The events of one kind. */
export function ofKind<K extends RunnerEvent['kind']>(events: readonly RunnerEvent[], kind: K): Extract<RunnerEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<RunnerEvent, { kind: K }> => event.kind === kind);
}

/** Answers questions for leave by a rule, and remembers them. */
export function answering(allows: (question: PermissionQuestion) => boolean): {
  readonly asked: readonly PermissionQuestion[];
  readonly ask: NonNullable<AgentBrief['ask']>;
} {
  const asked: PermissionQuestion[] = [];
  return {
    asked,
    ask(question) {
      asked.push(question);
      return Promise.resolve({ allow: allows(question), reason: 'not that one' });
    },
  };
}

/** Words that a stoppable model stops at, and an interrupt, once `began` has resolved. */
export async function* emergency(began: Promise<void>): AsyncGenerator<AgentInput> {
  await began;
  yield { kind: 'say', text: 'Stop that, there is an emergency.' };
  yield { kind: 'interrupt' };
}

/** A model that is silent until it hears of the emergency. */
export function startStoppableModel(): Promise<ScriptedModel> {
  return startScriptedModel(({ prompt }) => (prompt.includes('Stop that') ? { text: 'Stopped.' } : { hang: true }));
}

/** The form of an answer with one verdict. */
export const VERDICT = {
  type: 'object',
  properties: { verdict: { type: 'string' } },
  required: ['verdict'],
  additionalProperties: false,
};

/** A server of the Model Context Protocol with one tool `note`, which answers with what it was given. */
export const noteServer = {
  name: 'notes',
  command: process.execPath,
  args: [fileURLToPath(new URL('note-server.ts', import.meta.url))],
  env: {},
};

/** Prepares an agent program in the home of a request to speak with a scripted model; returns its own variables. */
export async function prepareAgent(
  command: AgentCommand,
  modelUrl: string,
  request: Pick<RunRequest, 'environment' | 'folder'>,
): Promise<Record<string, string>> {
  const home = request.environment['HOME'] ?? '';
  if (command === 'claude' || command === 'claude-agent-acp') return claudeEnvironment(modelUrl);
  if (command === 'codex' || command === 'codex-acp') {
    await mkdir(join(home, '.codex'), { recursive: true });
    await writeFile(join(home, '.codex', 'config.toml'), codexSettings(modelUrl, request.folder));
    return { OPENAI_API_KEY: 'dummy' };
  }
  if (command === 'gemini') {
    await mkdir(join(home, '.gemini'), { recursive: true });
    await writeFile(join(home, '.gemini', 'settings.json'), JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } } }));
    return { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: modelUrl };
  }
  const options = { baseURL: `${modelUrl}/v1`, apiKey: 'dummy' };
  const provider = { stub: { npm: '@ai-sdk/openai-compatible', options, models: { m: { name: 'm' } } } };
  await mkdir(join(home, '.config', 'opencode'), { recursive: true });
  await writeFile(join(home, '.config', 'opencode', 'opencode.json'), JSON.stringify({ provider, model: 'stub/m' }));
  return { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' };
}

function codexSettings(modelUrl: string, folder: string): string {
  return `model = "gpt-5-codex"
model_provider = "stub"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.stub]
name = "stub"
base_url = "${modelUrl}/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
[projects."${folder}"]
trust_level = "trusted"
`;
}
