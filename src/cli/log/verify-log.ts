/**
 * tutti event verify: every hash of a log or of a file, and a repair elsewhere of what is damaged.
 * Exit code 1 when there is damage that no repair was asked for.
 */
import { resolve } from 'node:path';
import { makeDataFolder } from '../../config/data-folder.ts';
import { Failure } from '../../contract/failure.ts';
import type { Repair } from '../../contract/log-reports.ts';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import type { LogCheck, LogTools } from '../log-tools.ts';
import { cleanLine, safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { logPlace } from './log-place.ts';

/** Checks the log. */
export async function verifyLog(context: CliContext, values: Values): Promise<number> {
  const { terminal, globals, launch, from } = context;
  const { file, repair_into: target } = values as { readonly file?: string; readonly repair_into?: string };
  const logs = await launch.logs();
  if (file !== undefined) {
    if (target !== undefined)
      throw new Failure('usage', { reason: 'A file is not repaired: tutti event import --keep-intact takes what is intact.' });
    const found = await logs.verifyFile(resolve(from, file));
    if (globals.json) terminal.print(safeJson({ file, ...found }, 2));
    else
      terminal.print(`${file}: ${counted(found.last_seq - found.first_seq + 1, 'event')} of the swarm ${found.swarm}, every hash holds.`);
    return 0;
  }
  const place = await logPlace(context);
  if (target !== undefined) {
    const to = resolve(from, target);
    makeDataFolder(to);
    const repaired = await logs.repairLog(place, to);
    if (globals.json) terminal.print(safeJson(repaired, 2));
    else terminal.print(...repairLines(repaired));
    return 0;
  }
  const found = await logs.verifyLog(place);
  if (globals.json) terminal.print(safeJson({ ...place, ...found }, 2));
  else terminal.print(...checkLines(found, place.swarm, found.damage === null ? null : await folderAway(logs, place.folder)));
  return found.damage === null ? 0 : 1;
}

/** Where archived events belong that are not there, or null. */
async function folderAway(logs: LogTools, folder: string): Promise<string | null> {
  return (await logs.archiveGap(folder))?.folder ?? null;
}

/** `away`: where archived events belong that are not there, or null. */
function checkLines({ events, archived, chunks, hash, journal, damage }: LogCheck, swarm: string, away: string | null): string[] {
  if (damage === null) {
    const where = archived === 0 ? '' : `, ${archived} of them in the archive`;
    return [
      `${counted(events, 'event')} in ${counted(chunks, 'chunk')}${where}: every hash holds. Log ${journal}, head ${hash.slice(0, 16)}`,
    ];
  }
  const { first_seq, last_seq, reason, good_events, readable_after } = damage;
  const repair = `tutti event verify --swarm ${swarm} --repair-into FOLDER  keeps all that can be kept, and names what is lost`;
  return [
    `The log is damaged at events ${first_seq} to ${last_seq}: ${cleanLine(reason)}`,
    `  before   ${counted(good_events, 'event')}, all intact`,
    `  after    ${counted(readable_after, 'event')} that can be read`,
    ...(away === null
      ? [`  next     ${repair}`]
      : [`  next     put the files of ${away} back there; if they are lost:`, `           ${repair}`]),
  ];
}

function repairLines({ folder, kept, last_seq, lost, tail_lost }: Repair): string[] {
  return [
    `${folder}: ${counted(kept, 'event')} of ${last_seq} kept, each with its number.`,
    ...lost.map(({ first_seq, last_seq: last, reason, subjects }) => {
      const which = first_seq === last ? `event ${first_seq}` : `events ${first_seq} to ${last}`;
      return `  lost  ${which}: ${cleanLine(reason)}${subjects.length === 0 ? '' : ` (${cleanLine(subjects.join(', '))})`}`;
    }),
    ...(tail_lost === 0 ? [] : [`  lost  ${counted(tail_lost, 'event')} after ${last_seq}, acknowledged and gone without a trace`]),
    `  next  tutti up --data ${folder}`,
  ];
}
