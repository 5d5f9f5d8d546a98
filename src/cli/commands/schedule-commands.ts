/**
 * The commands on schedules: add, list, show, pause, resume, remove, run.
 */
import type { ScheduleView } from '../../contract/views/schedule-view.ts';
import type { CliArgument, CliCommand } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { sayNothing } from '../output/nothing-there.ts';
import { type Canvas, type Column, fields, table } from '../output/table.ts';
import { ago, counted, duration, stateWords } from '../output/words.ts';
import { asCount, asSeconds } from '../read-values.ts';
import { oneTask, TASK_OPTIONS } from './add-command.ts';

const LIST_LIMIT = 200;
const ID: CliArgument = { field: 'schedule_id', shown: 'schedule', description: 'Id of the schedule.' };
/** Fields that are the schedule's own; every other value is a field of its task. */
const OWN = ['schedule_id', 'cron', 'time_zone', 'catch_up', 'overlap', 'jitter_seconds'];
/** Options of a task that a schedule's task cannot have. */
const NOT_SCHEDULED = ['--depends-on', '--file', '--id'];

/** tutti schedule add */
const scheduleAdd = operationCommand({
  path: 'schedule add',
  summary: 'Add a schedule: a task each time its cron expression comes round.',
  doing: 'add the schedule',
  operation: 'schedule.add',
  args: [
    { ...ID, description: 'Id for the schedule.' },
    { field: 'cron', shown: 'cron', description: 'Minute, hour, day, month, weekday; with seconds before them if there are six fields.' },
  ],
  options: [
    { flags: '-z, --time-zone <zone>', description: 'IANA time zone, or local for that of this machine; default UTC.', common: true },
    {
      flags: '--catch-up <policy>',
      description: 'Times that passed while the server was down; default last.',
      choices: ['none', 'last', 'all'],
      common: true,
    },
    {
      flags: '--overlap <policy>',
      description: 'When a task of it is not over; default skip.',
      choices: ['allow', 'skip', 'queue'],
      common: true,
    },
    {
      flags: '--jitter <seconds>',
      description: 'Fire up to so much later, by chance.',
      field: 'jitter_seconds',
      read: asSeconds,
      common: true,
    },
    ...TASK_OPTIONS.filter(({ flags }) => !NOT_SCHEDULED.some((flag) => flags.includes(flag))),
  ],
  examples: [
    { run: 'tutti schedule add nightly "30 2 * * *" -z Europe/Berlin --run "npm test" --repo .', says: 'Every night at half past two' },
    {
      run: 'tutti schedule add sweep "*/15 * * * *" --run ./sweep.sh --overlap queue',
      says: 'Every quarter of an hour, one after the other',
    },
    {
      run: 'tutti schedule add report "0 9 * * 1-5" -t "Write the report" --catch-up none --jitter 300',
      says: 'On weekdays, or not at all',
    },
  ],
  input: (values, { from }) => {
    const own = Object.fromEntries(OWN.flatMap((field) => (values[field] === undefined ? [] : [[field, values[field]]])));
    const task = Object.fromEntries(Object.entries(values).filter(([field]) => !OWN.includes(field)));
    const zone = values['time_zone'] === 'local' ? { time_zone: new Intl.DateTimeFormat().resolvedOptions().timeZone } : {};
    return { ...own, ...zone, task: oneTask(task, from) };
  },
  print: ({ output }, { terminal, now }) => terminal.print(...scheduleText(output.schedule, terminal, now())),
});

/** tutti schedule list */
const scheduleList = operationCommand({
  path: 'schedule list',
  summary: 'List schedules and when each fires next.',
  doing: 'list the schedules',
  operation: 'schedule.list',
  options: [
    { flags: '--limit <n>', description: `At most so many; default ${LIST_LIMIT}, at most 1000.`, read: asCount },
    { flags: '--cursor <cursor>', description: 'The next page, as an earlier list named it.' },
  ],
  examples: [
    { run: 'tutti schedule list', says: 'What comes when' },
    { run: 'tutti schedule list --json | jq -r .schedules[].next_at', says: 'Times for a script' },
    { run: 'tutti event list --type schedule_fired', says: 'What came' },
  ],
  input: (values) => ({ limit: LIST_LIMIT, ...values }),
  print: ({ output }, context) => {
    const { terminal, now } = context;
    if (output.schedules.length === 0)
      sayNothing(context, 'schedules', 'Add one: tutti schedule add nightly "30 2 * * *" --run "npm test"');
    else terminal.print(...table(output.schedules, columnsAt(now()), terminal));
    if (output.next_cursor !== null) terminal.say(`More: tutti schedule list --cursor ${cleanLine(output.next_cursor)}`);
  },
});

/** tutti schedule show */
const scheduleShow = operationCommand({
  path: 'schedule show',
  summary: 'Show one schedule: its task, its policies, its next times.',
  doing: 'show the schedule',
  operation: 'schedule.show',
  args: [ID],
  examples: [
    { run: 'tutti schedule show nightly', says: 'Everything about one' },
    { run: 'tutti schedule show nightly --json | jq .schedule.next_times', says: 'Its next five times' },
    { run: 'tutti schedule run nightly', says: 'Not wait for them' },
  ],
  print: ({ output }, { terminal, now }) => terminal.print(...scheduleText(output.schedule, terminal, now())),
});

/** tutti schedule pause */
const schedulePause = operationCommand({
  path: 'schedule pause',
  summary: 'Pause a schedule; what passes meanwhile is not caught up.',
  doing: 'pause the schedule',
  operation: 'schedule.pause',
  args: [ID],
  examples: [
    { run: 'tutti schedule pause nightly', says: 'No more tasks from it' },
    { run: 'tutti schedule resume nightly', says: 'And again' },
    { run: 'tutti schedule list', says: 'Which are paused' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.schedule.schedule_id)} is paused.`),
});

/** tutti schedule resume */
const scheduleResume = operationCommand({
  path: 'schedule resume',
  summary: 'Resume a paused schedule, from now on.',
  doing: 'resume the schedule',
  operation: 'schedule.resume',
  args: [ID],
  examples: [
    { run: 'tutti schedule resume nightly', says: 'From its next time on' },
    { run: 'tutti schedule run nightly', says: 'And once right now' },
    { run: 'tutti schedule show nightly', says: 'When that is' },
  ],
  print: ({ output }, { terminal, now }) => terminal.print(...scheduleText(output.schedule, terminal, now())),
});

/** tutti schedule remove */
const scheduleRemove = operationCommand({
  path: 'schedule remove',
  summary: 'Remove a schedule; the tasks that it added stay.',
  doing: 'remove the schedule',
  operation: 'schedule.remove',
  args: [ID],
  examples: [
    { run: 'tutti schedule remove nightly', says: 'It never fires again' },
    { run: 'tutti schedule pause nightly', says: 'Only for now' },
    { run: 'tutti schedule list', says: 'What is left' },
  ],
  print: ({ output }, { terminal }) => terminal.print(`${cleanLine(output.schedule_id)} is removed.`),
});

/** tutti schedule run */
const scheduleRun = operationCommand({
  path: 'schedule run',
  summary: 'Fire a schedule now, beside its times.',
  doing: 'fire the schedule',
  operation: 'schedule.run',
  args: [ID],
  examples: [
    { run: 'tutti schedule run nightly', says: 'Add its task now' },
    { run: 'tutti task show "$(tutti schedule run nightly)" --wait', says: 'And wait for its end' },
    { run: 'tutti schedule show nightly', says: 'Its next time is as before' },
  ],
  print: ({ output }, { terminal }) => terminal.print(cleanLine(output.task_id)),
});

/** Every command of this file. */
export const SCHEDULE_COMMANDS: readonly CliCommand[] = [
  scheduleAdd,
  scheduleList,
  scheduleShow,
  schedulePause,
  scheduleResume,
  scheduleRemove,
  scheduleRun,
];

function columnsAt(now: number): readonly Column<ScheduleView>[] {
  return [
    { title: 'SCHEDULE', cell: ({ schedule_id }) => schedule_id, paint: (text, _row, { bold }) => bold(text) },
    { title: 'STATE', cell: ({ status }) => stateWords(status) },
    { title: 'WHEN', cell: ({ cron, time_zone }) => `${cron} ${time_zone}` },
    { title: 'NEXT', cell: ({ next_at }) => inTime(next_at, now), right: true },
    { title: 'LAST', cell: ({ last }) => ago(last?.fired_at ?? null, now), right: true, drop: 1 },
    { title: 'FIRED', cell: ({ fired }) => String(fired), right: true, drop: 2 },
    { title: 'WHAT', cell: ({ task }) => task.title, flexible: true },
  ];
}

function scheduleText(schedule: ScheduleView, canvas: Canvas, now: number): string[] {
  const { task, last, next_times, time_zone } = schedule;
  return [
    canvas.out.bold(cleanLine(schedule.schedule_id)),
    '',
    ...fields(
      [
        ['state', stateWords(schedule.status)],
        ['when', `${schedule.cron} in ${time_zone}`],
        ['jitter', schedule.jitter_seconds === 0 ? null : `up to ${duration(schedule.jitter_seconds)}`],
        ['adds', `“${task.title}” · type ${task.type}`],
        ['missed', schedule.catch_up === 'none' ? 'not caught up' : `caught up: ${schedule.catch_up}`],
        ['overlap', schedule.overlap],
        ['fired', `${counted(schedule.fired, 'time')} · ${schedule.skipped} skipped · ${schedule.unfinished} not over`],
        ['last', last === null ? null : `${last.task_id} · ${ago(last.fired_at, now)}`],
        ['next', next_times.length === 0 ? null : inTime(schedule.next_at, now)],
      ],
      canvas,
    ),
    ...next_times.map((time) => `      ${localTime(time, time_zone)}  ${canvas.out.dim(time)}`),
  ];
}

function inTime(time: string | null, now: number): string {
  return time === null ? '–' : `in ${duration((Date.parse(time) - now) / 1000)}`;
}

/** A time as the clocks of the zone show it. */
function localTime(time: string, timeZone: string): string {
  const style = { weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...style, timeZone, timeZoneName: 'short' }).format(new Date(time));
}
