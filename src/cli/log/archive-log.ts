/**
 * tutti event archive and tutti event unarchive: old events out of the log into compressed files beside it, and back.
 */
import { Failure } from '../../contract/failure.ts';
import type { ArchiveRun } from '../../contract/log-reports.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { readMoment } from '../read-moment.ts';
import { logPlace } from './log-place.ts';

const DEFAULT_UNTIL = '-30d';

/** Moves the events up to a moment, or lists what was moved. Exit code 1 when some of that is away or damaged. */
export async function archiveLog(context: CliContext, values: Values): Promise<number> {
  if (values['list'] === true) return listArchive(context, values);
  if (values['verify'] === true)
    throw new Failure('usage', { reason: '--verify goes with --list; tutti event verify checks the whole log.' });
  await moveEvents(context, values);
  return 0;
}

async function listArchive({ terminal, globals, ...context }: CliContext, values: Values): Promise<number> {
  if (values['until'] !== undefined) throw new Failure('usage', { reason: '--list moves nothing: leave --until out.' });
  const place = await logPlace({ terminal, globals, ...context });
  const found = await (await context.launch.logs()).listArchive(place, values['verify'] === true);
  const { archived, head, folder, bytes, missing, files, verified } = found;
  const whole = missing.length === 0 && files.every(({ fault }) => fault === null);
  if (globals.json) {
    terminal.print(safeJson({ ...place, ...found }, 2));
    return whole ? 0 : 1;
  }
  if (archived === 0) {
    terminal.print(`No event of ${place.swarm} is archived; all ${head} are in the log.`);
    return 0;
  }
  const state = whole ? (verified ? 'every hash holds' : 'every file is there') : 'NOT ALL OF IT IS THERE';
  terminal.print(`Events 1 to ${archived} of ${head} are archived, ${sized(bytes)} in ${counted(found.files_total, 'file')}: ${state}.`);
  terminal.print(
    ...files.map(({ name, first_seq, last_seq, first_time, last_time, bytes: size, fault }) => {
      const times = first_time === null ? '' : `  ${first_time} to ${last_time}`;
      return `  ${cleanLine(name)}  events ${first_seq} to ${last_seq}${times}  ${sized(size)}${fault === null ? '' : `  DAMAGED: ${cleanLine(fault)}`}`;
    }),
    `  in ${folder ?? ''}`,
  );
  for (const { first_seq, last_seq } of missing) terminal.print(`  missing  events ${first_seq} to ${last_seq}`);
  if (!whole)
    terminal.say(
      `Put the missing files into ${folder ?? ''} from a copy or a backup, then tutti event archive --list --verify. Until then earlier moments and exports fail, and a newer Tutti cannot start. If they are lost: tutti event verify --repair-into FOLDER keeps the rest.`,
    );
  else if (!verified) terminal.say('Whether they are whole: --verify.');
  return whole ? 0 : 1;
}

async function moveEvents(context: CliContext, values: Values): Promise<void> {
  const { terminal, globals, launch } = context;
  const { until = DEFAULT_UNTIL } = values as { readonly until?: string };
  const moment = readMoment(until, '--until');
  const place = await logPlace(context);
  const logs = await launch.logs();
  if (globals.dry_run) {
    const last = await logs.eventsUntil(place, moment);
    terminal.say(`Nothing was done. It would archive the events up to ${last}, as far as a checkpoint reaches.`);
    return;
  }
  const done = await logs.archiveLog(place, moment);
  if (globals.json) {
    terminal.print(safeJson({ ...place, ...done }, 2));
    return;
  }
  if (done.moved === 0) terminal.print(`No event of ${place.swarm} up to ${until} was left to archive.`);
  else terminal.print(`${counted(done.moved, 'event')} moved to the archive; it holds events 1 to ${done.archived} of ${done.head}.`);
  terminal.print(...sizes(done));
  terminal.say('Keep the archive: earlier moments, exports and a newer Tutti read it. tutti event unarchive brings it back.');
}

/** Brings every archived event back. */
export async function unarchiveLog(context: CliContext): Promise<void> {
  const { terminal, globals, launch } = context;
  if (globals.dry_run)
    throw new Failure('usage', { reason: 'tutti event unarchive has no --dry-run: tutti event verify says what is archived.' });
  const place = await logPlace(context);
  const done = await (await launch.logs()).unarchiveLog(place);
  if (globals.json) terminal.print(safeJson({ ...place, ...done }, 2));
  else if (done.moved === 0) terminal.print(`No event of ${place.swarm} is archived: there is nothing to bring back.`);
  else terminal.print(`${counted(done.moved, 'event')} are back in the log of ${place.swarm}; nothing is archived.`, ...sizes(done));
}

function sizes({ journal_bytes_before, journal_bytes, archive_bytes, space_kept }: ArchiveRun): string[] {
  const shrunk = `  log ${sized(journal_bytes_before)} → ${sized(journal_bytes)}, archive ${sized(archive_bytes)}`;
  return space_kept ? [shrunk, '  The free space stays in the file for new events; without a running server it is given back.'] : [shrunk];
}

function sized(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
