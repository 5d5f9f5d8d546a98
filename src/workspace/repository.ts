/**
 * A git repository that tasks work in. Invariant: a repository that was opened exists, is named itself (not a folder
 * somewhere inside it), and its commits can be read.
 */
import { realpath, stat } from 'node:fs/promises';
import { Failure } from '../contract/failure.ts';
import { git, gitReason, runGit, type GitPlace } from './git.ts';

/** An opened repository. */
export interface Repository extends GitPlace {
  /** The folder that was named, with symbolic links resolved. */
  readonly folder: string;
  /** The git folder that all its worktrees share. */
  readonly common: string;
}

/** Opens the repository in a folder, its top folder or its git folder. Throws `repository_unusable` with the reason. */
export async function openRepository(named: string): Promise<Repository> {
  const unusable = (reason: string): Failure => new Failure('repository_unusable', { repository: named, reason });
  const found = named === '' ? null : await stat(named).catch(() => null);
  if (found === null) throw unusable('the folder does not exist');
  if (!found.isDirectory()) throw unusable('it is not a folder');
  const folder = await realpath(named);
  const asked = await runGit({ folder }, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  if (asked.exit_code !== 0) throw unusable(gitReason(asked));
  const common = await realpath(line(asked.stdout));
  const isTop = line(await git({ folder }, ['rev-parse', '--is-inside-work-tree'])) === 'true';
  if (isTop && line(await git({ folder }, ['rev-parse', '--show-prefix'])) !== '') {
    throw unusable(`it lies inside the repository ${line(await git({ folder }, ['rev-parse', '--show-toplevel']))}; name that folder`);
  }
  if (!isTop && folder !== common) throw unusable(`it lies inside the git folder ${common}`);
  return { folder, common };
}

/** The commit that a branch, tag or other revision names. Throws `base_unknown` when there is none. */
export async function resolveCommit(repository: Repository, revision: string): Promise<string> {
  const commit = await findCommit(repository, revision);
  if (commit === null) throw new Failure('base_unknown', { repository: repository.folder, base: revision });
  return commit;
}

/** The commit that a revision names, or null. */
export async function findCommit(place: GitPlace, revision: string): Promise<string | null> {
  if (revision === '' || revision.startsWith('-')) return null;
  const outcome = await runGit(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  return outcome.exit_code === 0 ? line(outcome.stdout) : null;
}

/** The commit to start from: the base, or HEAD without one. Throws `base_unknown` or `repository_unusable`. */
export async function startingCommit(repository: Repository, base: string | undefined): Promise<string> {
  if (base !== undefined) return resolveCommit(repository, base);
  const head = await findCommit(repository, 'HEAD');
  if (head !== null) return head;
  const anywhere = line(await git(repository, ['rev-list', '--max-count=1', '--all']));
  const reason = anywhere === '' ? 'it has no commits yet' : 'its HEAD names a branch without commits, and no base was given';
  throw new Failure('repository_unusable', { repository: repository.folder, reason });
}

/** Git's answer without the line end after it; a path may hold others. */
export function line(stdout: string): string {
  return stdout.endsWith('\n') ? stdout.slice(0, -1) : stdout;
}

/** The entries of a NUL-separated answer. */
export function entries(stdout: string): string[] {
  return stdout.split('\0').filter((entry) => entry !== '');
}
