/**
 * Removes the worktree of an attempt.
 *
 *     inspected ─▶ nothing is only here ──────────────────────────▶ removed
 *         └──────▶ parked as a ref ─▶ inspected again, unchanged ─▶ removed
 *                                 └─▶ changed meanwhile ─▶ parked again, or kept
 *
 * Invariant (F7): the folder goes only when everything in it that is not ignored is reachable from a ref. In doubt it stays.
 */
import { stat } from 'node:fs/promises';
import { Failure, reasonOf, refuse, type Refusal } from '../contract/failure.ts';
import { gitReason, runGit } from './git.ts';
import { holdsChanges, holdsWork, inspectWorktree, type WorktreeWork } from './inspect-worktree.ts';
import { parkWork } from './park-worktree.ts';
import { openRepository, type Repository } from './repository.ts';
import { takeSnapshot, type WorktreeSnapshot } from './snapshot.ts';
import { registeredWorktrees, type RegisteredWorktree } from './worktree-record.ts';
import type { Worktree } from './worktree.ts';

/** What became of a worktree. */
export type Removal =
  | {
      readonly removed: true;
      /** The ref that now holds what was only there; null when nothing was. */
      readonly parked: string | null;
    }
  | { readonly removed: false; readonly reason: string; readonly refusal: Refusal };

const TRIES = 3;

/**
 * Removes the folder of a worktree, parking first what is nowhere else. Its branch stays. Never throws: what went wrong
 * is why it was kept (`worktree_kept`).
 */
export async function removeWorktree(worktree: Worktree): Promise<Removal> {
  try {
    const repository = await openRepository(worktree.repository);
    const entry = (await registeredWorktrees(repository)).find((one) => one.path === worktree.path);
    if (entry === undefined) return await unregistered(worktree);
    if (entry.locked !== null) return keep(worktree, `it is locked: ${entry.locked}`);
    const parked = await parkUntilStable(repository, entry, worktree);
    const gone = await runGit(repository, ['worktree', 'remove', '--force', worktree.path]);
    return gone.exit_code === 0
      ? { removed: true, parked }
      : keep(worktree, parked === null ? gitReason(gone) : `${gitReason(gone)}; its work is parked as ${parked}`);
  } catch (error) {
    return keep(worktree, error instanceof Failure ? String(error.params['reason'] ?? error.message) : reasonOf(error));
  }
}

interface Held {
  readonly work: WorktreeWork;
  readonly snapshot: WorktreeSnapshot | null;
}

/** Parks until a second look finds what was parked and nothing more. */
async function parkUntilStable(repository: Repository, entry: RegisteredWorktree, worktree: Worktree): Promise<string | null> {
  let held = await look(repository, entry, worktree);
  if (held === null) return null;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const ref = await parkWork(repository, { ...worktree, ...held });
    const again = await look(repository, entry, worktree);
    const isSame = again === null || (again.work.commits.length === 0 && sameFiles(again.snapshot, held.snapshot));
    if (isSame) return ref;
    held = again;
  }
  throw kept(worktree, 'it is still being changed');
}

async function look(repository: Repository, entry: RegisteredWorktree, worktree: Worktree): Promise<Held | null> {
  const work = await inspectWorktree(repository, entry, worktree.branch);
  if (!holdsWork(work)) return null;
  if (work.nested.length > 0) {
    throw kept(worktree, `the repository ${work.nested[0]} inside it holds work that cannot be parked`);
  }
  return { work, snapshot: holdsChanges(work) ? await takeSnapshot(entry, work.repositories, true) : null };
}

function sameFiles(one: WorktreeSnapshot | null, other: WorktreeSnapshot | null): boolean {
  return one?.files === other?.files && one?.staged === other?.staged;
}

async function unregistered(worktree: Worktree): Promise<Removal> {
  const isGone = (await stat(worktree.path).catch(() => null)) === null;
  return isGone ? { removed: true, parked: null } : keep(worktree, 'it is no worktree of its repository');
}

function keep(worktree: Worktree, reason: string): Removal {
  const { params } = kept(worktree, reason);
  return { removed: false, reason, refusal: refuse('worktree_kept', params) };
}

function kept(worktree: Worktree, reason: string): Failure {
  return new Failure('worktree_kept', { path: worktree.path, branch: worktree.branch, reason });
}
