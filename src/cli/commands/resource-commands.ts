/**
 * The commands on named resources and on limits.
 */
import { Failure } from '../../contract/failure.ts';
import type { LimitView, ResourceView } from '../../contract/views/resource-view.ts';
import type { CliArgument, CliCommand, ReadValue } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { sayNothing } from '../output/nothing-there.ts';
import { type Canvas, type Column, fields, table } from '../output/table.ts';
import { asCount, asSeconds } from '../read-values.ts';

const LIST_LIMIT = 200;
const NAME: CliArgument = { field: 'resource', shown: 'resource', description: 'Name of the resource.' };
const KEY: CliArgument = { field: 'key', shown: 'key', description: 'A key that tasks name, or type:, group: or capability: and a name.' };

/** `from-to`. */
const asRange: ReadValue = (text, flag) => {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  if (from === undefined) throw new Failure('usage', { reason: `${flag}: ${text} is not of the form from-to.` });
  return { from: Number(from), to: Number(to) };
};

/** `count/time`. */
const asRate: ReadValue = (text, flag) => {
  const [, count, time] = /^\s*(\d{1,7})\s*\/(.+)$/.exec(text) ?? [];
  if (count === undefined || time === undefined)
    throw new Failure('usage', { reason: `${flag}: ${text} is not of the form count/time, like 30/60 or 1/2h.` });
  return { count: Number(count), per_seconds: asSeconds(time, flag) };
};

/** tutti resource list */
const resourceList = operationCommand({
  path: 'resource list',
  summary: 'List resources: what is free, what is held, who waits.',
  doing: 'list the resources',
  operation: 'resource.list',
  options: [
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti resource list', says: 'What is scarce now' },
    { run: 'tutti resource list --json | jq ".resources[] | select(.free == 0)"', says: 'What is used up' },
    { run: 'tutti task add --run ./train.sh --resource gpu=2', says: 'A task that holds two' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, context) => {
    const { terminal } = context;
    if (output.resources.length === 0) sayNothing(context, 'resources', 'Set one: tutti resource set gpu 2');
    else terminal.print(...table(output.resources, COLUMNS, terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti resource list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti resource show */
const resourceShow = operationCommand({
  path: 'resource show',
  summary: 'Show one resource and the tasks that hold it.',
  doing: 'show the resource',
  operation: 'resource.show',
  args: [NAME],
  examples: [
    { run: 'tutti resource show gpu', says: 'Who holds it' },
    { run: 'tutti resource show web --json | jq .resource.held_by', says: 'Which ports are whose' },
    { run: 'tutti why task train-003', says: 'Why a task waits for it' },
  ],
  print: ({ output }, { terminal }) => terminal.print(...resourceText(output.resource, terminal)),
});

/** tutti resource set */
const resourceSet = operationCommand({
  path: 'resource set',
  summary: 'Set a resource: its capacity, or a range of ports. A lower capacity drains, it takes nothing away.',
  doing: 'set the resource',
  operation: 'resource.set',
  args: [NAME, { field: 'capacity', shown: 'capacity', description: 'How much of it there is.', optional: true }],
  options: [
    {
      flags: '--ports <from-to>',
      description: 'A range of ports, in place of a capacity; a task finds its own in TUTTI_PORTS_<NAME>.',
      read: asRange,
      common: true,
    },
    { flags: '-d, --description <text>', description: 'What it is.' },
  ],
  examples: [
    { run: 'tutti resource set gpu 2', says: 'Two of them' },
    { run: 'tutti resource set web --ports 8100-8199', says: 'A hundred ports' },
    { run: 'tutti resource set testdb 0', says: 'Let nothing more start with it' },
  ],
  input: ({ capacity, ...values }) => {
    if ((capacity === undefined) === (values['ports'] === undefined))
      throw new Failure('usage', { reason: 'A resource needs a capacity, or --ports.' });
    return capacity === undefined ? values : { ...values, capacity: asCount(capacity as string, 'capacity') };
  },
  print: ({ output }, { terminal }) => terminal.print(...resourceText(output.resource, terminal)),
});

/** tutti resource remove */
const resourceRemove = operationCommand({
  path: 'resource remove',
  summary: 'Remove a resource that no unfinished task asks for.',
  doing: 'remove the resource',
  operation: 'resource.remove',
  args: [NAME],
  examples: [
    { run: 'tutti resource remove gpu', says: 'Nobody can ask for it any more' },
    { run: 'tutti resource set gpu 0', says: 'Only stop it for now' },
    { run: 'tutti resource list', says: 'What is left' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.resource)} is removed.`),
});

/** tutti limit list */
const limitList = operationCommand({
  path: 'limit list',
  summary: 'List limits: what runs under each, what may start, who waits.',
  doing: 'list the limits',
  operation: 'limit.list',
  examples: [
    { run: 'tutti limit list', says: 'Set ones, and those that tasks name' },
    { run: 'tutti limit list --json', says: 'For a program' },
    { run: 'tutti why task build-003', says: 'Why a task waits' },
  ],
  print: ({ output }, context) => {
    const { terminal } = context;
    if (output.limits.length === 0) sayNothing(context, 'limits', 'Set one: tutti limit set type:build --concurrency 2');
    else terminal.print(...table(output.limits, LIMIT_COLUMNS, terminal));
  },
});

/** tutti limit set */
const limitSet = operationCommand({
  path: 'limit set',
  summary: 'Limit the tasks of a key: how many run at the same time, or start per time.',
  doing: 'set the limit',
  operation: 'limit.set',
  args: [KEY],
  options: [
    { flags: '--concurrency <n>', description: 'So many run at the same time.', read: asCount, common: true },
    {
      flags: '--rate <count/time>',
      description: 'So many start within so many seconds; 1/2h is understood too.',
      read: asRate,
      common: true,
    },
  ],
  examples: [
    { run: 'tutti limit set type:deploy --concurrency 1', says: 'One deployment at a time' },
    { run: 'tutti limit set github --rate 30/60', says: 'Thirty starts a minute of the tasks that name this key' },
    { run: 'tutti limit set group:nightly --concurrency 4 --rate 10/60', says: 'Both' },
  ],
  print: ({ output }, { terminal }) => terminal.print(...table([output.limit], LIMIT_COLUMNS, terminal)),
});

/** tutti limit remove */
const limitRemove = operationCommand({
  path: 'limit remove',
  summary: 'Remove the limit of a key; what tasks say themselves goes on.',
  doing: 'remove the limit',
  operation: 'limit.remove',
  args: [KEY],
  examples: [
    { run: 'tutti limit remove type:deploy', says: 'As many as there are sessions' },
    { run: 'tutti limit set type:deploy --concurrency 0', says: 'The contrary: none starts' },
    { run: 'tutti limit list', says: 'What is left' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.key)} is not limited any more.`),
});

/** Every command of this file. */
export const RESOURCE_COMMANDS: readonly CliCommand[] = [
  resourceList,
  resourceShow,
  resourceSet,
  resourceRemove,
  limitList,
  limitSet,
  limitRemove,
];

const COLUMNS: readonly Column<ResourceView>[] = [
  { title: 'RESOURCE', cell: ({ resource }) => resource, paint: (text, _row, { bold }) => bold(text) },
  { title: 'FREE', cell: ({ free, capacity }) => `${free}/${capacity}`, right: true },
  { title: 'HELD', cell: ({ in_use, draining }) => `${in_use}${draining ? ' (drains)' : ''}`, right: true },
  { title: 'WAITING', cell: ({ waiting }) => String(waiting), right: true },
  { title: 'PORTS', cell: ({ ports }) => (ports === null ? '–' : `${ports.from}-${ports.to}`), drop: 1 },
  { title: 'WHAT', cell: ({ description }) => description, flexible: true },
];

const LIMIT_COLUMNS: readonly Column<LimitView>[] = [
  { title: 'KEY', cell: ({ key }) => key, paint: (text, _row, { bold }) => bold(text) },
  { title: 'RUN', cell: ({ running, concurrency }) => `${running}/${concurrency ?? '–'}`, right: true },
  { title: 'RATE', cell: ({ rate }) => (rate === null ? '–' : `${rate.count} in ${rate.per_seconds} s`), right: true },
  { title: 'MAY START', cell: ({ tokens }) => (tokens === null ? '–' : String(Math.floor(tokens))), right: true, drop: 1 },
  { title: 'WAITING', cell: ({ waiting }) => String(waiting), right: true },
  { title: 'SET BY', cell: ({ configured }) => (configured ? 'people' : 'its tasks'), drop: 2 },
];

function resourceText(resource: ResourceView, canvas: Canvas): string[] {
  return [
    canvas.out.bold(cleanLine(resource.resource)),
    '',
    ...fields(
      [
        ['what', resource.description === '' ? null : resource.description],
        ['capacity', resource.ports === null ? String(resource.capacity) : `ports ${resource.ports.from} to ${resource.ports.to}`],
        ['free', `${resource.free}${resource.draining ? ' · it drains: more is held than its capacity' : ''}`],
        ['waiting', String(resource.waiting)],
        ...resource.held_by.map(
          ({ task_id, amount, ports }) =>
            ['held by', `${task_id} · ${ports.length === 0 ? String(amount) : `ports ${ports.join(', ')}`}`] as const,
        ),
      ],
      canvas,
    ),
  ];
}
