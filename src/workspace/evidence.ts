/**
 * What a run changed, as facts bound to a commit (F6). Invariant: every number comes from git and can be asked for again;
 * no change is an outcome and makes no commit.
 */
import { Failure } from '../contract/failure.ts';
import { git, runGit, type GitPlace } from './git.ts';
import { holdsChanges, inspectWorktree, operationIn } from './inspect-worktree.ts';
import { entries, findCommit, line, openRepository, type Repository } from './repository.ts';
import { takeSnapshot } from './snapshot.ts';
import { placeOf, registeredWorktrees, type RegisteredWorktree } from './worktree-record.ts';
import type { Worktree } from './worktree.ts';

/** What a run changed. */
export interface ChangeEvidence {
  /** What is checked out. */
  readonly commit: string;
  readonly base_commit: string;
  /** Paths that differ between the two, at most 500 of them, in git's order. */
  readonly changed_files: readonly string[];
  /** How many paths differ. */
  readonly changed_count: number;
  /** Lines; binary files count none. */
  readonly insertions: number;
  readonly deletions: number;
  /** True when the worktree holds changes that are in no commit; they are no part of the evidence. */
  readonly dirty: boolean;
}

/** For whom a commit is made; becomes its trailers. */
export interface CommitOrigin {
  readonly task_id: string;
  readonly attempt: number;
  readonly lease: number;
  readonly session_id: string;
}

/** What committing came to. */
export interface CommitResult {
  /** The commit made, or null when the run left nothing to commit. */
  readonly made: string | null;
  /** What is checked out now. */
  readonly commit: string;
  /** False when the run left the task's branch for something that does not continue it; then the branch lacks this commit. */
  readonly on_branch: boolean;
}

const MOST_FILES = 500;

/** Reads what changed since the base. Throws `git_failed` or `repository_unusable`. */
export async function recordEvidence(worktree: Worktree): Promise<ChangeEvidence> {
  const { repository, entry } = await find(worktree);
  const commit = line(await git(placeOf(entry), ['rev-parse', '--verify', 'HEAD^{commit}']));
  const numbers = await git(repository, [
    'diff',
    '--numstat',
    '-z',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    worktree.base_commit,
    commit,
    '--',
  ]);
  const changes = entries(numbers).map((change) => change.split('\t'));
  const sum = (column: 0 | 1): number => changes.reduce((total, change) => total + (Number(change[column]) || 0), 0);
  const work = await inspectWorktree(repository, entry, worktree.branch);
  return {
    commit,
    base_commit: worktree.base_commit,
    changed_files: changes.slice(0, MOST_FILES).map((change) => change.slice(2).join('\t')),
    changed_count: changes.length,
    insertions: sum(0),
    deletions: sum(1),
    dirty: work.nested.length > 0 || (holdsChanges(work) && (await differs(entry, work.repositories, commit))),
  };
}

/**
 * Commits everything a run left that is not ignored, and brings the task's branch up to it. Repositories inside the
 * worktree are left out. Throws `worktree_unfinished` in the middle of a merge or the like, else `git_failed`.
 */
export async function commitAll(worktree: Worktree, message: string, origin: CommitOrigin): Promise<CommitResult> {
  const { repository, entry } = await find(worktree);
  const operation = await operationIn(entry.admin);
  if (operation !== null) throw new Failure('worktree_unfinished', { path: worktree.path, operation });
  const place = placeOf(entry);
  const head = line(await git(place, ['rev-parse', '--verify', 'HEAD^{commit}']));
  const work = await inspectWorktree(repository, entry, worktree.branch);
  const made = holdsChanges(work) ? await commitFiles(entry, head, work.repositories, text(message, origin)) : null;
  const commit = made ?? head;
  return { made, commit, on_branch: await bringBranch(repository, worktree.branch, commit) };
}

async function find(worktree: Worktree): Promise<{ repository: Repository; entry: RegisteredWorktree }> {
  const repository = await openRepository(worktree.repository);
  const entry = (await registeredWorktrees(repository)).find((one) => one.path === worktree.path);
  if (entry !== undefined) return { repository, entry };
  throw new Failure('git_failed', { command: 'worktree', folder: worktree.path, reason: 'it is no worktree of its repository' });
}

/** Without the worktree's index: a run that was killed inside git leaves that locked. */
async function commitFiles(
  entry: RegisteredWorktree,
  head: string,
  repositories: readonly string[],
  input: string,
): Promise<string | null> {
  const place = placeOf(entry);
  const { files } = await takeSnapshot(entry, repositories, true);
  if (files === (await treeOf(place, head))) return null;
  const commit = line(await git(place, ['commit-tree', files, '-p', head, '-F', '-'], { input, durable: true }));
  await git(place, ['update-ref', '-m', 'commit: by Tutti', 'HEAD', commit, head], { durable: true });
  await runGit(place, ['read-tree', commit]);
  return commit;
}

async function differs(entry: RegisteredWorktree, repositories: readonly string[], commit: string): Promise<boolean> {
  const { files } = await takeSnapshot(entry, repositories, false);
  return files !== (await treeOf(placeOf(entry), commit));
}

async function treeOf(place: GitPlace, commit: string): Promise<string> {
  return line(await git(place, ['rev-parse', '--verify', `${commit}^{tree}`]));
}

/** A run may have detached HEAD or made a branch of its own; the task's branch follows when that only adds to it. */
async function bringBranch(repository: Repository, branch: string, commit: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const tip = await findCommit(repository, ref);
  if (tip === commit) return true;
  if (tip !== null && (await runGit(repository, ['merge-base', '--is-ancestor', tip, commit])).exit_code !== 0) return false;
  const moved = await runGit(repository, ['update-ref', '-m', 'tutti: follow HEAD', ref, commit, tip ?? '0'.repeat(commit.length)]);
  return moved.exit_code === 0;
}

function text(message: string, origin: CommitOrigin): string {
  const plain = (value: string | number): string => String(value).replace(/\p{C}/gu, ' ').trim();
  const body = message.replace(/[^\P{C}\n\t]/gu, '').trim() || `Work of task ${plain(origin.task_id)}`;
  const trailers = [
    `Tutti-Task: ${plain(origin.task_id)}`,
    `Tutti-Attempt: ${plain(origin.attempt)}`,
    `Tutti-Lease: ${plain(origin.lease)}`,
    `Tutti-Session: ${plain(origin.session_id)}`,
  ];
  return `${body}\n\n${trailers.join('\n')}\n`;
}
