/**
 * Says what a worktree holds that is nowhere else: changes, new files, commits, repositories inside it.
 * Invariant: looking changes nothing. Ignored files (dependencies, build output) are not work.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { git, runGit } from './git.ts';
import { hiddenFiles, withIndexCopy } from './index-copy.ts';
import { nestedRepositories, nestedWithWork } from './nested-repositories.ts';
import { entries, type Repository } from './repository.ts';
import { allTips, collectTips, commitsNowhereElse, type WorktreeTips } from './unique-commits.ts';
import { placeOf, type RegisteredWorktree } from './worktree-record.ts';

/** A git operation that was begun and not finished. */
export type GitOperation = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect';

/** What a worktree holds that is nowhere else. */
export interface WorktreeWork {
  /** Tracked files that were changed or deleted, staged or not. */
  readonly changed: readonly string[];
  /** Files that git neither tracks nor ignores. */
  readonly untracked: readonly string[];
  /** Repositories inside it that hold changes, or commits no remote has. */
  readonly nested: readonly string[];
  /** Every repository inside it; their content is no part of `untracked`. */
  readonly repositories: readonly string[];
  /** Commits that no other branch, remote, tag or parked ref reaches, newest first. */
  readonly commits: readonly string[];
  /** Stash entries made on its branch. Stashes belong to the repository and stay when the worktree goes. */
  readonly stashes: readonly string[];
  readonly operation: GitOperation | null;
  readonly tips: WorktreeTips;
}

const OPERATIONS = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
] as const satisfies readonly (readonly [string, GitOperation])[];

/** Looks at a registered worktree; when its folder is gone, at its commits alone. Throws `git_failed`. */
export async function inspectWorktree(repository: Repository, entry: RegisteredWorktree, branch: string): Promise<WorktreeWork> {
  const tips = await collectTips(repository, entry.admin, branch);
  const commits = await commitsNowhereElse(repository, allTips(tips), branch);
  const files = (await exists(entry.path)) ? await inspectFiles(entry) : { changed: [], untracked: [], repositories: [], nested: [] };
  return { ...files, commits, stashes: await stashesOf(repository, branch), operation: await operationIn(entry.admin), tips };
}

/** True when files of it are nowhere else. */
export function holdsChanges(work: WorktreeWork): boolean {
  return work.changed.length > 0 || work.untracked.length > 0;
}

/** True when removing it would lose something. */
export function holdsWork(work: WorktreeWork): boolean {
  return holdsChanges(work) || work.commits.length > 0 || work.nested.length > 0;
}

/** The operation that was begun and not finished in the worktree with this git folder, or null. */
export async function operationIn(admin: string): Promise<GitOperation | null> {
  const begun = await Promise.all(OPERATIONS.map(([file]) => exists(join(admin, file))));
  return OPERATIONS[begun.indexOf(true)]?.[1] ?? null;
}

async function inspectFiles(entry: RegisteredWorktree): Promise<Pick<WorktreeWork, 'changed' | 'untracked' | 'nested' | 'repositories'>> {
  const place = placeOf(entry);
  const args = ['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=none'];
  const status = entries(await git(place, args));
  const untracked = status.filter((item) => item.startsWith('? ')).map((item) => item.slice(2));
  const changed = status.flatMap((item) => changedPath(item) ?? []);
  const repositories = await nestedRepositories(place, untracked);
  return {
    changed: [...new Set([...changed, ...(await hiddenChanges(entry))])],
    untracked: untracked.filter((path) => !path.endsWith('/')),
    repositories,
    nested: await nestedWithWork(place, repositories),
  };
}

/** `1 XY sub mH mI mW hH hI path` is a change, `u XY sub m1 m2 m3 mW h1 h2 h3 path` a conflict. */
function changedPath(item: string): string | null {
  const fields = item.startsWith('1 ') ? 8 : item.startsWith('u ') ? 10 : 0;
  return fields === 0 ? null : item.split(' ').slice(fields).join(' ');
}

async function hiddenChanges(entry: RegisteredWorktree): Promise<string[]> {
  const place = placeOf(entry);
  if ((await hiddenFiles(place)).length === 0) return [];
  return withIndexCopy(place, entry.admin, async (index_file) => {
    return entries(await git(place, ['diff-files', '--name-only', '-z', '--ignore-submodules=none'], { index_file }));
  });
}

async function stashesOf(repository: Repository, branch: string): Promise<string[]> {
  const list = await runGit(repository, ['reflog', 'show', '-z', '--format=%gd %gs', 'refs/stash', '--']);
  return list.exit_code === 0
    ? entries(list.stdout).filter((item) => item.includes(`on ${branch}:`) || item.includes(`On ${branch}:`))
    : [];
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
