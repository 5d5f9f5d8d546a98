/**
 * A copy of a worktree's index to work on. Invariant: the worktree's own index and files are not touched, and no flag
 * (assume-unchanged, skip-worktree) hides a file that is there.
 */
import { copyFile, lstat, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git, type GitPlace } from './git.ts';
import { entries } from './repository.ts';

/** Makes a copy of the index of the worktree with the given git folder, hands its path on, and removes it afterwards. */
export async function withIndexCopy<T>(place: GitPlace, admin: string, work: (index_file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tutti-index-'));
  try {
    const index_file = join(folder, 'index');
    await copyIndex(place, join(admin, 'index'), index_file);
    const hidden = await hiddenFiles(place);
    await clearFlags(place, index_file, hidden);
    return await work(index_file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files whose changes git was told to overlook, as far as they exist. */
export async function hiddenFiles(place: GitPlace): Promise<string[]> {
  const flagged = entries(await git(place, ['ls-files', '-v', '-z'])).filter((entry) => /^[a-zS] /.test(entry));
  const paths = flagged.map((entry) => entry.slice(2));
  const exist = await Promise.all(paths.map((path) => lstat(join(place.folder, path)).catch(() => null)));
  return paths.filter((_path, position) => exist[position] !== null);
}

/**
 * Git takes a file for unchanged when its times are older than the index. The copy therefore gets the age of the original,
 * a little older rather than younger, which makes git read in doubt.
 */
async function copyIndex(place: GitPlace, from: string, to: string): Promise<void> {
  const original = await stat(from).catch(() => null);
  if (original === null) {
    await git(place, ['read-tree', 'HEAD'], { index_file: to });
    return;
  }
  await copyFile(from, to);
  await utimes(to, original.atime, Math.floor(original.mtimeMs) / 1_000);
}

async function clearFlags(place: GitPlace, index_file: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const input = paths.join('\0');
  await git(place, ['update-index', '--no-assume-unchanged', '-z', '--stdin'], { index_file, input });
  await git(place, ['update-index', '--no-skip-worktree', '-z', '--stdin'], { index_file, input });
}
