/**
 * Which worker lives in a folder: `alive-{pid}-{start}-{n}` says so, and it holds as long as that process lives.
 * Invariant: two living processes never hold one folder; a dead one's claim is worth nothing.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemProcesses } from '../runners/process/process-table.ts';

/** Tells the claims of one process from each other. */
let claims = 0;

/** A claim on a folder. */
export interface FolderClaim {
  readonly folder: string;
  /** Gives the folder up. */
  release(): Promise<void>;
}

/** Claims a folder for this process. `held`: a living process has it; `contended`: two claimed at once and both stepped back. */
export async function claimFolder(folder: string): Promise<FolderClaim | 'held' | 'contended'> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  claims += 1;
  const own = `alive-${process.pid}-${startOf(process.pid)}-${claims}`;
  const release = (): Promise<void> => rm(join(folder, own), { force: true });
  const before = await living(folder);
  if (before.length > 0) return 'held';
  await writeFile(join(folder, own), '');
  const others = (await living(folder)).filter((name) => name !== own);
  if (others.length === 0) return { folder, release };
  await release();
  return 'contended';
}

/** The claims of living processes; those of dead ones are removed. */
async function living(folder: string): Promise<string[]> {
  const alive: string[] = [];
  for (const name of await readdir(folder)) {
    const claim = /^alive-(\d+)-(.*)-\d+$/.exec(name);
    if (claim === null) continue;
    if (startOf(Number(claim[1])) === claim[2]) alive.push(name);
    else await rm(join(folder, name), { force: true });
  }
  return alive;
}

/** What tells a process from a later one with the same pid; empty for one that is gone or where the system does not say. */
function startOf(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'gone';
  }
  return systemProcesses().started(pid) ?? 'unknown';
}
