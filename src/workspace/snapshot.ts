/**
 * The content of a worktree as git trees. Invariant: neither the worktree's files nor its index are touched, and what is
 * ignored or lies in a repository inside it is left out.
 */
import { git, runGit, type GitOptions } from './git.ts';
import { withIndexCopy } from './index-copy.ts';
import { line } from './repository.ts';
import { placeOf, type RegisteredWorktree } from './worktree-record.ts';

/** What a worktree holds at one moment. */
export interface WorktreeSnapshot {
  /** Tree of all files, tracked and new. */
  readonly files: string;
  /** Tree of what is staged; null in the middle of a conflict, when there is no such tree. */
  readonly staged: string | null;
}

/** Takes a snapshot; `repositories` are the paths of nested repositories, which are left out. Throws `git_failed`. */
export async function takeSnapshot(
  entry: RegisteredWorktree,
  repositories: readonly string[],
  durable: boolean,
): Promise<WorktreeSnapshot> {
  const place = placeOf(entry);
  return withIndexCopy(place, entry.admin, async (index_file) => {
    const options: GitOptions = { index_file, durable };
    const staged = await runGit(place, ['write-tree'], options);
    const paths = [':/', ...repositories.map((path) => `:(top,exclude,literal)${path}`)];
    const from = ['--pathspec-from-file=-', '--pathspec-file-nul'];
    await git(place, ['add', '--all', '--sparse', ...from], { ...options, input: paths.join('\0') });
    const files = line(await git(place, ['write-tree'], options));
    return { files, staged: staged.exit_code === 0 ? line(staged.stdout) : null };
  });
}
