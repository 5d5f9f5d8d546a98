/**
 * tutti event export: the log to a file or to stdout.
 */
import { resolve } from 'node:path';
import type { CliContext } from '../cli-context.ts';
import type { Values } from '../command.ts';
import { safeJson } from '../output/clean-text.ts';
import { counted } from '../output/words.ts';
import { readMoment } from '../read-moment.ts';
import { logPlace } from './log-place.ts';

/** Writes the log. */
export async function exportLog(context: CliContext, values: Values): Promise<void> {
  const { terminal, globals, launch, from } = context;
  const { to, until } = values as { readonly to?: string; readonly until?: string };
  const moment = until === undefined ? undefined : readMoment(until, '--until');
  const place = await logPlace(context);
  const logs = await launch.logs();
  if (to === undefined) {
    for await (const lines of logs.exportLines(place, moment)) if (!process.stdout.write(lines)) await drained();
    return;
  }
  const file = resolve(from, to);
  const written = await logs.exportLog(place, file, moment);
  if (globals.json) terminal.print(safeJson({ file, ...written }, 2));
  else
    terminal.print(
      `${file}: ${counted(written.last_seq, 'event')} of the swarm ${place.swarm}, every hash checked; head ${written.hash.slice(0, 16)}`,
    );
}

function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve);
  });
}
