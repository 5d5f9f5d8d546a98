/**
 * Owns the folder that the demo works in: a real clone, its branch, and where its workers live. It is kept at the end (F7).
 *
 *     FOLDER/repository      the clone
 *     FOLDER/data/workers    what the workers keep: logs, results, worktrees
 *     FOLDER/tmp             temporary files of the tasks
 *     FOLDER/node_modules    a link to the packages of the repository that was cloned, when it has any
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../workspace/git.ts';
import { entries, line, openRepository, startingCommit } from '../workspace/repository.ts';

/** The branch that receives what the tasks made. */
const DEMO_BRANCH = 'tutti/demo';

/** The clone and what is around it. */
export interface DemoClone {
  /** The folder around everything. */
  readonly home: string;
  /** The clone. */
  readonly folder: string;
  /** What was cloned. */
  readonly source: string;
  readonly branch: string;
  /** Where the branch began. */
  readonly base_commit: string;
  /** Paths of the files in the clone. */
  readonly files: readonly string[];
  /** The packages that the source has installed; null: none. */
  readonly modules: { readonly folder: string; readonly has: (path: string) => boolean } | null;
  /** The data folder of the workers. */
  readonly data: string;
  /** Temporary files of the tasks: what a killed one leaves behind is here and nowhere else. */
  readonly temporary: string;
}

/** Clones. Throws `repository_unusable` for what is no git repository or has no commit, `git_failed` when git cannot. */
export async function cloneRepository(named: string): Promise<DemoClone> {
  const source = await openRepository(named);
  await startingCommit(source, undefined);
  const home = await realpath(await mkdtemp(join(tmpdir(), 'tutti-demo-')));
  const folder = join(home, 'repository');
  await git({ folder: home }, ['clone', '--quiet', '--no-tags', '--', source.folder, folder]);
  const place = { folder };
  const base_commit = line(await git(place, ['rev-parse', 'HEAD']));
  await git(place, ['branch', DEMO_BRANCH, base_commit]);
  const files = entries(await git(place, ['ls-files', '-z']));
  const modules = await linkModules(source.folder, home);
  const [data, temporary] = [join(home, 'data'), join(home, 'tmp')];
  await mkdir(temporary);
  return { home, folder, source: source.folder, branch: DEMO_BRANCH, base_commit, files, modules, data, temporary };
}

/** Node looks for packages in every folder above, so one link serves all worktrees. */
async function linkModules(source: string, home: string): Promise<DemoClone['modules']> {
  const installed = join(source, 'node_modules');
  if (!existsSync(installed)) return null;
  const folder = join(home, 'node_modules');
  await symlink(installed, folder, 'dir');
  return { folder, has: (path) => existsSync(join(folder, path)) };
}
