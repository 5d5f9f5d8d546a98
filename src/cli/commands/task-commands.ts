/**
 * The commands that show tasks: list, show, dead letters, groups. `task add` and the changes have files of their own.
 */
import { type CliArgument, type CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { sayNothing } from '../output/nothing-there.ts';
import { table } from '../output/table.ts';
import { deadColumns, groupColumns, taskColumns, taskText } from '../output/task-text.ts';
import { asNumber } from '../read-values.ts';
import { FILTER_OPTIONS } from './task-filter.ts';
import { TIMEOUT_OPTION, waitForAnswer } from '../wait-for-tasks.ts';

const TASK_ID: CliArgument = { field: 'task_id', shown: 'task', description: 'Id of the task.' };
const LIST_LIMIT = 200;

/** tutti task list */
const taskList = operationCommand({
  path: 'task list',
  summary: 'List tasks, in the order they were added.',
  doing: 'list the tasks',
  operation: 'task.list',
  options: [
    ...FILTER_OPTIONS,
    { flags: '--overdue', description: 'Only tasks whose deadline has passed.' },
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asNumber },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti task list', says: 'Every task that is not long finished' },
    { run: 'tutti task list --status failed', says: 'What failed' },
    { run: 'tutti task list --json | jq -r .tasks[].id', says: 'Ids for a script' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, context) => {
    const { terminal, now } = context;
    if (output.tasks.length === 0) sayNothing(context, 'tasks', 'Add one: tutti task add --title "Run the tests" --run "npm test"');
    else terminal.print(...table(output.tasks, taskColumns(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti task list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti task show */
const taskShow = operationCommand({
  path: 'task show',
  summary: 'Show one task: its state, why it is not running, its spec, result and history.',
  doing: 'show the task',
  operation: 'task.show',
  args: [TASK_ID],
  options: [TIMEOUT_OPTION],
  waits: true,
  examples: [
    { run: 'tutti task show build-001', says: 'Everything about one task' },
    { run: 'tutti task show build-001 --wait', says: 'Once it has ended' },
    { run: 'tutti task show build-001 --json', says: 'The same for a program' },
  ],
  input: ({ task_id }) => ({ task_id }),
  print: ({ output }, { terminal, now }) => terminal.print(...taskText(output, terminal, now())),
  follow: (answer, context) => waitForAnswer({ ...answer, ids: [answer.output.task.id] }, context),
});

/** tutti task dead */
const taskDead = operationCommand({
  path: 'task dead',
  summary: 'List dead letters: tasks that failed for good, and why.',
  doing: 'list the dead letters',
  operation: 'task.dead',
  options: [
    ...FILTER_OPTIONS.filter(({ flags }) => /--(type|capability|group|label|failed-for)/.test(flags)),
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asNumber },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti task dead', says: 'What failed for good, and why' },
    { run: 'tutti task dead --failed-for timed_out', says: 'Only those that took too long' },
    { run: 'tutti task show build-001', says: 'All about one of them, with its history' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, { terminal, now }) => {
    if (output.tasks.length === 0) terminal.say('No dead letters.');
    else terminal.print(...table(output.tasks, deadColumns(now()), terminal));
    const reasons = Object.entries(output.by_reason).map(([reason, count]) => `${reason} ${count}`);
    if (reasons.length > 0) terminal.say(`In all: ${reasons.join(' · ')}. Put them back: tutti task requeue`);
    if (output.next_cursor !== null) terminal.say(`More: tutti task dead --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti task group */
const taskGroup: CliCommand = {
  path: 'task group',
  summary: 'Show groups of tasks: how many of each are unfinished, and whether all have ended.',
  doing: 'show the groups',
  args: [{ field: 'group', shown: 'group', description: 'Name of a group; left out: all of them.', optional: true }],
  options: [{ flags: '--open', description: 'Only those with unfinished tasks.' }],
  examples: [
    { run: 'tutti task group', says: 'Every group' },
    { run: 'tutti task group release', says: 'One of them' },
    { run: 'tutti task list --group release', says: 'Its tasks' },
  ],
  run: async ({ connect, globals, terminal, now }, { group, open }) => {
    const { client } = await connect();
    const output =
      typeof group !== 'string'
        ? await client.call('group.list', open === true ? { open: true, limit: LIST_LIMIT } : { limit: LIST_LIMIT })
        : { groups: [(await client.call('group.show', { group })).group], next_cursor: null };
    if (globals.json) terminal.print(safeJson(output, 2));
    else if (output.groups.length === 0) terminal.say('No groups. Add a task to one: tutti task add --group release …');
    else terminal.print(...table(output.groups, groupColumns(now()), terminal));
  },
};

/** Every command of this file. */
export const TASK_COMMANDS: readonly CliCommand[] = [taskList, taskShow, taskDead, taskGroup];
