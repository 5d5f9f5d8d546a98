/**
 * What an install puts into the configuration of an agent program, and where. Invariant: everything that is ours is
 * recognised by what it runs, so that it can be taken out again and nothing else is.
 */
import { join } from 'node:path';
import { claudeHooks, type HookGroup, hookRunner } from '../../config/agent-hooks.ts';
import { SERVER_PATIENCE_MS } from '../../contract/server-patience.ts';

/** Agent programs that can be set up. */
export const INSTALLED_AGENTS = ['claude', 'codex', 'gemini', 'opencode'] as const;
/** An agent program that can be set up. */
export type InstalledAgent = (typeof INSTALLED_AGENTS)[number];

/** What is asked for. */
export interface SetupWish {
  readonly agent: InstalledAgent;
  readonly scope: 'user' | 'project';
  /** The user's home folder, and the project. */
  readonly home: string;
  readonly project: string;
  /** The program and its arguments before the command. */
  readonly program: readonly string[];
  readonly takes_work: boolean;
  /** Whether a file is there. */
  readonly isThere: (file: string) => boolean;
}

/** One change of one file. */
export type FileChange =
  | { readonly file: string; readonly format: 'toml'; readonly block: readonly string[] }
  | {
      readonly file: string;
      readonly format: 'json';
      /** The key of the MCP servers and our entry below it, when this file holds them. */
      readonly server: { readonly key: string; readonly entry: Readonly<Record<string, unknown>> } | null;
      /** Our hooks by event, when this file holds hooks. */
      readonly hooks: Readonly<Record<string, readonly HookGroup[]>> | null;
      /** What is ours only leaves it: it stands in another file that is read as well. */
      readonly leaves?: true;
    };

/** A busy machine takes long to start a program, even one that has little to do. */
const HOOK_WITHIN_MS = 30_000;

/** Name of our server. */
export const SERVER_NAME = 'tutti';

/** The changes that set the agent up. */
export function setupOf(wish: SetupWish): readonly FileChange[] {
  return SETUPS[wish.agent](wish);
}

const SETUPS: Readonly<Record<InstalledAgent, (wish: SetupWish) => readonly FileChange[]>> = {
  claude: (wish) => {
    const { scope, home, project } = wish;
    const [command = 'tutti', ...before] = wish.program;
    const entry = { type: 'stdio', command, args: [...before, 'mcp'], alwaysLoad: true };
    const settings = join(scope === 'user' ? home : project, '.claude', 'settings.json');
    return [
      {
        file: scope === 'user' ? join(home, '.claude.json') : join(project, '.mcp.json'),
        format: 'json',
        server: { key: 'mcpServers', entry },
        hooks: null,
      },
      { file: settings, format: 'json', server: null, hooks: claudeHooks(wish) },
    ];
  },
  codex: ({ scope, home, project, program }) => {
    const [command = 'tutti', ...before] = program;
    const folder = join(scope === 'user' ? home : project, '.codex');
    const block = [
      `[mcp_servers.${SERVER_NAME}]`,
      `command = ${JSON.stringify(command)}`,
      `args = ${JSON.stringify([...before, 'mcp'])}`,
      `startup_timeout_sec = ${SERVER_PATIENCE_MS / 1_000}`,
    ];
    const run = hookRunner(program, 'codex');
    const hooks = {
      SessionStart: [{ hooks: [run()] }],
      UserPromptSubmit: [{ hooks: [run()] }],
      PostToolUse: [{ hooks: [run()] }],
      Stop: [{ hooks: [run()] }],
    };
    return [
      { file: join(folder, 'config.toml'), format: 'toml', block },
      { file: join(folder, 'hooks.json'), format: 'json', server: null, hooks },
    ];
  },
  gemini: ({ scope, home, project, program }) => {
    const [command = 'tutti', ...before] = program;
    const entry = { command, args: [...before, 'mcp'] };
    const run = hookRunner(program, 'gemini');
    const named = { name: SERVER_NAME, timeout: HOOK_WITHIN_MS };
    const events = ['SessionStart', 'BeforeAgent', 'AfterTool', 'AfterAgent', 'SessionEnd'];
    const hooks = Object.fromEntries(events.map((event) => [event, [{ hooks: [run(named)] }]]));
    const file = join(scope === 'user' ? home : project, '.gemini', 'settings.json');
    return [{ file, format: 'json', server: { key: 'mcpServers', entry }, hooks }];
  },
  opencode: ({ scope, home, project, program, isThere }) => {
    const entry = { type: 'local', command: [...program, 'mcp'], enabled: true, timeout: SERVER_PATIENCE_MS };
    const folder = scope === 'user' ? join(home, '.config', 'opencode') : project;
    const change = { format: 'json' as const, server: { key: 'mcp', entry }, hooks: null };
    // It reads both, and the one with comments last: no second file is made beside it.
    const [plain, commented] = [join(folder, 'opencode.json'), join(folder, 'opencode.jsonc')];
    if (!isThere(commented)) return [{ ...change, file: plain }];
    return [{ ...change, file: commented }, ...(isThere(plain) ? [{ ...change, file: plain, leaves: true as const }] : [])];
  },
};
