/**
 * What an install puts into the configuration of an agent program, and where. Invariant: everything that is ours is
 * recognised by what it runs, so that it can be taken out again and nothing else is.
 */
import { join } from 'node:path';

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
    };

/** Hooks of one event as the programs have them. */
export interface HookGroup {
  readonly matcher?: string;
  readonly hooks: readonly Readonly<Record<string, unknown>>[];
}

/** Name of our server and the mark of our hooks. */
export const SERVER_NAME = 'tutti';
/** At the end of every hook of ours: a comment for the shell, by which it is found again. */
export const HOOK_MARK = '# tutti';

const DAY_S = 86_400;

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
    const block = [`[mcp_servers.${SERVER_NAME}]`, `command = ${JSON.stringify(command)}`, `args = ${JSON.stringify([...before, 'mcp'])}`];
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
    const named = { name: SERVER_NAME, timeout: 5000 };
    const events = ['SessionStart', 'BeforeAgent', 'AfterTool', 'AfterAgent', 'SessionEnd'];
    const hooks = Object.fromEntries(events.map((event) => [event, [{ hooks: [run(named)] }]]));
    const file = join(scope === 'user' ? home : project, '.gemini', 'settings.json');
    return [{ file, format: 'json', server: { key: 'mcpServers', entry }, hooks }];
  },
  opencode: ({ scope, home, project, program }) => {
    const entry = { type: 'local', command: [...program, 'mcp'], enabled: true };
    const file = scope === 'user' ? join(home, '.config', 'opencode', 'opencode.json') : join(project, 'opencode.json');
    return [{ file, format: 'json', server: { key: 'mcp', entry }, hooks: null }];
  },
};

/** Uses of tools and ends of turns are told in the background: they must not hold up the agent. */
function claudeHooks({ program, takes_work }: SetupWish): Readonly<Record<string, readonly HookGroup[]>> {
  const run = hookRunner(program, 'claude');
  const wake = { ...hookRunner(program, `claude --wake${takes_work ? ' --work' : ''}`)(), asyncRewake: true, timeout: DAY_S };
  return {
    SessionStart: [{ hooks: [run({ timeout: 10 }), wake] }],
    UserPromptSubmit: [{ hooks: [run({ timeout: 5 })] }],
    PostToolUse: [{ hooks: [run({ async: true, timeout: 10 })] }],
    Notification: [{ hooks: [run({ async: true, timeout: 10 })] }],
    Stop: [{ hooks: [run({ async: true, timeout: 10 }), wake] }],
    SessionEnd: [{ hooks: [run({ timeout: 5 })] }],
  };
}

function hookRunner(
  program: readonly string[],
  what: string,
): (more?: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> {
  const command = `${program.map(quoted).join(' ')} hook ${what} ${HOOK_MARK}`;
  return (more = {}) => ({ type: 'command', command, ...more });
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
