/**
 * Word for the host of a data folder that sessions are to be tried again, although they were given up or ended well: a file
 * for each. Invariant: it is taken once, by the host that runs or by the next one.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionOfTerminal, terminalName } from '../../config/terminal-socket.ts';

const PREFIX = 'lift-';

/** Leaves it. Throws what the system throws. */
export async function leaveLifts(folder: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) await writeFile(join(folder, `${PREFIX}${terminalName(id)}`), '', { mode: 0o600 });
}

/** Takes what was left. */
export async function takeLifts(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(PREFIX));
  for (const name of names) await rm(join(folder, name), { force: true });
  return names.map((name) => sessionOfTerminal(name.slice(PREFIX.length)));
}
