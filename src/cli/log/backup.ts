/**
 * tutti backup and tutti restore: the logs of all swarms of a data folder, as files that prove themselves.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDataFolder, requireDataFolder } from '../../config/data-folder.ts';
import { journalPlace } from '../../config/journal-place.ts';
import { Failure, reasonOf } from '../../contract/failure.ts';
import type { LogFileSummary } from '../../contract/log-reports.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';

const NAME = /^([a-z0-9][a-z0-9-]{0,62})\.log\.jsonl$/;

/** Writes every log, or none: nothing is written over, and of a try that fails nothing is left. */
export async function makeBackup({ terminal, globals, launch, from, env, configure }: CliContext, values: Values): Promise<void> {
  const target = resolve(from, String(values['folder']));
  const data = requireDataFolder({ from, env, flag: globals.data });
  const place = journalPlace(await configure(), { data, from });
  const logs = await launch.logs();
  const wanted = place.swarms.flatMap((swarm) => {
    const folder = place.folderOf(swarm);
    return folder === null || !logs.hasLog(folder) ? [] : [{ folder, swarm, file: join(target, `${swarm}.log.jsonl`) }];
  });
  if (wanted.length === 0) throw new Failure('log_missing', { folder: data });
  for (const { file } of wanted)
    if (existsSync(file)) throw new Failure('log_not_written', { file, reason: 'it is there already, and nothing is written over' });
  makeTarget(target);
  const written: (LogFileSummary & { readonly file: string })[] = [];
  try {
    for (const { file, ...log } of wanted) written.push({ file, ...(await logs.exportLog(log, file, undefined)) });
  } catch (error) {
    for (const { file } of written) rmSync(file, { force: true });
    throw error;
  }
  if (globals.json) {
    terminal.print(safeJson({ written }, 2));
    return;
  }
  terminal.print(...written.map(({ file, swarm, last_seq }) => `${swarm}: ${counted(last_seq, 'event')}, every hash checked: ${file}`));
  terminal.say(`Tokens, secrets and configuration are not in it. Back: tutti restore ${target} --data FOLDER`);
}

function makeTarget(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Failure('log_not_written', { file: folder, reason: `the folder cannot be made: ${reasonOf(error)}` }, error);
  }
}

/** Brings every log back under its own identity, after all of them were checked. */
export async function restoreBackup({ terminal, globals, launch, from, env, configure }: CliContext, values: Values): Promise<void> {
  const source = resolve(from, String(values['folder']));
  const found = existsSync(source) ? readdirSync(source).flatMap((name) => NAME.exec(name)?.[1] ?? []) : [];
  if (found.length === 0) throw new Failure('log_file_unusable', { file: source, reason: 'there is no backup in it' });
  const logs = await launch.logs();
  for (const swarm of found) await logs.verifyFile(join(source, `${swarm}.log.jsonl`));
  if (globals.dry_run) {
    terminal.say(`Nothing was done. It would restore ${found.join(', ')}; every hash holds.`);
    return;
  }
  if (globals.data !== undefined) makeDataFolder(resolve(from, globals.data));
  const data = requireDataFolder({ from, env, flag: globals.data });
  const place = journalPlace(await configure(), { data, from });
  const targets = found.map((swarm) => ({ swarm, folder: place.folderOf(swarm) ?? data }));
  for (const { folder } of targets) if (logs.hasLog(folder)) throw new Failure('log_present', { folder });
  const restored = [];
  for (const target of targets) {
    const made = await logs.importLog(target, join(source, `${target.swarm}.log.jsonl`), { same: true, keep_intact: false });
    restored.push({ swarm: target.swarm, events: made.events, journal: made.journal });
  }
  if (globals.json) {
    terminal.print(safeJson({ restored }, 2));
    return;
  }
  terminal.print(...restored.map(({ swarm, events }) => `${swarm}: ${counted(events, 'event')} restored, every hash checked.`));
  terminal.say('What was acknowledged after that backup is not in it; whoever followed it there is told to begin anew.');
  terminal.say(`Next: tutti up --data ${data}`);
}
