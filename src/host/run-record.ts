/**
 * Notes about attempts that have a folder now, on disk, so that the next worker can clear up after one that was killed.
 * Invariant: the note is written before the run starts and removed after its folder is closed.
 */
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { endTree } from '../runners/process/process-tree.ts';
import { systemProcesses } from '../runners/process/process-table.ts';
import type { HeldTask } from './held-task.ts';
import type { AttemptLabel } from './worker-event.ts';
import { closeWorkplace, type KeptWork, type Workplace } from './workplace.ts';

/** The variable in which every process of a run carries its folder. */
export const WORKPLACE_VARIABLE = 'TUTTI_WORKPLACE';

const ORPHAN_GRACE_MS = 5000;

const worktree = z.object({
  repository: z.string(),
  path: z.string(),
  branch: z.string(),
  base_commit: z.string(),
  task_id: z.string(),
  attempt: z.int(),
});

const runRecord = z.object({
  task_id: z.string(),
  lease: z.int(),
  folder: z.string(),
  worktree: worktree.nullable(),
  /** First process of the run and when it started; null until there is one. */
  process: z.object({ pid: z.int(), started: z.string().nullable() }).nullable(),
});

/** A note about one attempt. */
export type RunRecord = z.output<typeof runRecord>;

/** Writes the note of an attempt, whole or not at all. Throws what the system throws. */
export async function noteRun(folder: string, held: HeldTask, workplace: Workplace, pid: number | null): Promise<void> {
  const process = pid === null ? null : { pid, started: systemProcesses().started(pid) };
  const record: RunRecord = { ...held.label, folder: workplace.folder, worktree: workplace.worktree, process };
  const path = join(folder, `${held.name}.json`);
  await writeFile(`${path}.draft`, JSON.stringify(record));
  await rename(`${path}.draft`, path);
}

/** Removes the note of an attempt. */
export function forgetRun(folder: string, { task_id, lease }: AttemptLabel): Promise<void> {
  return rm(join(folder, `${task_id}-${lease}.json`), { force: true });
}

/** The notes in a folder; those that cannot be read are left out. */
export async function readRuns(folder: string): Promise<RunRecord[]> {
  const names = await readdir(folder).catch(() => []);
  const read = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => readRun(join(folder, name))));
  return read.filter((record) => record !== null);
}

/** Ends what a killed worker's run left running and keeps its work. Never throws. */
export async function clearRun(record: RunRecord): Promise<KeptWork> {
  const { process, folder } = record;
  if (process !== null) {
    const root = { pid: process.pid, started: process.started ?? 'unknown', mark: `${WORKPLACE_VARIABLE}=${folder}\0`, pipes: [] };
    await endTree(root, ORPHAN_GRACE_MS, systemProcesses()).catch(() => []);
  }
  return closeWorkplace({ folder, worktree: record.worktree });
}

async function readRun(path: string): Promise<RunRecord | null> {
  try {
    return runRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
