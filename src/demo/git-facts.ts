/**
 * Reads from git what the demo came to. Invariant: every number can be asked for again with the same commands.
 */
import { git } from '../workspace/git.ts';
import { entries, line } from '../workspace/repository.ts';
import type { DemoClone } from './clone-repository.ts';

/** A commit that a task made and that is on the demo's branch. */
export interface TaskCommit {
  readonly commit: string;
  readonly task_id: string;
  readonly attempt: number;
  readonly lease: number;
  readonly session_id: string;
}

/** What is on the demo's branch since it began. */
export interface GitFacts {
  readonly tip: string;
  /** Oldest first. */
  readonly commits: readonly TaskCommit[];
  readonly merge_commits: number;
  readonly files_changed: number;
  readonly insertions: number;
  readonly deletions: number;
}

const TRAILERS = ['Task', 'Attempt', 'Lease', 'Session'].map((key) => `%(trailers:key=Tutti-${key},valueonly,separator=%x20)`);

/** Reads them. Throws `git_failed`. */
export async function readGitFacts({ folder, branch, base_commit }: DemoClone): Promise<GitFacts> {
  const place = { folder };
  const range = `${base_commit}..refs/heads/${branch}`;
  const log = await git(place, ['log', '--no-merges', '--reverse', '-z', `--format=${['%H', ...TRAILERS].join('%x09')}`, range]);
  const commits = entries(log).map((entry) => {
    const [commit = '', task_id = '', attempt = '', lease = '', session_id = ''] = entry.trim().split('\t');
    return { commit, task_id, attempt: Number(attempt), lease: Number(lease), session_id };
  });
  const merges = line(await git(place, ['rev-list', '--count', '--merges', range]));
  const numbers = await git(place, ['diff', '--numstat', '-z', '--no-renames', base_commit, `refs/heads/${branch}`, '--']);
  const changes = entries(numbers).map((change) => change.split('\t'));
  const sum = (column: 0 | 1): number => changes.reduce((total, change) => total + (Number(change[column]) || 0), 0);
  return {
    tip: line(await git(place, ['rev-parse', `refs/heads/${branch}`])),
    commits,
    merge_commits: Number(merges),
    files_changed: changes.length,
    insertions: sum(0),
    deletions: sum(1),
  };
}
