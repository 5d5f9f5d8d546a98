/**
 * The commands on events: list and tail.
 */
import type { CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { safeJson } from '../output/clean-text.ts';
import { eventLine } from '../output/event-text.ts';
import { asNumber, asTime } from '../read-values.ts';

const LIST_LIMIT = 50;
const FILTERS: readonly CliOption[] = [
  { flags: '--task <id>', description: 'Only events of this task.', field: 'task_id', common: true },
  { flags: '--session <id>', description: 'Only events of this session.', field: 'session_id', common: true },
  { flags: '--type <type>', description: 'Only events of this type, for example task_completed.' },
];

/** tutti event list */
const eventList = operationCommand({
  path: 'event list',
  summary: 'List events: the newest, or those after a sequence number.',
  doing: 'list the events',
  operation: 'event.list',
  options: [
    ...FILTERS,
    { flags: '--since <seq>', description: 'Those after this event, oldest first; left out: the newest.', read: asNumber },
    { flags: '--from <time>', description: 'Only events of this time or later, ISO 8601.', read: asTime },
    { flags: '--until <time>', description: 'Only events before this time, ISO 8601.', read: asTime },
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asNumber },
  ],
  examples: [
    { run: 'tutti event list', says: `The newest ${LIST_LIMIT}` },
    { run: 'tutti event list --task build-001', says: 'What happened to a task' },
    { run: 'tutti event list --since 0 --limit 1000 --json', says: 'From the first one, for a program' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output, values }, { terminal }) => {
    terminal.print(...output.events.map((event) => eventLine(event, terminal)));
    if (output.events.length === 0) terminal.say('No such events.');
    if (output.next !== null && values['since'] !== undefined) terminal.say(`More: tutti event list --since ${output.next}`);
  },
});

/** tutti event tail */
const eventTail: CliCommand = {
  path: 'event tail',
  summary: 'Follow events as they happen; Ctrl-C ends it.',
  doing: 'follow the events',
  options: [...FILTERS, { flags: '--since <seq>', description: 'Start after this event; left out: with the newest 10.', read: asNumber }],
  examples: [
    { run: 'tutti event tail', says: 'What happens now' },
    { run: 'tutti event tail --task build-001', says: 'To one task' },
    { run: 'tutti event tail --since 0 --json', says: 'Everything from the first event, one JSON object per line' },
  ],
  run: async (context, values) => {
    const { followEvents } = await import('../follow-events.ts');
    await followEvents(context, values, (event) =>
      context.terminal.print(context.globals.json ? safeJson(event) : eventLine(event, context.terminal)),
    );
  },
};

/** Every command of this file. */
export const EVENT_COMMANDS: readonly CliCommand[] = [eventList, eventTail];
