/**
 * tutti event fork: another swarm of this one's events up to a moment.
 */
import { journalPlace } from '../../config/journal-place.ts';
import { requireDataFolder } from '../../config/data-folder.ts';
import { swarmName } from '../../contract/ids.ts';
import { Failure } from '../../contract/failure.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { readMoment } from '../read-moment.ts';
import { logPlace } from './log-place.ts';

/** Makes the other swarm. */
export async function forkLog(context: CliContext, values: Values): Promise<void> {
  const { terminal, globals, launch, from, env, configure } = context;
  const { name, until } = values as { readonly name: string; readonly until?: string };
  if (!swarmName.safeParse(name).success)
    throw new Failure('usage', { reason: `${name} is no name of a swarm: lower-case letters, digits and hyphens.` });
  const moment = until === undefined ? undefined : readMoment(until, '--until');
  const place = await logPlace(context);
  const data = requireDataFolder({ from, env, flag: globals.data });
  const folder = journalPlace(await configure(), { data, from }).folderOf(name) ?? place.folder;
  const made = await (await launch.logs()).forkLog(place, { folder, swarm: name }, moment);
  if (globals.json) terminal.print(safeJson({ swarm: name, folder, ...made }, 2));
  else terminal.print(`The swarm ${name} has the first ${counted(made.events, 'event')} of ${place.swarm}, in a log of its own.`);
  if (!globals.json) terminal.say('A server that runs already serves it after `tutti down` and `tutti up`.');
}
