/**
 * What the tests of worktrees share: real repositories in folders that go away, and a git of their own beside the tested one.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { createWorktree, type WorktreeRequest } from '../../src/workspace/create-worktree.ts';
import type { Worktree } from '../../src/workspace/worktree.ts';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
};

/** Runs git in a folder and returns what it prints, without the last line end. */
export function sh(folder: string, ...args: string[]): string {
  const env = { PATH: process.env['PATH'], HOME: tmpdir(), LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', ...IDENTITY };
  return execFileSync('git', ['-C', folder, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, '');
}

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** Writes files, given as path and content. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Commits files in a folder and returns the commit. */
export function commit(folder: string, files: Record<string, string>, message = 'change'): string {
  write(folder, files);
  sh(folder, 'add', '--all');
  sh(folder, 'commit', '--quiet', '--allow-empty', '-m', message);
  return sh(folder, 'rev-parse', 'HEAD');
}

/** A repository on `main` with one commit, in a folder of this name. */
export function makeRepository(
  name = 'repository',
  files: Record<string, string> = { 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'ignored/\n' },
): string {
  const repository = join(temporaryFolder(), name);
  mkdirSync(repository);
  sh(repository, 'init', '--quiet', '-b', 'main');
  commit(repository, files, 'first');
  return repository;
}

/** A worktree of a repository, in a root beside it. */
export function makeWorktree(repository: string, more: Partial<WorktreeRequest> = {}): Promise<Worktree> {
  return createWorktree({ repository, root: join(dirname(repository), 'worktrees'), task_id: 'build-001', attempt: 1, ...more });
}

/** Mounts a file system of this size; null when only root could and we are not. */
export async function smallDisk(size: string): Promise<string | null> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-disk-')));
  const mounted = await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).catch(() => null);
  onTestFinished(() => {
    // Lazily: what still looks into it for a moment must not fail the test.
    if (mounted !== null) execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  });
  return mounted === null ? null : folder;
}
