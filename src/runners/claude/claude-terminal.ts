/**
 * Claude Code at a terminal: its command, and the private files that the command names. Whoever starts it gives it a
 * terminal; it talks with a person there, and with the team through its hooks and servers.
 * Invariants: no credential is among the arguments; of servers it gets what it is given and none of the user's.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentPermissions, AgentServer } from '../runner.ts';
import { claudeServers } from './claude-arguments.ts';

/** How it is started. */
export interface ClaudeTerminal {
  /** The program and the words that come before ours. */
  readonly program: readonly [string, ...string[]];
  /** Left out: its own default. */
  readonly model?: string;
  /** The conversation that it goes on with; left out: it begins one. */
  readonly resume?: string;
  readonly permissions: AgentPermissions;
  readonly servers: readonly AgentServer[];
  /** Its hooks, as its settings have them. */
  readonly hooks: Readonly<Record<string, unknown>>;
  /** The folder of its files; made when missing. */
  readonly folder: string;
}

const MODES: Readonly<Record<AgentPermissions, string>> = { all: 'bypassPermissions', edits: 'acceptEdits', ask: 'default' };

/** Writes the files and makes the command. Throws what the system throws. */
export async function prepareClaudeTerminal(wish: ClaudeTerminal): Promise<[string, ...string[]]> {
  const { program, model, resume, permissions, servers, hooks, folder } = wish;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [servers_file, settings_file] = [join(folder, 'servers.json'), join(folder, 'settings.json')];
  await writeFile(servers_file, JSON.stringify({ mcpServers: claudeServers(servers) }), { mode: 0o600 });
  await writeFile(settings_file, JSON.stringify({ hooks }), { mode: 0o600 });
  const [first, ...before] = program;
  return [
    first,
    ...before,
    ...(model === undefined ? [] : ['--model', model]),
    ...(resume === undefined ? [] : ['--resume', resume]),
    `--permission-mode=${MODES[permissions]}`,
    `--mcp-config=${servers_file}`,
    '--strict-mcp-config',
    `--settings=${settings_file}`,
    ...(servers.length === 0 ? [] : [`--allowedTools=${servers.map((each) => `mcp__${each.name}`).join(',')}`]),
  ];
}
