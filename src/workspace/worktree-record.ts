/**
 * What Tutti knows about a worktree, kept in git's own folder for it (`.git/worktrees/NAME/tutti.json`), so that it goes
 * when the worktree goes. Invariant: the record is written last; a worktree without one was never handed to anybody.
 */
import { readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { GitPlace } from './git.ts';
import type { Repository } from './repository.ts';

const RECORD = 'tutti.json';

const worktreeRecord = z.object({
  format: z.literal(1),
  task_id: z.string(),
  attempt: z.int().positive(),
  branch: z.string(),
  base_commit: z.string(),
});

/** Whose worktree it is and where it began. */
export type WorktreeRecord = z.output<typeof worktreeRecord>;

/** A worktree as git has registered it, and its record when it is one of ours. */
export interface RegisteredWorktree {
  /** Git's folder for this worktree. */
  readonly admin: string;
  readonly path: string;
  /** Why it is locked, or null. */
  readonly locked: string | null;
  /** The branch that is checked out, without `refs/heads/`; null when HEAD is detached. */
  readonly checked_out: string | null;
  readonly record: WorktreeRecord | null;
}

/** Every linked worktree of a repository. */
export async function registeredWorktrees(repository: Repository): Promise<RegisteredWorktree[]> {
  const folder = join(repository.common, 'worktrees');
  const names = await readdir(folder).catch(() => []);
  const read = await Promise.all(names.map((name) => readRegistered(join(folder, name))));
  return read.filter((entry) => entry !== null);
}

/** The place of git commands that see exactly this worktree, whatever its `.git` file says by now. */
export function placeOf(entry: Pick<RegisteredWorktree, 'admin' | 'path'>): GitPlace {
  return { folder: entry.path, git_dir: entry.admin, work_tree: entry.path };
}

/** Writes the record of a worktree, whole or not at all. */
export async function writeRecord(admin: string, record: WorktreeRecord): Promise<void> {
  const path = join(admin, RECORD);
  await writeFile(`${path}.tmp`, `${JSON.stringify(record)}\n`, { flush: true });
  await rename(`${path}.tmp`, path);
}

async function readRegistered(admin: string): Promise<RegisteredWorktree | null> {
  const [gitdir, head, locked, record] = await Promise.all([
    readText(join(admin, 'gitdir')),
    readText(join(admin, 'HEAD')),
    readText(join(admin, 'locked')),
    readText(join(admin, RECORD)),
  ]);
  if (gitdir === null) return null;
  return {
    admin,
    path: dirname(resolve(admin, gitdir)),
    locked,
    checked_out: head?.startsWith('ref: refs/heads/') === true ? head.slice('ref: refs/heads/'.length) : null,
    record: record === null ? null : parseRecord(record),
  };
}

function parseRecord(text: string): WorktreeRecord | null {
  try {
    return worktreeRecord.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function readText(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null || !text.endsWith('\n') ? text : text.slice(0, -1);
}
