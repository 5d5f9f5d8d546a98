/**
 * tutti event import: a log of a file, where none is yet.
 */
import { resolve } from 'node:path';
import { makeDataFolder } from '../../config/data-folder.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { logPlace } from './log-place.ts';

/** Makes the log. */
export async function importLog(context: CliContext, values: Values): Promise<void> {
  const { terminal, globals, launch, from } = context;
  const file = resolve(from, String(values['file']));
  const options = { same: values['same'] === true, keep_intact: values['keep_intact'] === true };
  const logs = await launch.logs();
  if (globals.dry_run) {
    const found = await logs.verifyFile(file);
    terminal.say(`Nothing was done. It would import ${counted(found.last_seq, 'event')} of the swarm ${found.swarm}.`);
    return;
  }
  // What holds no log makes no folder for one.
  await logs.beginsLog(file);
  if (globals.data !== undefined) makeDataFolder(resolve(from, globals.data));
  const place = await logPlace(context);
  const made = await logs.importLog(place, file, options);
  if (globals.json) {
    terminal.print(safeJson({ ...place, ...made }, 2));
    return;
  }
  terminal.print(`The swarm ${place.swarm} has ${counted(made.events, 'event')} now, every hash checked.`);
  if (made.damage !== null) terminal.say(`Not taken: what follows. ${made.damage}`);
  terminal.say('A server that runs already serves it after `tutti down` and `tutti up`.');
}
