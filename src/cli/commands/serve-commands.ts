/**
 * The commands that start and stop a server: up, start, down. What they do is loaded when they run.
 */
import type { CliCommand, CliOption } from '../command.ts';
import { asSeconds } from '../read-values.ts';

const SERVE_OPTIONS: readonly CliOption[] = [
  {
    flags: '-p, --port <n>',
    description: 'Port; default 8600, or the next free one. One that is named and taken is an error.',
    common: true,
  },
  { flags: '-d, --detach', description: 'Start in the background, and return once it is ready.', common: true },
  { flags: '--host <address>', description: 'Address to listen on; default 127.0.0.1.' },
  {
    flags: '--journal <place>',
    description: 'Where the log lives: sqlite: (the data folder), sqlite:FOLDER, or memory: to forget it at the end.',
  },
  { flags: '--keep-sessions', description: 'Also keep the sessions of the configuration, as tutti host does.', field: 'keep_sessions' },
  { flags: '--no-auth', description: 'Ask for no token; only on this machine.', field: 'no_auth' },
  { flags: '--log-level <level>', description: 'How much goes into the log: trace, debug, info, warn, error, silent.' },
];

/** tutti up */
const up: CliCommand = {
  path: 'up',
  summary: 'Start the server of this project, in the foreground; Ctrl-C stops it.',
  doing: 'start the server',
  graceful: true,
  options: SERVE_OPTIONS,
  examples: [
    { run: 'tutti up', says: 'On 127.0.0.1:8600, with its data in .tutti/ of this project' },
    { run: 'tutti up --detach', says: 'In the background; tutti down stops it' },
    { run: 'tutti up --port 9000 --data /srv/tutti', says: 'Another port, another data folder' },
  ],
  run: async (context, values) => (await import('../serve/run-up.ts')).runUp(context, values),
};

/** tutti start */
const start: CliCommand = {
  path: 'start',
  summary: 'Start the server and run the demo beside it; npm start does this.',
  doing: 'start the server and the demo',
  graceful: true,
  options: [
    ...SERVE_OPTIONS.filter(({ flags }) => !flags.includes('--detach')),
    { flags: '--no-demo', description: 'Only the server.', field: 'no_demo', common: true },
    { flags: '--repo <path>', description: 'Repository that the demo works on a clone of; default: the current folder.', common: true },
  ],
  examples: [
    { run: 'npm start', says: 'Server and demo, from a fresh checkout' },
    { run: 'npm start -- --no-demo', says: 'Only the server' },
    { run: 'tutti start --port 9000', says: 'On another port' },
  ],
  run: async (context, values) => (await import('../serve/run-start.ts')).runStart(context, values),
};

/** tutti down */
const down: CliCommand = {
  path: 'down',
  summary: 'Stop the server of this project, and say what happens to running workers.',
  doing: 'stop the server',
  options: [
    { flags: '--timeout <seconds>', description: 'How long to wait for its end; default 30.', read: asSeconds },
    { flags: '--force', description: 'End the process at once if the server does not answer.' },
  ],
  examples: [
    { run: 'tutti down', says: 'Stop the server that runs for this project' },
    { run: 'tutti down --dry-run', says: 'Only say what would happen' },
    { run: 'tutti down --data /srv/tutti', says: 'Stop the server of another data folder' },
  ],
  run: async (context, values) => (await import('../serve/run-down.ts')).runDown(context, values),
};

/** Every command of this file. */
export const SERVE_COMMANDS: readonly CliCommand[] = [up, start, down];
