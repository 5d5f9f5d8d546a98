import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectWorktree } from '../../src/workspace/inspect-worktree.ts';
import { listWorktrees } from '../../src/workspace/list-worktrees.ts';
import { removeWorktree } from '../../src/workspace/remove-worktree.ts';
import { openRepository } from '../../src/workspace/repository.ts';
import { registeredWorktrees } from '../../src/workspace/worktree-record.ts';
import type { Worktree } from '../../src/workspace/worktree.ts';
import { commit, makeRepository, makeWorktree, sh, write } from './workspace-fixture.ts';

async function inspect(worktree: Worktree) {
  const repository = await openRepository(worktree.repository);
  const entry = (await registeredWorktrees(repository)).find((one) => one.path === worktree.path);
  if (entry === undefined) throw new Error('not registered');
  return inspectWorktree(repository, entry, worktree.branch);
}

test('E10: lists the worktrees of Tutti and nobody else, with what is wrong with them', async () => {
  const repository = makeRepository();
  sh(repository, 'worktree', 'add', '--quiet', '-b', 'tutti/fake/1', join(dirname(repository), 'persons'));
  const intact = await makeWorktree(repository, { task_id: 'Ünusual id', attempt: 12 });
  const first = await makeWorktree(repository, { task_id: 'b', attempt: 1 });
  const gone = await makeWorktree(repository, { task_id: 'b', attempt: 2 });
  const branchless = await makeWorktree(repository, { task_id: 'c' });
  sh(first.path, 'checkout', '--quiet', '--detach');
  rmSync(gone.path, { recursive: true });
  sh(repository, 'update-ref', '-d', `refs/heads/${branchless.branch}`);
  expect(await listWorktrees(repository)).toEqual([
    { ...first, state: 'intact', checked_out: null, prunable: false },
    { ...gone, state: 'folder_gone', checked_out: gone.branch, prunable: true },
    { ...branchless, state: 'branch_gone', checked_out: branchless.branch, prunable: true },
    { ...intact, state: 'intact', checked_out: intact.branch, prunable: false },
  ]);
  for (const orphan of (await listWorktrees(repository)).filter((one) => one.prunable)) {
    expect(await removeWorktree(orphan)).toMatchObject({ removed: true });
  }
  expect((await listWorktrees(repository)).map((one) => one.task_id)).toEqual(['b', 'Ünusual id']);
});

test('is empty without worktrees and refuses what is no repository', async () => {
  expect(await listWorktrees(makeRepository())).toEqual([]);
  await expect(listWorktrees('/nowhere')).rejects.toMatchObject({ code: 'repository_unusable' });
});

test('F7: says what is only in a worktree, file by file, and changes nothing by looking', async () => {
  const repository = makeRepository();
  const worktree = await makeWorktree(repository);
  const nothing = { changed: [], untracked: [], nested: [], repositories: [], commits: [], stashes: [], operation: null };
  expect(await inspect(worktree)).toMatchObject(nothing);
  const tip = commit(worktree.path, { 'mine.txt': 'mine' });
  write(worktree.path, { 'a.txt': 'for the stash' });
  sh(worktree.path, 'stash');
  write(worktree.path, { 'b.txt': 'changed', 'line\nbreak': 'x', 'deep/new': 'x', 'ignored/x': 'x' });
  rmSync(join(worktree.path, 'a.txt'));
  sh(worktree.path, 'add', 'b.txt');
  sh(worktree.path, 'update-index', '--assume-unchanged', 'mine.txt');
  write(worktree.path, { 'mine.txt': 'overlooked' });
  const before = sh(worktree.path, 'ls-files', '--stage', '--debug');
  const work = await inspect(worktree);
  expect(work).toMatchObject({ nested: [], commits: [tip], operation: null, tips: { head: tip, branch: tip } });
  expect([...work.changed].sort()).toEqual(['a.txt', 'b.txt', 'mine.txt']);
  expect([...work.untracked].sort()).toEqual(['deep/new', 'line\nbreak']);
  expect(work.stashes).toEqual([expect.stringContaining('WIP on tutti/build-001/1')]);
  expect(sh(worktree.path, 'ls-files', '--stage', '--debug')).toBe(before);
});

test.each([
  ['merge', ['merge', 'main']],
  ['rebase', ['rebase', 'main']],
  ['cherry-pick', ['cherry-pick', 'main']],
  ['revert', ['revert', '--no-edit', 'HEAD~1']],
])('names a %s that was not finished', async (operation, command) => {
  const repository = makeRepository();
  commit(repository, { 'a.txt': 'theirs\n' });
  const worktree = await makeWorktree(repository, { base: 'main~1' });
  commit(worktree.path, { 'a.txt': 'mine\n' });
  commit(worktree.path, { 'a.txt': 'mine again\n' });
  expect(() => sh(worktree.path, ...command)).toThrow('Command failed');
  expect(await inspect(worktree)).toMatchObject({ operation, changed: ['a.txt'] });
});
