/**
 * tutti worker: a session on this machine that takes tasks and runs their commands.
 */
import type { CliCommand } from '../command.ts';

/** tutti worker */
export const workerCommand: CliCommand = {
  path: 'worker',
  summary: 'Start a worker: a session that does tasks, by commands or agents, each in its own worktree.',
  doing: 'run the worker',
  graceful: true,
  options: [
    { flags: '-c, --capabilities <names>', description: 'What it can do, with commas.', common: true },
    { flags: '--slots <n>', description: 'Tasks at the same time; default 1.', common: true },
    { flags: '--name <id>', description: 'Id of the session; default: made from the host name.', common: true },
    { flags: '--specialties <names>', description: 'What it is especially good at, with commas.' },
    {
      flags: '--runner <name>',
      description: 'What does its tasks: script, claude, codex, gemini, opencode, acp, anthropic, …',
      common: true,
    },
    { flags: '--role <name>', description: 'Role of its agents; names their runner and model too.' },
    { flags: '--model <name>', description: 'Model of its agents.' },
    { flags: '--program <command>', description: 'Command of the agent program; default: the name of the runner.' },
    { flags: '--permissions <what>', description: 'What its agents may do without being asked.', choices: ['all', 'edits', 'ask'] },
    { flags: '--finish', description: 'When it is stopped: run its tasks to their end, instead of giving them back.' },
    { flags: '--output', description: 'Show what the tasks print.' },
  ],
  examples: [
    { run: 'tutti worker --capabilities build,test', says: 'Takes tasks that need build, test, or nothing' },
    { run: 'tutti worker -c build --slots 2 --runner claude', says: 'Claude Code does them, two at a time' },
    { run: 'TUTTI_TOKEN=… tutti worker -c gpu --server http://10.0.0.5:8600', says: 'For a server elsewhere' },
  ],
  run: async (context, values) => (await import('../serve/run-worker-command.ts')).runWorkerCommand(context, values),
};
