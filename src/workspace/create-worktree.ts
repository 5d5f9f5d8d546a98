/**
 * Makes the worktree of a task's attempt: its own branch, its own folder.
 *
 *     nothing ─▶ branch ─▶ folder ─▶ record = intact
 *
 * Invariant: what is returned is intact; when making it fails, neither its folder nor its branch stays behind. An attempt
 * whose worktree exists already (its worker was restarted) gets that one back with everything in it.
 */
import { mkdir, readFile, readdir, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, reasonOf } from '../contract/failure.ts';
import { git, runGit } from './git.ts';
import { removeWorktree } from './remove-worktree.ts';
import { findCommit, line, openRepository, startingCommit, type Repository } from './repository.ts';
import { branchName, folderName } from './workspace-name.ts';
import type { Worktree } from './worktree.ts';
import { placeOf, registeredWorktrees, writeRecord, type RegisteredWorktree } from './worktree-record.ts';

/** What a worktree is wanted for. */
export interface WorktreeRequest {
  /** Folder of the repository. */
  readonly repository: string;
  /** Folder that receives the worktrees; made when it is missing. */
  readonly root: string;
  readonly task_id: string;
  /** From 1. */
  readonly attempt: number;
  /** Branch or commit to start from; the repository's HEAD by default. */
  readonly base?: string | undefined;
}

/** Git marks a worktree like this while it makes it. */
const HALF_MADE = 'initializing';

/** Makes the worktree, or finds it again. Throws `repository_unusable`, `base_unknown`, `worktree_failed` or `invalid_input`. */
export async function createWorktree(request: WorktreeRequest): Promise<Worktree> {
  if (!Number.isSafeInteger(request.attempt) || request.attempt < 1 || request.task_id === '') {
    throw new Failure('invalid_input', { issues: 'a worktree needs a task id and an attempt from 1' });
  }
  const repository = await openRepository(request.repository);
  try {
    return await makeOrFind(repository, request);
  } catch (error) {
    if (error instanceof Failure && error.code !== 'git_failed') throw error;
    throw failed(request, error instanceof Failure ? String(error.params['reason']) : reasonOf(error), error);
  }
}

async function makeOrFind(repository: Repository, request: WorktreeRequest): Promise<Worktree> {
  await mkdir(request.root, { recursive: true });
  const path = join(await realpath(request.root), folderName(request.task_id, request.attempt));
  const entry = (await registeredWorktrees(repository)).find((one) => one.path === path);
  const known = entry?.record?.base_commit ?? null;
  if (entry !== undefined && known !== null && (await isIntact(entry, request))) return describe(repository, request, path, known);

  const base = known ?? (await startingCommit(repository, request.base));
  if (entry === undefined) await refuseForeignFolder(request, path);
  else await clearBroken(repository, request, entry);
  return make(repository, request, path, base);
}

async function make(repository: Repository, request: WorktreeRequest, path: string, base: string): Promise<Worktree> {
  const ref = `refs/heads/${branchName(request.task_id, request.attempt)}`;
  const existing = await findCommit(repository, ref);
  if (existing === null) await git(repository, ['update-ref', ref, base, '0'.repeat(base.length)]);
  try {
    await git(repository, ['worktree', 'add', '--quiet', '--', path, branchName(request.task_id, request.attempt)]);
    const entry = (await registeredWorktrees(repository)).find((one) => one.path === path);
    if (entry === undefined) throw failed(request, `git does not list ${path}`);
    const base_commit = existing === null ? base : await forkPoint(repository, existing, base);
    const { task_id, attempt } = request;
    await writeRecord(entry.admin, { format: 1, task_id, attempt, branch: branchName(task_id, attempt), base_commit });
    return describe(repository, request, path, base_commit);
  } catch (error) {
    await runGit(repository, ['worktree', 'remove', '--force', '--force', path]);
    await rm(path, { recursive: true, force: true });
    if (existing === null) await runGit(repository, ['update-ref', '-d', ref, base]);
    throw error;
  }
}

function describe(repository: Repository, request: WorktreeRequest, path: string, base_commit: string): Worktree {
  const { task_id, attempt } = request;
  return { repository: repository.folder, path, branch: branchName(task_id, attempt), base_commit, task_id, attempt };
}

/** Intact: its record names this attempt, its folder is there, git can read it, and HEAD names a commit. */
async function isIntact(entry: RegisteredWorktree, request: WorktreeRequest): Promise<boolean> {
  const isOurs = entry.record?.task_id === request.task_id && entry.record.attempt === request.attempt;
  const link = await readFile(join(entry.path, '.git'), 'utf8').catch(() => '');
  const isLinked = link.startsWith('gitdir: ') && resolve(entry.path, line(link).slice('gitdir: '.length)) === entry.admin;
  return isOurs && isLinked && (await findCommit(placeOf(entry), 'HEAD')) !== null;
}

/** Nobody ever worked in a half-made worktree, so it can go. A worktree that lost its folder is parked, then made again. */
async function clearBroken(repository: Repository, request: WorktreeRequest, entry: RegisteredWorktree): Promise<void> {
  const { path } = entry;
  if (entry.locked === HALF_MADE && entry.record === null) {
    await git(repository, ['worktree', 'remove', '--force', '--force', path]);
    return;
  }
  if ((await readdir(path).catch(() => null)) !== null && (await holdsFiles(entry))) {
    throw failed(request, `the folder ${path} exists and is not intact`);
  }
  const removal = await removeWorktree(describe(repository, request, path, ''));
  if (!removal.removed) throw failed(request, removal.reason);
}

async function holdsFiles(entry: RegisteredWorktree): Promise<boolean> {
  const status = await runGit(placeOf(entry), ['status', '--porcelain', '--untracked-files=all']);
  return entry.record !== null || status.exit_code !== 0 || status.stdout !== '';
}

async function refuseForeignFolder(request: WorktreeRequest, path: string): Promise<void> {
  const content = await readdir(path).catch(() => []);
  if (content.length > 0) throw failed(request, `the folder ${path} exists and is no worktree of this repository`);
}

async function forkPoint(repository: Repository, tip: string, base: string): Promise<string> {
  const outcome = await runGit(repository, ['merge-base', tip, base]);
  return outcome.exit_code === 0 ? line(outcome.stdout) : base;
}

function failed(request: WorktreeRequest, reason: string, cause?: unknown): Failure {
  return new Failure('worktree_failed', { task_id: request.task_id, reason }, cause);
}
