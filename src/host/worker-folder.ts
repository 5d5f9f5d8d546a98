/**
 * The folders of one worker below the shared data folder. Invariant: only the worker that holds the claim writes here.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders of one worker. */
export interface WorkerFolder {
  readonly path: string;
  /** One file per attempt with the whole output of its run. */
  readonly logs: string;
  readonly worktrees: string;
  readonly scratch: string;
  /** One record per attempt that has a folder now. */
  readonly runs: string;
}

/** The folders of a worker at this path; makes those that are missing. */
export async function makeWorkerFolder(path: string): Promise<WorkerFolder> {
  const at = (name: string): string => join(path, name);
  const folder: WorkerFolder = { path, logs: at('logs'), worktrees: at('worktrees'), scratch: at('scratch'), runs: at('runs') };
  for (const each of [folder.logs, folder.worktrees, folder.scratch, folder.runs]) await mkdir(each, { recursive: true });
  return folder;
}
