/**
 * Owns where the log that a command means lies on this machine.
 */
import { journalPlace } from '../../config/journal-place.ts';
import { requireDataFolder } from '../../config/data-folder.ts';
import { Failure } from '../../contract/failure.ts';
import type { LogPlace } from '../../contract/log-reports.ts';
import type { CliContext } from '../cli-context.ts';

/** The log of the swarm that is named, or of the configured one. Throws Failure `data_folder_missing` or `log_missing`. */
export async function logPlace({ from, env, globals, configure }: CliContext): Promise<LogPlace> {
  const data = requireDataFolder({ from, env, flag: globals.data });
  const loaded = await configure();
  const swarm = globals.swarm ?? loaded.configuration.swarm;
  const folder = journalPlace(loaded, { data, from }).folderOf(swarm);
  if (folder === null) throw new Failure('log_missing', { folder: 'a log that is kept in memory only' });
  return { folder, swarm };
}
