/**
 * The commands on the log as a whole: export, import, verify, diff, fork, backup, restore.
 */
import type { CliCommand, CliOption, ReadValue } from '../command.ts';
import { operationCommand } from '../operation-command.ts';
import { cleanLine } from '../output/clean-text.ts';
import { counted, duration, percent } from '../output/words.ts';
import { asNumber } from '../read-values.ts';

const UNTIL: CliOption = {
  flags: '--until <moment>',
  description: 'Only up to this event or time, for example 1200, 2026-11-21T09:30:00Z or -10m.',
};

/** tutti event export */
const eventExport: CliCommand = {
  path: 'event export',
  summary: 'Write the log as JSON lines with its hashes; also while the server runs.',
  doing: 'export the log',
  options: [{ flags: '--to <file>', description: 'File to write; left out: stdout.', common: true }, UNTIL],
  examples: [
    { run: 'tutti event export --to log.jsonl', says: 'The whole log, checked as it is written' },
    { run: `tutti event export | jq -c 'select(.type=="task_failed")'`, says: 'Look for something in it' },
    { run: 'tutti event export --until -1h --to before.jsonl', says: 'As it was an hour ago' },
  ],
  run: async (context, values) => (await import('../log/export-log.ts')).exportLog(context, values),
};

/** tutti event import */
const eventImport: CliCommand = {
  path: 'event import',
  summary: 'Make a log of a file; one that does not verify is refused.',
  doing: 'import the log',
  args: [{ field: 'file', shown: 'file', description: 'What tutti event export wrote.' }],
  options: [
    { flags: '--same', description: 'It becomes that very log again, with its hashes and its archive; left out: a log of its own.' },
    { flags: '--keep-intact', description: 'Take what is intact before the first damage, instead of nothing.' },
  ],
  examples: [
    { run: 'tutti event import log.jsonl --swarm copy', says: 'As another swarm of this project' },
    { run: 'tutti event import log.jsonl --data /srv/tutti/.tutti', says: 'Into a data folder that has no log yet' },
    { run: 'tutti event import cut-off.jsonl --swarm rescued --keep-intact', says: 'What is left of a damaged file' },
  ],
  run: async (context, values) => (await import('../log/import-log.ts')).importLog(context, values),
};

/** tutti event verify */
const eventVerify: CliCommand = {
  path: 'event verify',
  summary: 'Recompute every hash of the log, or of a file; damage is located, and what can be kept is said.',
  doing: 'check the log',
  args: [{ field: 'file', shown: 'file', description: 'A file of tutti event export; left out: the log here.', optional: true }],
  options: [
    {
      flags: '--repair-into <folder>',
      description: 'Make a log there of all that can be kept; the damaged one is not touched.',
      common: true,
    },
  ],
  examples: [
    { run: 'tutti event verify', says: 'The log of this project' },
    { run: 'tutti event verify log.jsonl', says: 'A file' },
    { run: 'tutti event verify --repair-into rescued', says: 'Keep what can be kept, in a data folder of its own' },
  ],
  run: async (context, values) => (await import('../log/verify-log.ts')).verifyLog(context, values),
};

/** tutti event diff */
const eventDiff = operationCommand({
  path: 'event diff',
  summary: 'Say what changed between two moments.',
  doing: 'compare the moments',
  operation: 'event.diff',
  args: [
    { field: 'from', shown: 'from', description: 'An event, a time, or how long ago: 1200, 14:05, 2026-11-21T09:30:00Z, -10m.' },
    { field: 'to', shown: 'to', description: 'The same; left out: now.', optional: true },
  ],
  options: [{ flags: '--limit <n>', description: 'At most so many changes; default 200.', read: asNumber }],
  examples: [
    { run: 'tutti event diff 1200 1400', says: 'Between two events' },
    { run: 'tutti event diff -- -2h', says: 'In the last two hours' },
    { run: 'tutti event diff 09:00 12:00 --json', says: 'In the morning, for a program' },
  ],
  input: async (values) => {
    const { readMoment } = await import('../read-moment.ts');
    const { to } = values as { readonly to?: string };
    const from = readMoment(String(values['from']), 'from');
    return { ...values, from, ...(to === undefined ? {} : { to: readMoment(to, 'to') }) };
  },
  print: ({ output }, { terminal }) => {
    const { from, to, counts, changes, changes_total } = output;
    const grown = Object.entries(counts).filter(([, count]) => count !== 0);
    terminal.print(`From event ${from.seq} to ${to.seq}: ${counted(changes_total, 'thing')} changed.`);
    if (grown.length > 0)
      terminal.print(`  ${grown.map(([name, count]) => `${name.replaceAll('_', ' ')} ${count > 0 ? '+' : ''}${count}`).join(' · ')}`);
    terminal.print(...changes.map(({ text }) => `  ${cleanLine(text)}`));
    if (changes.length < changes_total) terminal.say(`${changes_total - changes.length} more: --limit ${Math.min(10_000, changes_total)}`);
  },
});

const asMore: ReadValue = (text, flag) => asNumber(text.replace(/^\+/, ''), flag);

/** tutti event what-if */
const eventWhatIf = operationCommand({
  path: 'event what-if',
  summary: 'Replay a period under another policy or with other sessions, and compare.',
  doing: 'replay the period',
  operation: 'event.what_if',
  options: [
    {
      flags: '--policy <policy>',
      description: 'Who gets what; left out: as it was.',
      choices: ['optimal', 'greedy', 'fifo'],
      common: true,
    },
    { flags: '--sessions <n>', description: 'So many sessions more, for example +2.', read: asMore, common: true },
    { flags: '--without <session>', description: 'As if this session had not been there; several times for more.', repeatable: true },
    { flags: '--from <moment>', description: 'Begin after this event or time; left out: the beginning.' },
    { flags: '--to <moment>', description: 'End there; left out: now.' },
  ],
  examples: [
    { run: 'tutti event what-if --sessions +2', says: 'Would two more have helped' },
    { run: 'tutti event what-if --policy fifo --from -1d', says: 'The last day, first come first served' },
    { run: 'tutti event what-if --policy greedy --sessions +1 --json', says: 'For a program' },
  ],
  input: async ({ from, to, ...values }) => {
    const { readMoment } = await import('../read-moment.ts');
    const bounds = Object.entries({ from, to }).flatMap(([field, text]) =>
      typeof text === 'string' ? [[field, readMoment(text, `--${field}`)]] : [],
    );
    return { ...values, ...(Object.fromEntries(bounds) as Readonly<Record<string, unknown>>) };
  },
  print: ({ output }, { terminal }) => {
    const { happened, replayed, what_if, assumed } = output;
    const row = (name: string, { completed, failed_attempts, parked, unfinished, ...times }: typeof happened): string => {
      const { makespan_s, mean_wait_s, utilization } = times;
      return [
        name.padEnd(10),
        String(completed).padStart(9),
        String(failed_attempts).padStart(6),
        String(parked).padStart(6),
        String(unfinished).padStart(6),
        duration(makespan_s).padStart(9),
        duration(mean_wait_s).padStart(9),
        percent(utilization).padStart(9),
      ].join(' ');
    };
    terminal.print(
      [''.padEnd(10), 'completed', 'failed', 'parked', '  left', ' makespan', 'mean wait', '  at work'].join(' '),
      row('happened', happened),
      row('replayed', replayed),
      row('what if', what_if),
    );
    terminal.say('Compare the last two lines: both are replays.', ...assumed.map(cleanLine));
  },
});

/** tutti event fork */
const eventFork: CliCommand = {
  path: 'event fork',
  summary: 'Make another swarm of this one as it was at a moment; this one goes on untouched.',
  doing: 'fork the swarm',
  args: [{ field: 'name', shown: 'name', description: 'Name of the other swarm.' }],
  options: [{ flags: '--until <moment>', description: 'The last moment it has; left out: all of it.', common: true }],
  examples: [
    { run: 'tutti event fork before --until 1200', says: 'Go on from event 1200 in a swarm of its own' },
    { run: 'tutti event fork yesterday --until -1d', says: 'As it was a day ago' },
    { run: 'tutti up && tutti status --swarm before', says: 'Look at it: a server that is started serves it' },
  ],
  run: async (context, values) => (await import('../log/fork-log.ts')).forkLog(context, values),
};

/** tutti event archive */
const eventArchive: CliCommand = {
  path: 'event archive',
  summary: 'Move old events out of the log into compressed files beside it; also while the server runs.',
  doing: 'archive the events',
  options: [
    { flags: '--until <moment>', description: 'The last event or time that goes; default -30d.', common: true },
    { flags: '--list', description: 'Move nothing: say what is archived, in which files, and whether they are there.', common: true },
    { flags: '--verify', description: 'With --list: recompute every hash of the files.' },
  ],
  examples: [
    { run: 'tutti event archive', says: 'What is older than 30 days' },
    { run: 'tutti event archive --until -7d --dry-run', says: 'Only say how much it would be' },
    { run: 'tutti event archive --list --verify', says: 'What is archived, and whether it is whole' },
  ],
  run: async (context, values) => (await import('../log/archive-log.ts')).archiveLog(context, values),
};

/** tutti event unarchive */
const eventUnarchive: CliCommand = {
  path: 'event unarchive',
  summary: 'Bring all archived events back into the log; the archive is gone then.',
  doing: 'bring the events back',
  examples: [
    { run: 'tutti event unarchive', says: 'Every event is in the log again' },
    { run: 'tutti event unarchive --swarm copy', says: 'Of another swarm' },
    { run: 'tutti event unarchive --json', says: 'For a program' },
  ],
  run: async (context) => (await import('../log/archive-log.ts')).unarchiveLog(context),
};

/** tutti backup */
const backup: CliCommand = {
  path: 'backup',
  summary: 'Write the log of every swarm to a folder, verified; also while the server runs.',
  doing: 'make the backup',
  args: [{ field: 'folder', shown: 'folder', description: 'Folder to write to; made when it is not there.' }],
  examples: [
    { run: 'tutti backup /srv/backup/today', says: 'Every swarm, each hash checked' },
    { run: 'tutti backup "$(date +%F)" --json', says: 'For a program: file, events, head' },
    { run: 'tutti restore /srv/backup/today --data fresh', says: 'And back, into a data folder of its own' },
  ],
  run: async (context, values) => (await import('../log/backup.ts')).makeBackup(context, values),
};

/** tutti restore */
const restore: CliCommand = {
  path: 'restore',
  summary: 'Bring the swarms of a backup back into a data folder that has none of them; every hash is checked.',
  doing: 'restore the backup',
  args: [{ field: 'folder', shown: 'folder', description: 'Folder that tutti backup wrote.' }],
  examples: [
    { run: 'tutti restore /srv/backup/today --data fresh', says: 'Into a data folder of its own' },
    { run: 'tutti restore /srv/backup/today --dry-run', says: 'Only check it' },
    { run: 'tutti up --data fresh', says: 'Serve it' },
  ],
  run: async (context, values) => (await import('../log/backup.ts')).restoreBackup(context, values),
};

/** Every command of this file. */
export const LOG_COMMANDS: readonly CliCommand[] = [
  eventExport,
  eventImport,
  eventVerify,
  eventDiff,
  eventWhatIf,
  eventFork,
  eventArchive,
  eventUnarchive,
  backup,
  restore,
];
