/**
 * The command line of `codex exec`, its files, and the environment that its servers take credentials from.
 * Invariant: no credential is among the arguments, which every process of the machine can read.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_PATIENCE_MS } from '../../contract/server-patience.ts';
import type { AgentRunnerOptions } from '../agent/agent-options.ts';
import type { AgentBrief, AgentPermissions, AgentServer } from '../runner.ts';

/** What one run is started with. */
export interface CodexArguments {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Removes the files. */
  readonly remove: () => Promise<void>;
}

const SANDBOX: Readonly<Record<AgentPermissions, string>> = {
  all: 'danger-full-access',
  edits: 'workspace-write',
  ask: 'read-only',
};

/** Makes the arguments; `others` are the servers of its own settings. */
export async function makeCodexArguments(
  options: AgentRunnerOptions,
  brief: Partial<AgentBrief>,
  others: readonly string[],
): Promise<CodexArguments> {
  const { servers = [], resume, answer_schema } = brief;
  const folder = answer_schema === undefined ? null : await mkdtemp(join(tmpdir(), 'tutti-agent-'));
  const schema = folder === null ? null : join(folder, 'answer.json');
  if (schema !== null) await writeFile(schema, JSON.stringify(answer_schema), { mode: 0o600 });
  const settings = serverSettings(servers, others);
  const args = [
    'exec',
    ...(resume === undefined ? [] : ['resume', resume]),
    '--json',
    '--skip-git-repo-check',
    ...set('approval_policy', 'never'),
    ...set('sandbox_mode', SANDBOX[options.permissions]),
    ...set('check_for_update_on_startup', false),
    ...(options.model === undefined ? [] : set('model', options.model)),
    ...settings.args,
    ...(schema === null ? [] : ['--output-schema', schema]),
    ...(options.more_args ?? []),
    '-',
  ];
  return {
    args,
    environment: settings.environment,
    remove: async () => (folder === null ? undefined : rm(folder, { recursive: true, force: true })),
  };
}

/** Settings are TOML, and JSON of strings, booleans and lists of strings is TOML too. */
function set(key: string, value: string | number | boolean | readonly string[]): string[] {
  return ['-c', `${key}=${JSON.stringify(value)}`];
}

/** Settings for one run, and the environment that they name. */
export type CodexSettings = Pick<CodexArguments, 'args' | 'environment'>;

/** The servers that it is connected to; the others, from its own settings, are not. */
export function serverSettings(servers: readonly AgentServer[], others: readonly string[]): CodexSettings {
  const given = new Set(servers.map(({ name }) => name));
  const left = others.filter((name) => !given.has(name));
  const each = servers.map((server, index) => settingsOf(server, index));
  return {
    args: [
      ...left.flatMap((name) => set(`mcp_servers.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}.enabled`, false)),
      ...each.flatMap(({ args }) => args),
    ],
    environment: Object.fromEntries(each.flatMap(({ environment }) => Object.entries(environment))),
  };
}

function settingsOf(server: AgentServer, index: number): CodexSettings {
  const key = `mcp_servers.${server.name}`;
  const shared = [
    // Whoever hands it a server has decided that its tools may be used: they are not asked for one by one.
    ...set(`${key}.default_tools_approval_mode`, 'approve'),
    ...set(`${key}.startup_timeout_sec`, SERVER_PATIENCE_MS / 1_000),
  ];
  if ('url' in server) {
    const headers = Object.entries(server.headers).map(([name, value], at) => ({ name, value, variable: `TUTTI_HEADER_${index}_${at}` }));
    const args = [
      ...shared,
      ...set(`${key}.url`, server.url),
      ...headers.flatMap((each) => set(`${key}.env_http_headers.${each.name}`, each.variable)),
    ];
    return { args, environment: Object.fromEntries(headers.map((each) => [each.variable, each.value])) };
  }
  const args = [
    ...shared,
    ...set(`${key}.command`, server.command),
    ...set(`${key}.args`, server.args),
    ...set(`${key}.env_vars`, Object.keys(server.env)),
  ];
  return { args, environment: { ...server.env } };
}
