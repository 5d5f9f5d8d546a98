/**
 * The commands that look after an installation: open, token, doctor, logs.
 */
import { ROLES } from '../../contract/roles.ts';
import type { CliCommand } from '../command.ts';
import { asCount } from '../read-values.ts';

const LINES = 50;

/** tutti token */
const token: CliCommand = {
  path: 'token',
  summary: 'Print the token of a role, for clients outside of this project.',
  doing: 'print the token',
  options: [{ flags: '--role <role>', description: 'What it may do; default admin.', choices: ROLES, common: true }],
  examples: [
    { run: 'tutti token', says: 'The token that may do everything' },
    { run: 'tutti token --role viewer', says: 'One that may only look' },
    { run: 'export TUTTI_TOKEN=$(tutti token --role worker)', says: 'For a worker elsewhere' },
  ],
  run: async (context, values) => (await import('../care/print-token.ts')).printToken(context, values),
};

/** tutti open */
const open: CliCommand = {
  path: 'open',
  summary: 'Open the dashboard in a browser, signed in.',
  doing: 'open the dashboard',
  options: [{ flags: '--print', description: 'Print the address instead; it is good once, for a minute.', common: true }],
  examples: [
    { run: 'tutti open', says: 'The dashboard of this project' },
    { run: 'tutti open --swarm demo', says: 'Of the swarm that npm start fills' },
    { run: 'tutti open --print', says: 'The address, for a browser elsewhere' },
  ],
  run: async (context, values) => (await import('../care/open-dashboard.ts')).openDashboard(context, values),
};

/** tutti doctor */
const doctor: CliCommand = {
  path: 'doctor',
  summary: 'Check this machine, the data folder, the server and the log; each problem with its fix.',
  doing: 'check this machine',
  examples: [
    { run: 'tutti doctor', says: 'What is wrong, and what to do' },
    { run: 'tutti doctor --json', says: 'For a program: check, status, fix' },
    { run: 'tutti doctor --data /srv/tutti', says: 'Another data folder' },
  ],
  run: async (context) => (await import('../care/run-doctor.ts')).runDoctor(context),
};

/** tutti logs */
const logs: CliCommand = {
  path: 'logs',
  summary: "Show the server's own log.",
  doing: 'show the log',
  options: [
    { flags: '-f, --follow', description: 'Go on as lines are written; Ctrl-C ends it.', common: true },
    { flags: '-n, --lines <n>', description: `How many of the newest lines; default ${LINES}.`, read: asCount, common: true },
  ],
  examples: [
    { run: 'tutti logs', says: `The newest ${LINES} lines` },
    { run: 'tutti logs --follow', says: 'As they are written' },
    { run: 'tutti logs --lines 1000 --json', says: 'As JSON lines' },
  ],
  run: async (context, values) => (await import('../care/show-logs.ts')).showLogs(context, { lines: LINES, ...values }),
};

/** Every command of this file. */
export const CARE_COMMANDS: readonly CliCommand[] = [open, token, doctor, logs];
