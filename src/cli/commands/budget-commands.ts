/**
 * The commands on usage and budgets: list, set, show.
 */
import type { BudgetView, UsageView } from '../../contract/views/budget-view.ts';
import type { CliCommand, CliOption } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { type Column, table } from '../output/table.ts';
import { asCount, asNumber } from '../read-values.ts';

const TASK: CliOption = { flags: '--task <id>', description: 'Of a task.', field: 'task_id', common: true };
const SESSION: CliOption = { flags: '--session <id>', description: 'Of a session.', field: 'session_id', common: true };

/** tutti budget list */
const budgetList = operationCommand({
  path: 'budget list',
  summary: 'List the budgets, what is left of them, and what the swarm has used.',
  doing: 'list the budgets',
  operation: 'budget.list',
  options: [{ flags: '--exhausted', description: 'Only those that are used up.' }],
  examples: [
    { run: 'tutti budget list', says: 'All of them' },
    { run: 'tutti budget list --exhausted', says: 'What has been stopped' },
    { run: 'tutti budget list --json | jq .usage.cost_usd', says: 'What the swarm has cost' },
  ],
  print: ({ output }, { terminal }) => {
    if (output.budgets.length === 0) terminal.say('No budgets.');
    else terminal.print(...table(output.budgets, COLUMNS, terminal));
    terminal.say(`The swarm has used ${usageWords(output.usage)}.`);
  },
});

/** tutti budget set */
const budgetSet = operationCommand({
  path: 'budget set',
  summary: 'Limit what the swarm, a session or a task may use; without a limit the budget is removed.',
  doing: 'set the budget',
  operation: 'budget.set',
  options: [
    { ...TASK, description: 'Of a task; left out, and no session either: of the swarm.' },
    SESSION,
    { flags: '--tokens <n>', description: 'Tokens that go in, out, and to and from a cache.', read: asCount, common: true },
    { flags: '--cost <usd>', description: 'US dollars.', field: 'cost_usd', read: asNumber, common: true },
  ],
  examples: [
    { run: 'tutti budget set --cost 50', says: 'The whole swarm stops at 50 USD' },
    { run: 'tutti budget set --task build-001 --cost 2 --tokens 500000', says: 'One task; whichever is reached first' },
    { run: 'tutti budget set --session eng-1', says: 'Remove the budget of a session' },
  ],
  print: ({ output: { budget } }, { terminal }) => {
    if (budget === null) terminal.say('The budget was removed; what waited for it goes on.');
    else terminal.say(`${whose(budget)} may use ${limitWords(budget)}; used so far: ${usageWords(budget.spent)}.`);
    if (budget?.exhausted === true) terminal.say('It is used up already: its work was stopped.');
  },
});

/** tutti budget show */
const budgetShow = operationCommand({
  path: 'budget show',
  summary: 'Show what a task, a session or the swarm has used.',
  doing: 'show the usage',
  operation: 'usage.show',
  options: [TASK, SESSION],
  examples: [
    { run: 'tutti budget show', says: 'The whole swarm' },
    { run: 'tutti budget show --task build-001', says: 'One task, all its attempts' },
    { run: 'tutti budget show --session eng-1 --json', says: 'One session, for a program' },
  ],
  print: ({ output: { usage, budget } }, { terminal }) => {
    terminal.say(`Used: ${usageWords(usage)}.`);
    terminal.say(budget === null ? 'No budget limits it.' : `It may use ${limitWords(budget)}.`);
  },
});

/** tutti budget usage */
const budgetUsage = operationCommand({
  path: 'budget usage',
  summary: 'List what each session, task or model has used, the dearest first.',
  doing: 'list the usage',
  operation: 'usage.list',
  options: [
    { flags: '--by <what>', description: 'Default session.', choices: ['session', 'task', 'model'], common: true },
    { flags: '--limit <n>', description: 'At most so many.', read: asCount },
  ],
  examples: [
    { run: 'tutti budget usage', says: 'By session' },
    { run: 'tutti budget usage --by model', says: 'By model' },
    { run: 'tutti budget usage --by task --json', says: 'By task, for a program' },
  ],
  input: ({ by = 'session', limit }) => ({ by, limit }),
  print: ({ output: { usage, total } }, { terminal }) => {
    if (usage.length === 0) terminal.say('Nothing was used.');
    for (const each of usage) terminal.print(`${each.name === '' ? '(unnamed)' : cleanLine(each.name)}  ${usageWords(each.usage)}`);
    if (total > usage.length) terminal.say(`${total - usage.length} more.`);
  },
});

const COLUMNS: readonly Column<BudgetView>[] = [
  { title: 'of', cell: (budget) => whose(budget), flexible: true },
  { title: 'may use', cell: (budget) => limitWords(budget) },
  { title: 'has used', cell: ({ spent }) => usageWords(spent) },
  { title: '', cell: ({ exhausted }) => (exhausted ? 'used up' : '') },
];

function whose({ scope, target }: BudgetView): string {
  return scope === 'swarm' ? 'The swarm' : `The ${scope} ${target}`;
}

function limitWords({ tokens, cost_usd }: BudgetView): string {
  return [tokens === null ? '' : `${tokens} tokens`, cost_usd === null ? '' : `${cost_usd} USD`].filter((part) => part !== '').join(', ');
}

function usageWords({ tokens, cost_usd, estimated_usd, unpriced_tokens }: UsageView): string {
  const estimated = estimated_usd > 0 ? `, ${estimated_usd.toFixed(2)} of it estimated` : '';
  const unpriced = unpriced_tokens > 0 ? `, and ${unpriced_tokens} tokens without a known price` : '';
  return `${tokens} tokens, ${cost_usd.toFixed(2)} USD${estimated}${unpriced}`;
}

/** Every command of this file. */
export const BUDGET_COMMANDS: readonly CliCommand[] = [budgetList, budgetSet, budgetShow, budgetUsage];
