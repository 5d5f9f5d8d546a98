/**
 * The command line of a headless run of Claude Code, and the files that it names.
 * Invariant: credentials are in a private file, never in the arguments, which every process of the machine can read.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentRunnerOptions } from '../agent/agent-options.ts';
import type { AgentBrief, AgentServer } from '../runner.ts';

/** The arguments of one run. */
export interface ClaudeArguments {
  readonly args: readonly string[];
  /** Removes the files. */
  readonly remove: () => Promise<void>;
}

/** Makes the arguments, and the file of servers when there are some. */
export async function makeClaudeArguments(options: AgentRunnerOptions, brief: Partial<AgentBrief>): Promise<ClaudeArguments> {
  const { servers = [], resume, instructions, answer_schema, cost_limit_usd } = brief;
  const folder = servers.length === 0 ? null : await mkdtemp(join(tmpdir(), 'tutti-agent-'));
  const file = folder === null ? null : join(folder, 'servers.json');
  if (file !== null) await writeFile(file, JSON.stringify({ mcpServers: claudeServers(servers) }), { mode: 0o600 });
  const args = [
    '-p',
    '--input-format=stream-json',
    '--output-format=stream-json',
    '--verbose',
    `--permission-mode=${options.permissions === 'ask' ? 'default' : 'acceptEdits'}`,
    '--permission-prompt-tool=stdio',
    ...(resume === undefined ? ['--session-id', randomUUID()] : ['--resume', resume]),
    ...(options.model === undefined ? [] : ['--model', options.model]),
    // Of servers it gets what it is given, and none of the user's.
    '--strict-mcp-config',
    ...(file === null ? [] : ['--mcp-config', file, '--allowedTools', ...servers.map((each) => `mcp__${each.name}`)]),
    ...(instructions === undefined ? [] : ['--append-system-prompt', instructions]),
    ...(answer_schema === undefined ? [] : ['--json-schema', JSON.stringify(answer_schema)]),
    ...(cost_limit_usd === undefined ? [] : ['--max-budget-usd', String(cost_limit_usd)]),
    ...(options.more_args ?? []),
  ];
  return { args, remove: async () => (folder === null ? undefined : rm(folder, { recursive: true, force: true })) };
}

/** Our tools are few and always needed: they are loaded at the start instead of being searched for. */
export function claudeServers(servers: readonly AgentServer[]): Record<string, unknown> {
  return Object.fromEntries(
    servers.map((server) => {
      const { name, ...rest } = server;
      const type = 'url' in server ? 'http' : 'stdio';
      return [name, { type, ...rest, alwaysLoad: true }];
    }),
  );
}
