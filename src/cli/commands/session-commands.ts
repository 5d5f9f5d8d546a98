/**
 * The commands on sessions: list and show.
 */
import type { CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { sessionColumns, sessionText } from '../output/session-text.ts';
import { sayNothing } from '../output/nothing-there.ts';
import { table } from '../output/table.ts';
import { asNumber } from '../read-values.ts';

const LIST_LIMIT = 200;

/** tutti session list */
const sessionList = operationCommand({
  path: 'session list',
  summary: 'List sessions.',
  doing: 'list the sessions',
  operation: 'session.list',
  options: [
    { flags: '-s, --status <status>', description: 'Only sessions in this state.', choices: ['idle', 'busy', 'offline'], common: true },
    { flags: '--capability <name>', description: 'Only sessions that have this capability.' },
    { flags: '--ended', description: 'Also those that have left.' },
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asNumber },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti session list', says: 'Who is there' },
    { run: 'tutti session list --status busy', says: 'Who works' },
    { run: 'tutti session list --capability gpu --json', says: 'Who can, for a program' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, context) => {
    const { terminal, now } = context;
    if (output.sessions.length === 0) sayNothing(context, 'sessions', 'Start one: tutti worker --capabilities build');
    else terminal.print(...table(output.sessions, sessionColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti session list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti session show */
const sessionShow = operationCommand({
  path: 'session show',
  summary: 'Show one session.',
  doing: 'show the session',
  operation: 'session.show',
  args: [{ field: 'session_id', shown: 'session', description: 'Id of the session.' }],
  examples: [
    { run: 'tutti session show w1', says: 'Everything about one session' },
    { run: 'tutti session show w1 --json', says: 'The same for a program' },
    { run: 'tutti event list --session w1', says: 'What it did' },
  ],
  print: ({ output }, { terminal, now }) => terminal.print(...sessionText(output.session, terminal, now())),
});

/** Every command of this file. */
export const SESSION_COMMANDS: readonly CliCommand[] = [sessionList, sessionShow];
