/**
 * Puts everything that only a worktree holds into one commit under `refs/tutti/parked/`. Its first parent is what was
 * checked out; further parents are other commits that nothing else reaches, and what was staged when that differs.
 * Invariant: an existing parked ref never loses what it holds, and the ref is durable and verified before it is reported.
 */
import { Failure } from '../contract/failure.ts';
import { git, gitReason, runGit } from './git.ts';
import type { WorktreeWork } from './inspect-worktree.ts';
import { findCommit, line, type Repository } from './repository.ts';
import type { WorktreeSnapshot } from './snapshot.ts';
import { allTips, commitsNowhereElse, independent } from './unique-commits.ts';
import { parkedRef } from './workspace-name.ts';

/** The work to park, and whose it is. */
export interface ParkRequest {
  readonly task_id: string;
  readonly attempt: number;
  readonly path: string;
  readonly branch: string;
  readonly work: WorktreeWork;
  /** The files; null when none of them is nowhere else. */
  readonly snapshot: WorktreeSnapshot | null;
}

const MOST_COPIES = 1_000;

/** Parks the work and returns its ref. Throws `git_failed` or `worktree_kept` when it cannot be verified. */
export async function parkWork(repository: Repository, request: ParkRequest): Promise<string> {
  const commit = await commitWork(repository, request);
  const ref = await keep(repository, request, commit);
  await verify(repository, request, ref);
  return ref;
}

async function commitWork(repository: Repository, request: ParkRequest): Promise<string> {
  const { head } = request.work.tips;
  const unique = new Set(request.work.commits);
  const held = allTips(request.work.tips).filter((commit) => unique.has(commit));
  const needed = await independent(repository, held);
  const [only] = needed;
  if (request.snapshot === null && only !== undefined && needed.length === 1) return only;

  const { snapshot } = request;
  const headTree = head === null ? null : await treeOf(repository, head);
  const tree = snapshot?.files ?? headTree ?? (await treeOf(repository, String(only)));
  const parents = [...(head === null ? [] : [head]), ...needed.filter((commit) => commit !== head)];
  const staged = snapshot?.staged ?? null;
  if (staged !== null && staged !== headTree && staged !== tree) {
    parents.push(await commitTree(repository, staged, head === null ? [] : [head], message(request, 'What was staged')));
  }
  return commitTree(repository, tree, parents, message(request, 'Work parked from the worktree'));
}

/** Takes the first free name; a ref that already leads to this commit is as good. */
async function keep(repository: Repository, request: ParkRequest, commit: string): Promise<string> {
  for (let copy = 1; copy <= MOST_COPIES; copy += 1) {
    const ref = parkedRef(request.task_id, request.attempt, copy);
    const made = await runGit(repository, ['update-ref', ref, commit, '0'.repeat(commit.length)], { durable: true });
    if (made.exit_code === 0 || (await findCommit(repository, ref)) === commit) return ref;
    if ((await findCommit(repository, ref)) === null) throw kept(request, gitReason(made));
  }
  throw kept(request, `it was parked ${MOST_COPIES} times already`);
}

async function verify(repository: Repository, request: ParkRequest, ref: string): Promise<void> {
  const lost = await commitsNowhereElse(repository, allTips(request.work.tips), request.branch);
  if (lost.length > 0) throw kept(request, `the commit ${lost[0]} is not reached by ${ref}`);
  const tree = await treeOf(repository, ref);
  if (request.snapshot !== null && tree !== request.snapshot.files) throw kept(request, `${ref} does not hold its files`);
}

async function treeOf(repository: Repository, revision: string): Promise<string> {
  return line(await git(repository, ['rev-parse', '--verify', '--end-of-options', `${revision}^{tree}`]));
}

async function commitTree(repository: Repository, tree: string, parents: readonly string[], text: string): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return line(await git(repository, args, { input: text, durable: true }));
}

function message(request: ParkRequest, what: string): string {
  const id = request.task_id.replace(/\p{C}/gu, ' ');
  return `${what} of task ${id}, attempt ${request.attempt}\n\nTutti-Task: ${id}\nTutti-Attempt: ${request.attempt}\n`;
}

function kept(request: ParkRequest, reason: string): Failure {
  return new Failure('worktree_kept', { path: request.path, branch: request.branch, reason });
}
