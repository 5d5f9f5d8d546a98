/**
 * The commands beside agent programs: mcp and hook, which they run, and install, which sets both up.
 */
import type { CliCommand, CliOption } from '../command.ts';

/** tutti mcp */
const mcp: CliCommand = {
  path: 'mcp',
  summary: 'Serve the Model Context Protocol on stdin and stdout, for the agent program that starts it.',
  doing: 'serve the agent',
  graceful: true,
  examples: [
    { run: 'tutti install claude', says: 'Let Claude Code start it; also codex, gemini, opencode' },
    { run: 'claude mcp add tutti -- tutti mcp', says: 'By hand' },
    { run: 'npx @modelcontextprotocol/inspector --cli tutti mcp --method tools/list', says: 'Look at its tools' },
  ],
  run: async (context) => (await import('../serve/run-mcp.ts')).runMcp(context),
};

/** tutti hook */
const hook: CliCommand = {
  path: 'hook',
  summary: 'Run at an event of an agent program: its session registers, lives and leaves by itself.',
  doing: 'run the hook',
  graceful: true,
  args: [{ field: 'agent', shown: 'agent', description: 'claude, codex or gemini; its event comes on stdin.' }],
  options: [
    {
      flags: '--wake',
      description: 'Wait in the background until the team has something for the session; then exit with 2, which wakes it.',
    },
    { flags: '--work', description: 'With --wake: also take tasks of the team.' },
  ],
  examples: [
    { run: 'tutti install claude', says: 'Set it up; nobody calls it by hand' },
    { run: 'tutti hook claude < event.json', says: 'What Claude Code runs' },
    { run: 'tutti hook claude --wake', says: 'What waits beside it' },
  ],
  run: async (context, values) => (await import('../serve/run-hook-command.ts')).runHookCommand(context, values),
};

const PLACE: readonly CliOption[] = [
  { flags: '--user', description: 'For every project of this user.', common: true },
  { flags: '--project', description: 'For this project only; the default.', common: true },
];

/** tutti install */
const install: CliCommand = {
  path: 'install',
  summary: 'Set up an agent program for the team: the MCP server and the hooks, shown as a diff first.',
  doing: 'install',
  args: [{ field: 'agent', shown: 'agent', description: 'claude, codex, gemini or opencode.' }],
  options: [
    ...PLACE,
    { flags: '--remove', description: 'Take out what an earlier install put in, and nothing else.', common: true },
    { flags: '--work', description: 'Idle sessions take tasks of the team by themselves (Claude Code).' },
    { flags: '--command <command>', description: 'How the agent starts Tutti; default: tutti, or this program by its path.' },
  ],
  examples: [
    { run: 'tutti install claude', says: 'Claude Code in this project' },
    { run: 'tutti install codex --user --dry-run', says: 'Only show what would change' },
    { run: 'tutti install claude --remove', says: 'Take it out again' },
  ],
  run: async (context, values) => (await import('../install/run-install.ts')).runInstall(context, values),
};

/** Every command of this file. */
export const AGENT_COMMANDS: readonly CliCommand[] = [mcp, hook, install];
