/**
 * The folder that an attempt works in: a worktree with a branch of its own when the task names a repository, else a
 * fresh folder. Invariants (F7): closing it loses nothing, what is nowhere else is parked under a ref or stays; an
 * attempt never begins on a branch that somebody else left.
 */
import { mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, reasonOf } from '../contract/failure.ts';
import { type ChangeEvidence, commitAll, type CommitOrigin, recordEvidence } from '../workspace/evidence.ts';
import { findCommit, openRepository } from '../workspace/repository.ts';
import { removeWorktree } from '../workspace/remove-worktree.ts';
import { branchName } from '../workspace/workspace-name.ts';
import { createWorktree } from '../workspace/create-worktree.ts';
import type { Worktree } from '../workspace/worktree.ts';
import type { HeldTask } from './held-task.ts';
import type { WorkSpec } from './work-spec.ts';
import type { WorkerFolder } from './worker-folder.ts';

/** Where an attempt works. */
export interface Workplace {
  readonly folder: string;
  /** null: a scratch folder. */
  readonly worktree: Worktree | null;
}

/** What a run left in its worktree, committed. */
export interface CommittedWork extends ChangeEvidence {
  /** False when the run left its branch for something that does not continue it. */
  readonly on_branch: boolean;
}

/** Where work that is on no branch went; both null when there was none. */
export interface KeptWork {
  readonly ref: string | null;
  readonly folder: string | null;
}

/** Makes the folder. Throws `repository_unusable`, `base_unknown` or `worktree_failed`. */
export async function openWorkplace(folders: WorkerFolder, held: HeldTask, spec: WorkSpec): Promise<Workplace> {
  const { task } = held;
  if (spec.repository === null) {
    try {
      return { folder: await mkdtemp(join(folders.scratch, `${held.name}-`)), worktree: null };
    } catch (error) {
      throw new Failure('worktree_failed', { task_id: task.id, reason: reasonOf(error) }, error);
    }
  }
  const base = spec.base === null ? {} : { base: spec.base };
  const task_id = await freeName(spec.repository, held);
  const request = { repository: spec.repository, root: folders.worktrees, task_id, attempt: task.attempt, ...base };
  const worktree = await createWorktree(request);
  return { folder: worktree.path, worktree };
}

/** The task's id, or with its lease when a task of the same id left its branch here, as one of another log does. */
async function freeName(folder: string, { task, name }: HeldTask): Promise<string> {
  const repository = await openRepository(folder);
  const isTaken = (await findCommit(repository, `refs/heads/${branchName(task.id, task.attempt)}`)) !== null;
  if (!isTaken) return task.id;
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if ((await findCommit(repository, `refs/heads/${branchName(candidate, task.attempt)}`)) === null) return candidate;
  }
}

/** Commits what a run left and says what it changed. Throws `worktree_unfinished` or `git_failed`. */
export async function commitWork(worktree: Worktree, message: string, origin: CommitOrigin): Promise<CommittedWork> {
  const { on_branch } = await commitAll(worktree, message, origin);
  return { ...(await recordEvidence(worktree)), on_branch };
}

/** Removes the folder when nothing is lost by it; its branch stays. Never throws. */
export async function closeWorkplace({ folder, worktree }: Workplace): Promise<KeptWork> {
  if (worktree === null) {
    const empty = await rmdir(folder).then(
      () => true,
      () => false,
    );
    return { ref: null, folder: empty ? null : folder };
  }
  const removal = await removeWorktree(worktree);
  return removal.removed ? { ref: removal.parked, folder: null } : { ref: null, folder };
}
