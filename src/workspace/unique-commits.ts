/**
 * Finds the commits that only a worktree leads to. Elsewhere means: another branch, a remote's branch, a tag, a parked ref.
 * Invariant: a commit is left out only when one of those reaches it, or when the branch's own reflog, which stays, names it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit, gitFailure, git, type GitPlace } from './git.ts';
import { findCommit, line, type Repository } from './repository.ts';
import { PARKED_REFS } from './workspace-name.ts';

/** Files in git's folder of a worktree that name a commit while an operation is under way, or after it. */
const POINTERS = [
  'MERGE_HEAD MERGE_AUTOSTASH CHERRY_PICK_HEAD REVERT_HEAD REBASE_HEAD ORIG_HEAD',
  'rebase-merge/orig-head rebase-merge/autostash rebase-apply/orig-head rebase-apply/autostash',
].flatMap((names) => names.split(' '));

/** The commits that a worktree holds on to. */
export interface WorktreeTips {
  /** What is checked out; null when HEAD names nothing. */
  readonly head: string | null;
  /** The tip of the task's branch; null when the branch is gone. */
  readonly branch: string | null;
  /** Commits of an operation under way, of refs of this worktree alone, and those HEAD once stood on. */
  readonly others: readonly string[];
}

/** Collects what a worktree holds on to; works without the worktree's folder too. */
export async function collectTips(repository: Repository, admin: string, branch: string): Promise<WorktreeTips> {
  const place: GitPlace = { folder: repository.common, git_dir: admin };
  const ref = `refs/heads/${branch}`;
  const own = await git(place, ['for-each-ref', '--format=%(objectname)', 'refs/worktree', 'refs/bisect', 'refs/rewritten']);
  const kept = new Set(await reflog(place, ref));
  const visited = (await reflog(place, 'HEAD')).filter((commit) => !kept.has(commit));
  const named = await Promise.all(POINTERS.map((name) => pointer(place, join(admin, name))));
  return {
    head: await findCommit(place, 'HEAD'),
    branch: await findCommit(place, ref),
    others: [...new Set([...own.split('\n').filter(Boolean), ...visited, ...named.flat()])],
  };
}

/** All of them, each once. */
export function allTips(tips: WorktreeTips): string[] {
  return [...new Set([tips.head, tips.branch, ...tips.others].filter((commit) => commit !== null))];
}

/** Those of all commits reachable from the tips that nothing else reaches, newest first. */
export async function commitsNowhereElse(repository: Repository, tips: readonly string[], branch: string): Promise<string[]> {
  if (tips.length === 0) return [];
  const elsewhere = [`--exclude=${branch}`, '--branches', '--remotes', '--tags', `--glob=${PARKED_REFS}`];
  const args = ['rev-list', '--ignore-missing', ...tips, '--not', ...elsewhere, '--'];
  const outcome = await runGit(repository, args);
  if (outcome.exit_code !== 0) throw gitFailure(repository, args, outcome);
  return outcome.stdout.split('\n').filter(Boolean);
}

/** The fewest of some commits that reach all of them. */
export async function independent(repository: Repository, commits: readonly string[]): Promise<string[]> {
  if (commits.length < 2) return [...commits];
  return line(await git(repository, ['merge-base', '--independent', ...commits])).split('\n');
}

async function reflog(place: GitPlace, ref: string): Promise<string[]> {
  const outcome = await runGit(place, ['reflog', 'show', '--format=%H', ref, '--']);
  return outcome.exit_code === 0 ? outcome.stdout.split('\n').filter(Boolean) : [];
}

async function pointer(place: GitPlace, path: string): Promise<string[]> {
  const text = await readFile(path, 'latin1').catch(() => '');
  const named = text.split('\n').filter((entry) => /^[0-9a-f]{40,64}$/.test(entry));
  const found = await Promise.all(named.map((commit) => findCommit(place, commit)));
  return found.filter((commit) => commit !== null);
}
