/**
 * Git repositories inside a worktree: submodules, clones, `git init`. Git keeps of them at most a commit id, so their
 * content cannot be parked. Invariant: one that cannot be read counts as holding work.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { git, runGit, type GitPlace } from './git.ts';
import { entries } from './repository.ts';

/** Paths of the nested repositories that are there: those git tracks, and those among the untracked paths. */
export async function nestedRepositories(place: GitPlace, untracked: readonly string[]): Promise<string[]> {
  const staged = entries(await git(place, ['ls-files', '--stage', '-z'])).filter((entry) => entry.startsWith('160000 '));
  const tracked = staged.map((entry) => entry.slice(entry.indexOf('\t') + 1));
  const present = await Promise.all(tracked.map((path) => lstat(join(place.folder, path, '.git')).catch(() => null)));
  return [...tracked.filter((_path, position) => present[position] !== null), ...untracked.filter((path) => path.endsWith('/'))];
}

/** Those that hold changes, or commits that no remote has. */
export async function nestedWithWork(place: GitPlace, nested: readonly string[]): Promise<string[]> {
  const holding = await Promise.all(nested.map((path) => holdsNestedWork({ folder: join(place.folder, path) })));
  return nested.filter((_path, position) => holding[position] === true);
}

async function holdsNestedWork(place: GitPlace): Promise<boolean> {
  const status = await runGit(place, ['status', '--porcelain', '-z', '--untracked-files=all', '--ignore-submodules=none']);
  if (status.exit_code !== 0 || status.stdout !== '') return true;
  const commits = await runGit(place, ['rev-list', '--max-count=1', '--all', 'HEAD', '--not', '--remotes', '--']);
  return commits.exit_code !== 0 || commits.stdout !== '';
}
