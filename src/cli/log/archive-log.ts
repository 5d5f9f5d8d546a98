/**
 * tutti event archive and tutti event unarchive: old events out of the log into compressed files beside it, and back.
 */
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import type { ArchivedLog } from '../log-tools.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { readMoment } from '../read-moment.ts';
import { logPlace } from './log-place.ts';

const DEFAULT_UNTIL = '-30d';

/** Moves the events up to a moment. */
export async function archiveLog(context: CliContext, values: Values): Promise<void> {
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
  else terminal.print(`${counted(done.moved, 'event')} are back in the log of ${place.swarm}; nothing is archived.`, ...sizes(done));
}

function sizes({ journal_bytes_before, journal_bytes, archive_bytes, space_kept }: ArchivedLog): string[] {
  const mb = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
  const shrunk = `  log ${mb(journal_bytes_before)} → ${mb(journal_bytes)}, archive ${mb(archive_bytes)}`;
  return space_kept ? [shrunk, '  The free space stays in the file for new events; without a running server it is given back.'] : [shrunk];
}
