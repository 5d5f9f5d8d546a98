/**
 * Lists the worktrees that Tutti made in a repository, with what is wrong with them.
 * Invariant: worktrees of people are never listed.
 */
import { stat } from 'node:fs/promises';
import { findCommit, openRepository, type Repository } from './repository.ts';
import { registeredWorktrees, type RegisteredWorktree } from './worktree-record.ts';
import type { Worktree } from './worktree.ts';

/** intact: as it was made. folder_gone: somebody deleted its folder. branch_gone: its branch was deleted or renamed. */
export type WorktreeState = 'intact' | 'folder_gone' | 'branch_gone';

/** A worktree of Tutti. */
export interface ListedWorktree extends Worktree {
  readonly state: WorktreeState;
  /** What is checked out by now, without `refs/heads/`; null when HEAD is detached. */
  readonly checked_out: string | null;
  /** True for orphans: nobody can go on working there, `removeWorktree` clears them away and parks what they held. */
  readonly prunable: boolean;
}

/** Lists them by task and attempt. Throws `repository_unusable`. */
export async function listWorktrees(folder: string): Promise<ListedWorktree[]> {
  const repository = await openRepository(folder);
  const registered = await registeredWorktrees(repository);
  const listed = await Promise.all(registered.map((entry) => describe(repository, entry)));
  return listed
    .filter((entry) => entry !== null)
    .sort((one, other) => (one.task_id < other.task_id ? -1 : one.task_id > other.task_id ? 1 : one.attempt - other.attempt));
}

async function describe(repository: Repository, entry: RegisteredWorktree): Promise<ListedWorktree | null> {
  const { record, path, checked_out } = entry;
  if (record === null) return null;
  const { task_id, attempt, branch, base_commit } = record;
  const state = await stateOf(repository, entry, branch);
  const prunable = state !== 'intact';
  return { repository: repository.folder, path, branch, base_commit, task_id, attempt, state, checked_out, prunable };
}

async function stateOf(repository: Repository, entry: RegisteredWorktree, branch: string): Promise<WorktreeState> {
  if ((await stat(entry.path).catch(() => null)) === null) return 'folder_gone';
  return (await findCommit(repository, `refs/heads/${branch}`)) === null ? 'branch_gone' : 'intact';
}
