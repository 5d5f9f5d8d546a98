/**
 * tutti task add: one task from flags, or many from a file.
 */
import { resolve } from 'node:path';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { CliOption, Values } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { waitingText } from '../output/task-text.ts';
import { counted } from '../output/words.ts';
import { readStdin } from '../read-stdin.ts';
import { asList, asNumber, asSeconds, asTextOrJson, asTime, readText } from '../read-values.ts';
import { TIMEOUT_OPTION, waitForAnswer } from '../wait-for-tasks.ts';

/** The type of a task that names none. */
const TYPE = 'task';
/** Options that make the spec, by its field. */
const SPEC_FIELDS = ['run', 'repository', 'base', 'timeout_seconds'];

/** What a task can be made of on the command line. */
export const TASK_OPTIONS: readonly CliOption[] = [
  { flags: '-t, --title <text>', description: 'What is to be done; default: the command of --run.', common: true },
  { flags: '-r, --run <command>', description: 'Shell command that a worker runs: spec.run.', common: true },
  {
    flags: '-p, --priority <n>',
    description: '1 to 10, 10 is the most urgent; default: computed, mostly 5.',
    read: asNumber,
    common: true,
  },
  { flags: '-c, --capability <name>', description: 'What a session must be able to do.', field: 'required_capability', common: true },
  {
    flags: '-d, --depends-on <ids>',
    description: 'Tasks that must have completed, with commas; may be repeated.',
    field: 'dependencies',
    read: asList,
    repeatable: true,
    common: true,
  },
  { flags: '-f, --file <path>', description: 'Many tasks from YAML or JSON: a list, or {tasks: […]}; - is stdin.', common: true },
  { flags: '--type <type>', description: `Kind of work; ids and estimates go by it; default ${TYPE}.` },
  { flags: '--id <id>', description: 'Id; default {type}-{nnn}.' },
  { flags: '--spec <text>', description: 'What exactly: text, JSON, or @FILE.', read: asTextOrJson },
  { flags: '--repo <path>', description: 'Git repository to work on, in a worktree of its own: spec.repository.', field: 'repository' },
  { flags: '--base <commit>', description: 'Branch or commit to start from: spec.base.' },
  {
    flags: '--run-timeout <seconds>',
    description: 'Longest run of the command: spec.timeout_seconds.',
    field: 'timeout_seconds',
    read: asSeconds,
  },
  {
    flags: '--on-dependency-failure <policy>',
    description: 'Wait for its retry, fail too, or run anyway.',
    choices: ['block', 'cascade', 'ignore'],
  },
  { flags: '--max-attempts <n>', description: 'Attempts that may fail before the task has failed; default 1.', read: asNumber },
  {
    flags: '--backoff <seconds>',
    description: 'Pause before the second attempt; doubles with each.',
    field: 'backoff_seconds',
    read: asSeconds,
  },
  {
    flags: '--retry <rules>',
    description: 'What follows from a reason of failure, as JSON or @FILE: {"timed_out": {"retry": "never"}}.',
    read: asTextOrJson,
  },
  {
    flags: '--group <group>',
    description: 'Group: shares the sessions fairly with others, and tells when all of it has ended.',
    common: true,
  },
  { flags: '--label <labels>', description: 'Labels, with commas; may be repeated.', field: 'labels', read: asList, repeatable: true },
  { flags: '--parent <task>', description: 'The unfinished task that it is a part of.' },
  { flags: '--key <key>', description: 'Idempotency key: adding again under it adds nothing.', field: 'idempotency_key' },
  {
    flags: '--delay <seconds>',
    description: 'It does not start before; 15m, 2h and 3d are understood too, here and wherever seconds are.',
    read: asSeconds,
  },
  { flags: '--not-before <time>', description: 'It does not start before this time, ISO 8601.', read: asTime },
  {
    flags: '--deadline <time>',
    description: 'When it should have ended, ISO 8601; then it is shown as overdue and comes before its equals.',
    read: asTime,
  },
  { flags: '--estimate <hours>', description: 'Estimated hours.', field: 'estimated_hours', read: asNumber },
  {
    flags: '--resource <name=amount>',
    description: 'Holds so much of a named resource while it runs; may be repeated.',
    field: 'resources',
    read: asAmount,
    repeatable: true,
  },
  { flags: '--concurrency <key=limit>', description: 'At most so many tasks of this key run at the same time.', read: asKeyLimit },
  { flags: '--critical', description: 'Raises the computed priority by 3.' },
  { flags: '--infinite-scale', description: 'Raises the computed priority by 2.' },
  { flags: '--roi <roi>', description: 'high raises the computed priority by 1.', choices: ['low', 'medium', 'high'] },
];

/** tutti task add */
export const taskAdd = operationCommand({
  path: 'task add',
  summary: 'Add a task, or many at once from a file.',
  doing: 'add the task',
  operation: 'work.add',
  options: [...TASK_OPTIONS, TIMEOUT_OPTION],
  waits: true,
  examples: [
    { run: 'tutti task add --run "npm test" --repo . --wait', says: 'Run the tests in a worktree, and wait for the outcome' },
    {
      run: 'tutti task add -t "Deploy" -r ./deploy.sh -c deploy -d build-001,test-001',
      says: 'After two others, by a session that can deploy',
    },
    { run: 'tutti task add --file plan.yaml', says: 'Many tasks; all are added or none' },
  ],
  input: async (values, context) => (values['file'] === undefined ? oneTask(values, context.from) : { tasks: await manyTasks(values) }),
  print: async ({ output, client }, { terminal }) => {
    terminal.print(...output.task_ids.map(cleanLine));
    terminal.say(...(output.notes ?? []).map(cleanLine));
    const [only, second] = output.task_ids;
    if (only === undefined || second !== undefined) {
      terminal.say(`Added ${counted(output.task_ids.length, 'task')}. Watch them: tutti status, tutti event tail`);
      return;
    }
    const { task } = await client.call('task.show', { task_id: only });
    const lines = task.waiting?.code === 'no_capable_session' ? waitingText(task, { out: terminal.err }).slice(1) : [];
    terminal.say(`Added. Watch it: tutti task show ${cleanLine(only)} --wait`, ...lines);
  },
  follow: (answer, context) => {
    context.terminal.say(
      `Added ${answer.output.task_ids.slice(0, 5).map(cleanLine).join(', ')}${answer.output.task_ids.length > 5 ? ' …' : ''}; waiting for the end.`,
    );
    return waitForAnswer({ ...answer, ids: answer.output.task_ids }, context);
  },
});

/** A task from flags; `from` is the current folder. Throws Failure `usage`. */
export function oneTask(values: Values, from: string): Readonly<Record<string, unknown>> {
  const task: Record<string, unknown> = { type: TYPE, ...withoutLocal(values) };
  const { run, repository } = values;
  const given = Object.fromEntries(SPEC_FIELDS.flatMap((field) => (values[field] === undefined ? [] : [[field, values[field]]])));
  if (typeof repository === 'string')
    given['repository'] = /^[a-z]+:\/\/|^[\w.-]+@[\w.-]+:/.test(repository) ? repository : resolve(from, repository);
  if (Object.keys(given).length > 0) {
    const spec = values['spec'] ?? {};
    if (typeof spec === 'string')
      throw new Failure('usage', { reason: '--spec as text cannot be joined with --run, --repo, --base or --run-timeout; use JSON.' });
    task['spec'] = { ...spec, ...given };
  }
  if (Array.isArray(values['resources'])) task['resources'] = Object.fromEntries(values['resources'] as [string, number][]);
  task['title'] ??= run;
  if (task['title'] === undefined) throw new Failure('usage', { reason: 'A task needs --title, or --run with a command.' });
  return task;
}

/** `name=amount`, wrapped, so that several make a list of pairs; the amount is 1 when left out. Throws Failure `usage`. */
function asAmount(text: string, flag: string): readonly [readonly [string, number]] {
  const [, name, amount = '1'] = /^([^=]+)(?:=(\d{1,7}))?$/.exec(text) ?? [];
  if (name === undefined) throw new Failure('usage', { reason: `${flag}: ${text} is not of the form name=amount.` });
  return [[name, Number(amount)]];
}

/** `key=limit`. Throws Failure `usage`. */
function asKeyLimit(text: string, flag: string): { readonly key: string; readonly limit: number } {
  const [, key, limit] = /^([^=]+)=(\d{1,7})$/.exec(text) ?? [];
  if (key === undefined) throw new Failure('usage', { reason: `${flag}: ${text} is not of the form key=limit.` });
  return { key, limit: Number(limit) };
}

/** Tasks from a file. Throws Failure `usage`. */
async function manyTasks(values: Values): Promise<unknown[]> {
  const others = Object.keys(values).filter((field) => field !== 'file' && field !== 'timeout');
  if (others.length > 0)
    throw new Failure('usage', { reason: `--file cannot be joined with --${others[0]?.replaceAll('_', '-')}; put it into the file.` });
  const path = String(values['file']);
  const text = path === '-' ? await readStdin() : readText(path, '--file');
  const tasks = listOf(await parsed(text, path));
  if (tasks === null || tasks.length === 0) throw new Failure('usage', { reason: `--file: ${path} holds no list of tasks.` });
  return tasks.map((task) => (typeof task === 'object' && task !== null && !('type' in task) ? { type: TYPE, ...task } : task));
}

async function parsed(text: string, path: string): Promise<unknown> {
  try {
    return (await import('yaml')).parse(text);
  } catch (error) {
    throw new Failure('usage', { reason: `--file: ${path} is neither YAML nor JSON: ${reasonOf(error).split('\n', 1)[0]}` }, error);
  }
}

function listOf(content: unknown): unknown[] | null {
  if (Array.isArray(content)) return content as unknown[];
  const tasks = typeof content === 'object' && content !== null && 'tasks' in content ? content.tasks : null;
  return Array.isArray(tasks) ? (tasks as unknown[]) : null;
}

/** The values that are fields of a task. */
function withoutLocal(values: Values): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([field]) => field !== 'timeout' && !SPEC_FIELDS.includes(field)));
}
