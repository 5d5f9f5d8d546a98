/**
 * Makes a runner by its name. Each is loaded when it is chosen. Agent programs get, of the environment, the variables that
 * are theirs: the user's own settings and credentials, and nothing else.
 */
import { Failure } from '../contract/failure.ts';
import type { AgentRunnerOptions } from './agent/agent-options.ts';
import type { ConnectorOptions } from './connector/connector-options.ts';
import type { AgentPermissions, Runner } from './runner.ts';

/** Which runner, and how it is set up. */
export interface RunnerChoice {
  /** One of RUNNER_NAMES. */
  readonly runner: string;
  readonly model?: string;
  /** Command of an agent program, words apart; left out: its name. `acp` needs one. */
  readonly program?: string;
  /** Address of a model API; left out: the provider's own. */
  readonly base_url?: string;
  readonly permissions: AgentPermissions;
}

/** Runners of agent programs, with the variables that are theirs. */
const PROGRAMS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    claude: /^(ANTHROPIC_|CLAUDE_|AWS_|CLOUD_ML_REGION|IS_SANDBOX|DISABLE_|ENABLE_TOOL_SEARCH|MCP_)/,
    codex: /^(OPENAI_|CODEX_|AZURE_OPENAI_)/,
    'codex-app-server': /^(OPENAI_|CODEX_|AZURE_OPENAI_)/,
    gemini: /^(GEMINI_|GOOGLE_)/,
    opencode: /^(OPENCODE_|ANTHROPIC_|OPENAI_|GEMINI_|GOOGLE_|DEEPSEEK_|[A-Z]+_API_KEY$)/,
    acp: /^(ANTHROPIC_|CLAUDE_|OPENAI_|CODEX_|GEMINI_|GOOGLE_|OPENCODE_|IS_SANDBOX|[A-Z]+_API_KEY$)/,
  }),
);

/** Commands that are not named like their runner. */
const COMMANDS: Readonly<Record<string, string>> = { 'codex-app-server': 'codex' };

/** Connectors, with the variable that holds their key and the model that they use when none is named. */
export const CONNECTORS: ReadonlyMap<string, { readonly key: string; readonly model: string }> = new Map(
  Object.entries({
    anthropic: { key: 'ANTHROPIC_API_KEY', model: 'claude-sonnet-5-5' },
    openai: { key: 'OPENAI_API_KEY', model: 'gpt-5.5' },
    deepseek: { key: 'DEEPSEEK_API_KEY', model: 'deepseek-reasoner' },
  }),
);

/** The names of all runners. */
export const RUNNER_NAMES: readonly string[] = ['script', ...PROGRAMS.keys(), ...CONNECTORS.keys()];

/** True when a runner runs commands: it has no use for a prompt. */
export function runsCommands(name: string): boolean {
  return name === 'script';
}

/** The variables of an environment that are an agent program's own; none for a runner that starts no program. */
export function agentVariables(runner: string, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables = PROGRAMS.get(runner);
  if (variables === undefined) return {};
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => variables.test(entry[0]) && entry[1] !== undefined),
  );
}

/** Makes it. Throws Failure `runner_unknown`, or `runner_unready` when something is missing that it needs. */
export async function createRunner(choice: RunnerChoice, env: Readonly<Record<string, string | undefined>>): Promise<Runner> {
  const { runner } = choice;
  if (runsCommands(runner)) return (await import('./script/script-runner.ts')).createScriptRunner();
  if (PROGRAMS.has(runner)) return makeProgram(choice, agentOptions(choice, env));
  const connector = CONNECTORS.get(runner);
  if (connector === undefined) throw new Failure('runner_unknown', { runner, known: RUNNER_NAMES.join(', ') });
  const api_key = env[connector.key];
  if (api_key === undefined || api_key === '') throw new Failure('runner_unready', { runner, reason: `${connector.key} is not set` });
  const { model = connector.model, base_url } = choice;
  return makeConnector(runner, { api_key, model, ...(base_url === undefined ? {} : { base_url }) });
}

async function makeProgram({ runner, program }: RunnerChoice, options: AgentRunnerOptions): Promise<Runner> {
  if (runner === 'claude') return (await import('./claude/claude-runner.ts')).createClaudeRunner(options);
  if (runner === 'codex') return (await import('./codex/codex-runner.ts')).createCodexRunner(options);
  if (runner === 'codex-app-server') return (await import('./codex/app-server-runner.ts')).createAppServerRunner(options);
  if (runner === 'gemini') return (await import('./gemini/gemini-runner.ts')).createGeminiRunner(options);
  if (runner === 'opencode') return (await import('./opencode/opencode-runner.ts')).createOpencodeRunner(options);
  if (program === undefined) throw new Failure('runner_unready', { runner, reason: 'no command of an agent is named' });
  return (await import('./acp/acp-runner.ts')).createAcpRunner('acp', options);
}

async function makeConnector(runner: string, options: ConnectorOptions): Promise<Runner> {
  if (runner === 'anthropic') return (await import('./anthropic/anthropic-connector.ts')).createAnthropicConnector(options);
  if (runner === 'openai') return (await import('./openai/openai-connector.ts')).createOpenaiConnector(options);
  return (await import('./deepseek/deepseek-connector.ts')).createDeepseekConnector(options);
}

/** The agent program that a choice starts; null when it starts none. */
export function programOf(choice: RunnerChoice): string | null {
  return PROGRAMS.has(choice.runner) ? commandOf(choice)[0] : null;
}

function commandOf({ runner, program = '' }: RunnerChoice): readonly [string, ...string[]] {
  const [first = COMMANDS[runner] ?? runner, ...rest] = program.split(/\s+/).filter((word) => word !== '');
  return [first, ...rest];
}

function agentOptions(choice: RunnerChoice, env: Readonly<Record<string, string | undefined>>): AgentRunnerOptions {
  return {
    program: commandOf(choice),
    environment: agentVariables(choice.runner, env),
    permissions: choice.permissions,
    ...(choice.model === undefined ? {} : { model: choice.model }),
  };
}
