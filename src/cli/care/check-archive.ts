/**
 * The check of tutti doctor that archived events are where they belong. Work goes on without them; the past does not.
 */
import { journalPlace } from '../../config/journal-place.ts';
import { findDataFolder } from '../../config/data-folder.ts';
import { type DoctorCheck, fine } from './doctor-check.ts';

/** No archived event is away. */
export const checkArchive: DoctorCheck = async ({ from, env, globals, launch, configure }) => {
  const data = findDataFolder({ from, env, flag: globals.data });
  const place = data === null ? null : journalPlace(await configure(), { data, from });
  const logs = await launch.logs();
  for (const swarm of place?.swarms ?? []) {
    const folder = place?.folderOf(swarm) ?? null;
    const gap = folder === null || !logs.hasLog(folder) ? null : await logs.archiveGap(folder);
    if (gap === null) continue;
    const { first_seq, last_seq, folder: archive } = gap;
    return {
      status: 'warning',
      detail: `events ${first_seq} to ${last_seq} of the swarm ${swarm} are archived, and not in ${archive}: work goes on without them as long as a checkpoint can be used, earlier moments, exports and a newer Tutti need them`,
      fix: `put the files of ${archive} back, then tutti event verify --swarm ${swarm}`,
    };
  }
  return fine('no archived event is away');
};
