/**
 * The commands that change one task or many: cancel, retry, reprioritise, requeue. One that is named is changed or refused;
 * of many each is told for itself. With --dry-run the server says what it would change.
 */
import { ERRORS, type ErrorCode } from '../../contract/error-catalogue.ts';
import { Failure } from '../../contract/failure.ts';
import type { OperationName, OutputOf } from '../../contract/operations.ts';
import type { CliArgument, CliCommand, CliOption, Described, Values } from '../command.ts';
import { type Answer, operationCommand, type OperationEntry } from '../operation-command.ts';
import type { CliContext } from '../cli-context.ts';
import { cleanLine } from '../output/clean-text.ts';
import { ago, counted } from '../output/words.ts';
import { asNumber } from '../read-values.ts';
import { TIMEOUT_OPTION, waitForAnswer } from '../wait-for-tasks.ts';
import { FILTER_OPTIONS, filterOf } from './task-filter.ts';

const TASK_IDS: CliArgument = {
  field: 'task_ids',
  shown: 'task',
  description: 'Ids of tasks; or a filter.',
  variadic: true,
  optional: true,
};
const PRIORITY: CliOption = { flags: '-p, --priority <n>', description: '1 to 10, 10 is the most urgent.', read: asNumber, common: true };
const REASON: CliOption = { flags: '--reason <text>', description: 'Why; kept in its history.', common: true };

type Outcome = OutputOf<'task.cancel_many'>;

/** Exactly one task is named and nothing else chooses. */
function isOne(values: Values, { globals }: CliContext): boolean {
  return idsOf(values).length === 1 && Object.keys(filterOf(values)).length === 0 && !globals.dry_run;
}

function idsOf({ task_ids }: Values): readonly string[] {
  return Array.isArray(task_ids) ? (task_ids as string[]) : [];
}

/** What a change of many names. Throws Failure `usage`. */
function chosenOf(values: Values, presets: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const ids = idsOf(values);
  const given = filterOf(values);
  if (ids.length > 0) {
    if (Object.keys(given).length > 0) throw new Failure('usage', { reason: 'Name tasks, or a filter, not both.' });
    return { task_ids: ids };
  }
  const filter = { ...presets, ...given };
  if (Object.keys(filter).length > 0) return { filter };
  throw new Failure('usage', {
    reason: 'Name tasks, or choose them: --status, --type, --capability, --group, --label, --parent, --session.',
  });
}

type Doing<N extends OperationName> = Omit<OperationEntry<N>, keyof Described>;

/** A command that is one operation for a named task, and another for many. */
function oneOrMany<A extends OperationName, B extends OperationName>(described: Described, one: Doing<A>, many: Doing<B>): CliCommand {
  const [first, others] = [operationCommand<A>({ ...described, ...one }), operationCommand<B>({ ...described, ...many })];
  return { ...others, alike: one.operation, run: (context, values) => (isOne(values, context) ? first : others).run(context, values) };
}

function printOutcome(did: string, would: string): (answer: { readonly output: Outcome }, context: CliContext) => void {
  return ({ output }, { terminal, globals }) => {
    for (const { task_id, changed } of output.results) if (changed) terminal.print(cleanLine(task_id));
    for (const { task_id, ok, message, code } of output.results) {
      if (!ok) terminal.say(`${cleanLine(task_id)}: ${cleanLine(message ?? '')} [${cleanLine(code ?? '')}]`);
    }
    const what = counted(output.changed, 'task');
    terminal.say(globals.dry_run ? `Nothing was done. It would ${would} ${what}.` : `${what} ${did}.`);
    if (output.more) terminal.say('More tasks fit: run it again.');
  };
}

/** The exit code of the first that could not be changed. */
function exitOf({ results }: Outcome): number {
  const failed = results.find(({ ok }) => !ok);
  return failed === undefined ? 0 : (ERRORS[failed.code as ErrorCode]?.exit ?? 1);
}

function follow({ output, ...answer }: Answer<'task.retry_many'>, context: CliContext): Promise<number> {
  return waitForAnswer({ ...answer, ids: output.results.flatMap(({ task_id, changed }) => (changed ? [task_id] : [])) }, context);
}

/** tutti task cancel */
const taskCancel = oneOrMany<'task.cancel', 'task.cancel_many'>(
  {
    path: 'task cancel',
    summary: 'Cancel tasks and their parts; a running one loses its lease and its worker stops it.',
    doing: 'cancel the task',
    args: [TASK_IDS],
    options: [{ ...REASON, field: 'reason_text' }, ...FILTER_OPTIONS],
    examples: [
      { run: 'tutti task cancel build-001 --reason "wrong branch"', says: 'Asks first when it is running' },
      { run: 'tutti task cancel --group nightly --dry-run', says: 'What it would cancel' },
      { run: 'tutti task cancel --label draft --status pending --yes', says: 'Without a question' },
    ],
  },
  {
    operation: 'task.cancel',
    input: ({ reason_text, ...values }) => ({ task_id: idsOf(values)[0], ...(reason_text === undefined ? {} : { reason: reason_text }) }),
    question: async (client, { task_id }) => {
      const { task } = await client.call('task.show', { task_id });
      if (task.status !== 'in_progress') return null;
      return `${cleanLine(task.id)} runs on ${cleanLine(task.assigned_to ?? '?')}, assigned ${ago(task.assigned_at, Date.now())}. Cancel it?`;
    },
    print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.task_id)} is cancelled.`),
  },
  {
    operation: 'task.cancel_many',
    input: (values) => ({ ...chosenOf(values), ...(values['reason_text'] === undefined ? {} : { reason: values['reason_text'] }) }),
    tried: (input) => ({ ...input, dry_run: true }),
    question: async (client, input) => {
      const { changed, more } = await client.call('task.cancel_many', { ...input, dry_run: true });
      return changed === 0 ? null : `${counted(changed, 'task')}${more ? ' and more' : ''} would be cancelled. Cancel them?`;
    },
    exit: exitOf,
    print: printOutcome('cancelled', 'cancel'),
  },
);

/** tutti task retry */
const taskRetry = oneOrMany<'task.retry', 'task.retry_many'>(
  {
    path: 'task retry',
    summary: 'Put failed or cancelled tasks back into the queue.',
    doing: 'retry the task',
    args: [TASK_IDS],
    options: [...FILTER_OPTIONS, TIMEOUT_OPTION],
    waits: true,
    examples: [
      { run: 'tutti task retry build-001 --wait', says: 'Run it again, and wait for its end' },
      { run: 'tutti task retry --status failed --group release', says: 'Everything of a group that failed' },
      { run: 'tutti task retry --status cancelled --dry-run', says: 'What it would put back' },
    ],
  },
  {
    operation: 'task.retry',
    input: (values) => ({ task_id: idsOf(values)[0] }),
    print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.task_id)} is back in the queue.`),
    follow: (answer, context) => waitForAnswer({ ...answer, ids: [answer.output.task_id] }, context),
  },
  {
    operation: 'task.retry_many',
    input: (values) => chosenOf(values),
    tried: (input) => ({ ...input, dry_run: true }),
    exit: exitOf,
    print: printOutcome('back in the queue', 'put back'),
    follow,
  },
);

/** tutti task requeue */
const taskRequeue = operationCommand({
  path: 'task requeue',
  summary: 'Put dead letters back into the queue: tasks that failed for good.',
  doing: 'requeue the tasks',
  operation: 'task.retry_many',
  args: [TASK_IDS],
  options: [...FILTER_OPTIONS.filter(({ flags }) => !flags.includes('--status')), TIMEOUT_OPTION],
  waits: true,
  examples: [
    { run: 'tutti task dead', says: 'What failed for good, and why' },
    { run: 'tutti task requeue --failed-for rate_limited', says: 'Everything that failed for one reason' },
    { run: 'tutti task requeue build-001 test-002 --wait', says: 'Two of them, and wait for their end' },
  ],
  input: (values) => chosenOf(values, { status: 'failed' }),
  tried: (input) => ({ ...input, dry_run: true }),
  exit: exitOf,
  print: printOutcome('back in the queue', 'put back'),
  follow,
});

/** tutti task reprioritise */
const taskReprioritise = oneOrMany<'task.reprioritise', 'task.reprioritise_many'>(
  {
    path: 'task reprioritise',
    summary: 'Change the priority of unfinished tasks.',
    doing: 'reprioritise the task',
    args: [TASK_IDS],
    options: [PRIORITY, ...FILTER_OPTIONS],
    examples: [
      { run: 'tutti task reprioritise build-001 -p 9', says: 'One of them' },
      { run: 'tutti task reprioritise --label release -p 10', says: 'Everything with a label' },
      { run: 'tutti task reprioritise --capability gpu -p 2 --dry-run', says: 'What it would change' },
    ],
  },
  {
    operation: 'task.reprioritise',
    input: (values) => ({ task_id: idsOf(values)[0], priority: values['priority'] }),
    print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.task_id)} has priority ${output.priority}.`),
  },
  {
    operation: 'task.reprioritise_many',
    input: (values) => ({ ...chosenOf(values), priority: values['priority'] }),
    tried: (input) => ({ ...input, dry_run: true }),
    exit: exitOf,
    print: printOutcome('reprioritised', 'reprioritise'),
  },
);

/** Every command of this file. */
export const BULK_COMMANDS: readonly CliCommand[] = [taskCancel, taskRetry, taskRequeue, taskReprioritise];
