/**
 * Remembers on disk the tmux server that a data folder's sessions run in, so that a host which finds no tmux knows that they
 * are there, and starts none of them a second time.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemProcesses } from '../../runners/process/process-table.ts';

const noted = z.object({ pid: z.int(), started: z.string() });

/** Notes the server. Throws what the system throws. */
export async function noteTmuxServer(folder: string, pid: number): Promise<void> {
  const started = systemProcesses().started(pid);
  if (started !== null) await writeFile(fileIn(folder), JSON.stringify({ pid, started }));
}

/** True while the server that was noted last is there. */
export async function isTmuxServerThere(folder: string): Promise<boolean> {
  try {
    const { pid, started } = noted.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
    return systemProcesses().started(pid) === started;
  } catch {
    return false;
  }
}

function fileIn(folder: string): string {
  return join(folder, 'tmux-server.json');
}
