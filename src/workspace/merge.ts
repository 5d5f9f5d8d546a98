/**
 * Merges a branch into another without checking anything out.
 *
 *     tip read ─▶ nothing to do | fast-forward | merged tree ─▶ ref moved, if the tip is still the one that was read
 *                                    └▶ conflict: refused      └▶ moved by somebody else: from the start
 *
 * Invariant: a branch that is checked out somewhere is never moved under that worktree, and a conflict changes nothing.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../contract/failure.ts';
import { CHANGES_AT_MOST, type MergeOutlook } from '../contract/views/changes-view.ts';
import { git, gitFailure, gitReason, pauseBefore, runGit } from './git.ts';
import { entries, findCommit, line, openRepository, resolveCommit, startingCommit, type Repository } from './repository.ts';
import { registeredWorktrees } from './worktree-record.ts';

/** What to merge. */
export interface MergeRequest {
  /** Folder of the repository. */
  readonly repository: string;
  /** A branch, ref or commit. */
  readonly branch: string;
  /** The branch to merge into; made when it is missing. */
  readonly into: string;
  /** Message of the merge commit, when one is made. */
  readonly message: string;
  /** Where a missing `into` starts; the repository's HEAD by default. */
  readonly base?: string | undefined;
}

/** What a merge came to. */
export interface MergeResult {
  /** Where `into` is now. */
  readonly commit: string;
  /** True when no merge commit was needed. */
  readonly fast_forward: boolean;
  /** What changed in `into`; empty when it held everything already. */
  readonly changed_files: readonly string[];
}

const TRIES = 20;

/**
 * Merges. Throws `merge_conflict`, `branch_checked_out`, `base_unknown`, `invalid_input` for a name that is none,
 * `merge_contended` when others keep moving the branch, `repository_unusable`, `git_failed`.
 */
export async function mergeBranch(request: MergeRequest): Promise<MergeResult> {
  const repository = await openRepository(request.repository);
  await checkName(repository, request.into);
  const commit = (await findCommit(repository, `refs/heads/${request.branch}`)) ?? (await resolveCommit(repository, request.branch));
  let reason = '';
  for (let tried = 1; tried <= TRIES; tried += 1) {
    await refuseCheckedOut(repository, request.into);
    const tip = await findCommit(repository, `refs/heads/${request.into}`);
    const start = tip ?? (await startingCommit(repository, request.base));
    const merged = await mergeCommits(repository, request, start, commit);
    const moved = await moveBranch(repository, request.into, merged, tip);
    if (moved === null) {
      const changed = await git(repository, ['diff', '--name-only', '-z', '--no-renames', start, merged, '--']);
      return { commit: merged, fast_forward: merged === start || merged === commit, changed_files: entries(changed) };
    }
    reason = moved;
    await pauseBefore(tried);
  }
  throw new Failure('merge_contended', { branch: request.into, reason });
}

/** What merging a commit into a branch would come to now; no branch moves. Throws `invalid_input`, `base_unknown`, `git_failed`. */
export async function foreseeMerge(folder: string, commit: string, into: string): Promise<MergeOutlook> {
  const repository = await openRepository(folder);
  await checkName(repository, into);
  const checked_out = (await checkedOutAt(repository, into)) !== null;
  const tip = (await findCommit(repository, `refs/heads/${into}`)) ?? (await startingCommit(repository, undefined));
  if (await isAncestor(repository, commit, tip)) return { into, merged: true, checked_out, conflicting_files: [] };
  const { conflicts } = await mergedTree(repository, tip, commit);
  return { into, merged: false, checked_out, conflicting_files: conflicts.slice(0, CHANGES_AT_MOST.files) };
}

async function checkName(repository: Repository, into: string): Promise<void> {
  const outcome = await runGit(repository, ['check-ref-format', '--branch', into]);
  if (outcome.exit_code !== 0 || line(outcome.stdout) !== into) {
    throw new Failure('invalid_input', { issues: `into: ${JSON.stringify(into)} is not the name of a branch` });
  }
}

/** Checked out, or about to be again: a rebase of it is under way. A worktree whose folder is gone does not count. */
async function refuseCheckedOut(repository: Repository, into: string): Promise<void> {
  const path = await checkedOutAt(repository, into);
  if (path !== null) throw new Failure('branch_checked_out', { branch: into, path });
}

async function checkedOutAt(repository: Repository, into: string): Promise<string | null> {
  const resolved = await runGit(repository, ['rev-parse', '--symbolic-full-name', '--verify', '--quiet', `refs/heads/${into}`]);
  const ref = line(resolved.stdout) || `refs/heads/${into}`;
  const linked = await registeredWorktrees(repository);
  const main = { admin: repository.common, path: await mainFolder(repository) };
  for (const { admin, path } of [main, ...linked]) {
    if (path === null || (await stat(path).catch(() => null)) === null) continue;
    const heads = await Promise.all(
      ['HEAD', 'rebase-merge/head-name', 'rebase-apply/head-name'].map((name) => headName(join(admin, name))),
    );
    if (heads.includes(ref)) return path;
  }
  return null;
}

/** The folder of the main worktree; null in a bare repository, where HEAD is checked out nowhere. */
async function mainFolder(repository: Repository): Promise<string | null> {
  const list = await git(repository, ['worktree', 'list', '--porcelain', '-z']);
  const [main = ''] = list.split('\0\0');
  const [first = '', ...rest] = main.split('\0');
  return rest.includes('bare') ? null : first.slice('worktree '.length);
}

async function headName(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return line(text).replace(/^ref: /, '');
}

/** The commit that holds both sides; one of the two when it holds the other already. */
async function mergeCommits(repository: Repository, request: MergeRequest, ours: string, theirs: string): Promise<string> {
  if (await isAncestor(repository, theirs, ours)) return ours;
  if (await isAncestor(repository, ours, theirs)) return theirs;
  const { tree, conflicts } = await mergedTree(repository, ours, theirs);
  if (conflicts.length > 0) {
    const { branch, into } = request;
    throw new Failure('merge_conflict', { branch, into, files: conflicts.join(', ') });
  }
  const message = request.message.replace(/[^\P{C}\n\t]/gu, '').trim() || `Merge ${request.branch.replace(/\p{C}/gu, ' ')}`;
  const commit = ['commit-tree', tree, '-p', ours, '-p', theirs, '-F', '-'];
  return line(await git(repository, commit, { input: `${message}\n`, durable: true }));
}

/** The tree that holds both sides, and the files in which they conflict. */
async function mergedTree(
  repository: Repository,
  ours: string,
  theirs: string,
): Promise<{ readonly tree: string; readonly conflicts: readonly string[] }> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const merged = await runGit(repository, args, { durable: true });
  const [tree = '', ...files] = entries(merged.stdout);
  if (merged.exit_code === 1 && files.length > 0) return { tree, conflicts: [...new Set(files)] };
  if (merged.exit_code !== 0) throw gitFailure(repository, args, merged);
  return { tree, conflicts: [] };
}

async function isAncestor(repository: Repository, ancestor: string, commit: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, commit];
  const outcome = await runGit(repository, args);
  if (outcome.exit_code > 1) throw gitFailure(repository, args, outcome);
  return outcome.exit_code === 0;
}

/** Null when the branch was moved, else why not: somebody else was faster. */
async function moveBranch(repository: Repository, into: string, commit: string, tip: string | null): Promise<string | null> {
  if (commit === tip) return null;
  const args = ['update-ref', '-m', 'tutti: merge', `refs/heads/${into}`, commit, tip ?? '0'.repeat(commit.length)];
  const outcome = await runGit(repository, args, { durable: true });
  if (outcome.exit_code === 0) return null;
  if ((await findCommit(repository, `refs/heads/${into}`)) !== tip) return gitReason(outcome);
  if (outcome.stderr.includes('.lock')) throw new Failure('merge_contended', { branch: into, reason: gitReason(outcome) });
  throw gitFailure(repository, args, outcome);
}
