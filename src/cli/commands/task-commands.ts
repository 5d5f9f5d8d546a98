/**
 * The commands on tasks that are one operation each: list, show, cancel, retry. `task add` has a file of its own.
 */
import { type CliArgument, type CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { table } from '../output/table.ts';
import { taskColumns, taskText } from '../output/task-text.ts';
import { ago } from '../output/words.ts';
import { asNumber } from '../read-values.ts';
import { TIMEOUT_OPTION, waitForAnswer } from '../wait-for-tasks.ts';

const TASK_ID: CliArgument = { field: 'task_id', shown: 'task', description: 'Id of the task.' };
const STATUSES = ['pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
const LIST_LIMIT = 200;

/** tutti task list */
const taskList = operationCommand({
  path: 'task list',
  summary: 'List tasks, in the order they were added.',
  doing: 'list the tasks',
  operation: 'task.list',
  options: [
    { flags: '-s, --status <status>', description: 'Only tasks in this state.', choices: STATUSES, common: true },
    { flags: '--type <type>', description: 'Only tasks of this type.' },
    { flags: '--session <id>', description: 'Only tasks that this session holds.', field: 'assigned_to' },
    { flags: '--capability <name>', description: 'Only tasks that need this capability.', field: 'required_capability' },
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asNumber },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti task list', says: 'Every task that is not long finished' },
    { run: 'tutti task list --status failed', says: 'What failed' },
    { run: 'tutti task list --json | jq -r .tasks[].id', says: 'Ids for a script' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, { terminal, now }) => {
    if (output.tasks.length === 0) terminal.say('No tasks. Add one: tutti task add --title "Run the tests" --run "npm test"');
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

/** tutti task cancel */
const taskCancel = operationCommand({
  path: 'task cancel',
  summary: 'Cancel a task; a running one loses its lease and its worker stops it.',
  doing: 'cancel the task',
  operation: 'task.cancel',
  args: [TASK_ID],
  options: [{ flags: '--reason <text>', description: 'Why; kept in its history.', common: true }],
  examples: [
    { run: 'tutti task cancel build-001', says: 'Asks first when it is running' },
    { run: 'tutti task cancel build-001 --reason "wrong branch"', says: 'With a reason for the history' },
    { run: 'tutti task cancel build-001 --yes', says: 'Without a question' },
  ],
  question: async (client, { task_id }) => {
    const { task } = await client.call('task.show', { task_id });
    if (task.status !== 'in_progress') return null;
    return `${cleanLine(task.id)} runs on ${cleanLine(task.assigned_to ?? '?')}, assigned ${ago(task.assigned_at, Date.now())}. Cancel it?`;
  },
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.task_id)} is cancelled.`),
});

/** tutti task retry */
const taskRetry = operationCommand({
  path: 'task retry',
  summary: 'Put a failed or cancelled task back into the queue.',
  doing: 'retry the task',
  operation: 'task.retry',
  args: [TASK_ID],
  options: [TIMEOUT_OPTION],
  waits: true,
  examples: [
    { run: 'tutti task retry build-001', says: 'Run it again' },
    { run: 'tutti task retry build-001 --wait', says: 'And wait for its end' },
    { run: 'tutti task list --status failed', says: 'What could be retried' },
  ],
  input: ({ task_id }) => ({ task_id }),
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.task_id)} is back in the queue.`),
  follow: (answer, context) => waitForAnswer({ ...answer, ids: [answer.output.task_id] }, context),
});

/** Every command of this file. */
export const TASK_COMMANDS: readonly CliCommand[] = [taskList, taskShow, taskCancel, taskRetry];
