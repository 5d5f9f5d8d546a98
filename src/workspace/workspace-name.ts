/**
 * Names for branches, refs and folders of a task's attempt. Invariant: different ids give different names, on file systems
 * that ignore case too, and every name is valid as a part of a ref and as a file name.
 */
import { createHash } from 'node:crypto';

const LONGEST_PLAIN = 80;
const PLAIN = /^[a-z0-9][a-z0-9._-]*$/;

/** An id as it can stand in a ref or a path: itself when it is plain, else a readable rest of it with `+` and its hash. */
export function safeName(id: string): string {
  const isPlain = PLAIN.test(id) && id.length <= LONGEST_PLAIN && !id.includes('..') && !/(?:\.|\.lock)$/.test(id);
  if (isPlain) return id;
  const readable = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 40)
    .replace(/-$/, '');
  return `${readable}+${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

/** The branch of an attempt, without `refs/heads/`. */
export function branchName(task_id: string, attempt: number): string {
  return `tutti/${safeName(task_id)}/${attempt}`;
}

/** The folder of an attempt's worktree, below the root of worktrees. */
export function folderName(task_id: string, attempt: number): string {
  return `${safeName(task_id)}-${attempt}`;
}

/** The ref that keeps what an attempt left behind; `copy` counts when there is more than one such rest. */
export function parkedRef(task_id: string, attempt: number, copy: number): string {
  return `${PARKED_REFS}/${safeName(task_id)}/${attempt}${copy === 1 ? '' : `-${copy}`}`;
}

/** Where parked work is kept. */
export const PARKED_REFS = 'refs/tutti/parked';
