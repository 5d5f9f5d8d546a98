/**
 * The commands on the log as a whole: export, import, verify.
 */
import type { CliCommand, CliOption } from '../command.ts';

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
    { flags: '--same', description: 'It becomes that very log again: places in it stay valid; left out: a log of its own.' },
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

/** Every command of this file. */
export const LOG_COMMANDS: readonly CliCommand[] = [eventExport, eventImport, eventVerify];
