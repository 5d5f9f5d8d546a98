/**
 * Owns where the log that a command means lies on this machine.
 */
import { journalPlace } from '../../config/journal-place.ts';
import { requireDataFolder } from '../../config/data-folder.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import { type Moment, moment } from '../../contract/moment.ts';
import type { CliContext } from '../cli-context.ts';
import type { LogPlace } from '../log-tools.ts';

/** The log of the swarm that is named, or of the configured one. Throws Failure `data_folder_missing` or `log_missing`. */
export async function logPlace({ from, env, globals, configure }: CliContext): Promise<LogPlace> {
  const data = requireDataFolder({ from, env, flag: globals.data });
  const loaded = await configure();
  const swarm = globals.swarm ?? loaded.configuration.swarm;
  const folder = journalPlace(loaded, { data, from }).folderOf(swarm);
  if (folder === null) throw new Failure('log_missing', { folder: 'a log that is kept in memory only' });
  return { folder, swarm };
}

/** A moment as an option gave it; a time without its zone is one of this machine. Throws Failure `usage`. */
export function readMoment(text: string, flag: string): Moment {
  const local = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)$/.exec(text);
  const today = /^\d\d:\d\d(?::\d\d)?$/.test(text);
  const now = new Date();
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  const given = today ? `${date}T${text}` : local === null ? null : `${local[1]}T${local[2]}`;
  try {
    const { success, data } = moment.safeParse(given === null ? text : new Date(given).toISOString());
    if (success) return data;
  } catch (error) {
    throw new Failure('usage', { reason: `${flag}: ${text} is no time: ${reasonOf(error)}` }, error);
  }
  throw new Failure('usage', {
    reason: `${flag}: ${text} is no moment: name an event such as 1200, a time such as 14:05 or 2026-11-21T09:30:00Z, or -10m.`,
  });
}
