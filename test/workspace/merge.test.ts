import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { mergeBranch } from '../../src/workspace/merge.ts';
import { commit, makeRepository, makeWorktree, sh } from './workspace-fixture.ts';

/** A repository whose `main` went on after the branch `side` left it. */
function diverged(side: Record<string, string>, main: Record<string, string>): { repository: string; side: string; main: string } {
  const repository = makeRepository();
  sh(repository, 'checkout', '--quiet', '-b', 'side');
  const tip = commit(repository, side, 'side');
  sh(repository, 'checkout', '--quiet', 'main');
  return { repository, side: tip, main: commit(repository, main, 'main') };
}

describe('E10: a merge without a checkout', () => {
  test('makes the target from the base when it is missing, and goes forward without a commit', async () => {
    const { repository, side } = diverged({ 's.txt': 's' }, { 'm.txt': 'm' });
    const result = await mergeBranch({ repository, branch: 'side', into: 'integration', base: 'main~1', message: 'm' });
    expect(result).toEqual({ commit: side, fast_forward: true, changed_files: ['s.txt'] });
    expect(sh(repository, 'rev-parse', 'integration')).toBe(side);
  });

  test('makes a commit of both sides, by Tutti, and leaves every worktree alone', async () => {
    const { repository, side, main } = diverged({ 's.txt': 's' }, { 'm.txt': 'm' });
    const worktree = await makeWorktree(repository);
    const result = await mergeBranch({ repository, branch: 'side', into: 'integration', message: 'Merge it\n\nTutti-Task: x' });
    expect(result).toMatchObject({ fast_forward: false, changed_files: ['s.txt'] });
    expect(sh(repository, 'rev-parse', 'integration', 'integration^1', 'integration^2').split('\n')).toEqual([result.commit, main, side]);
    expect(sh(repository, 'show', '-s', '--format=%an|%s|%(trailers)', 'integration')).toBe('Tutti|Merge it|Tutti-Task: x\n');
    expect(sh(repository, 'ls-tree', '--name-only', 'integration').split('\n')).toEqual(['.gitignore', 'a.txt', 'b.txt', 'm.txt', 's.txt']);
    expect([sh(repository, 'status', '--porcelain', '--branch'), sh(worktree.path, 'status', '--porcelain')]).toEqual(['## main', '']);
  });

  test('does nothing the second time', async () => {
    const { repository } = diverged({ 's.txt': 's' }, { 'm.txt': 'm' });
    const request = { repository, branch: 'side', into: 'integration', message: 'm' };
    const first = await mergeBranch(request);
    expect(await mergeBranch(request)).toEqual({ commit: first.commit, fast_forward: true, changed_files: [] });
  });

  test('takes a commit and a parked ref too, in a bare repository too', async () => {
    const { repository, side } = diverged({ 's.txt': 's' }, { 'm.txt': 'm' });
    const bare = join(dirname(repository), 'bare.git');
    sh(dirname(repository), 'clone', '--quiet', '--bare', repository, bare);
    sh(bare, 'update-ref', 'refs/tutti/parked/t/1', side);
    expect((await mergeBranch({ repository: bare, branch: side, into: 'one', message: '' })).changed_files).toEqual(['s.txt']);
    expect((await mergeBranch({ repository: bare, branch: 'refs/tutti/parked/t/1', into: 'main', message: '' })).changed_files).toEqual([
      's.txt',
    ]);
    expect(sh(bare, 'show', '-s', '--format=%s', 'main')).toBe('Merge refs/tutti/parked/t/1');
  });
});

describe('what is refused, with nothing changed', () => {
  const refused = async (repository: string, request: { branch?: string; into?: string; base?: string }) => {
    const before = sh(repository, 'for-each-ref');
    const error = await mergeBranch({ repository, branch: 'side', into: 'integration', message: 'm', ...request }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(sh(repository, 'for-each-ref')).toBe(before);
    return error;
  };

  test('a conflict, naming the files', async () => {
    const { repository } = diverged({ 'a.txt': 'side\n', 'line\nbreak': '1', 'ok.txt': 'x' }, { 'a.txt': 'main\n', 'line\nbreak': '2' });
    sh(repository, 'branch', 'integration');
    expect(await refused(repository, {})).toMatchObject({
      code: 'merge_conflict',
      params: { branch: 'side', into: 'integration', files: 'a.txt, line\nbreak' },
    });
  });

  test('a conflict with a target that is missing does not make it', async () => {
    const { repository } = diverged({ 'a.txt': 'side\n' }, { 'a.txt': 'main\n' });
    expect(await refused(repository, {})).toMatchObject({ code: 'merge_conflict' });
  });

  test('a file changed here and deleted there', async () => {
    const { repository } = diverged({ 'a.txt': 'side\n' }, {});
    sh(repository, 'rm', '--quiet', 'a.txt');
    commit(repository, {}, 'deleted');
    expect(await refused(repository, {})).toMatchObject({ code: 'merge_conflict', params: { files: 'a.txt' } });
  });

  test('a target that is checked out: in the main worktree, in another, in a rebase, behind a symbolic ref', async () => {
    const { repository } = diverged({ 's.txt': 's', 'a.txt': 'side\n' }, { 'm.txt': 'm', 'a.txt': 'main\n' });
    expect(await refused(repository, { into: 'main' })).toMatchObject({
      code: 'branch_checked_out',
      params: { branch: 'main', path: repository },
    });
    const worktree = await makeWorktree(repository);
    expect(await refused(repository, { into: worktree.branch })).toMatchObject({
      code: 'branch_checked_out',
      params: { path: worktree.path },
    });
    sh(repository, 'symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    expect(await refused(repository, { into: 'alias' })).toMatchObject({ code: 'branch_checked_out', params: { path: repository } });
    sh(worktree.path, 'checkout', '--quiet', 'side');
    expect(() => sh(worktree.path, 'rebase', 'main')).toThrow('Command failed');
    expect(await refused(repository, { into: 'side', branch: 'main' })).toMatchObject({
      code: 'branch_checked_out',
      params: { path: worktree.path },
    });
    rmSync(worktree.path, { recursive: true });
    await expect(mergeBranch({ repository, branch: 'side~0', into: 'side', message: '' })).resolves.toMatchObject({ changed_files: [] });
  });

  test.each(['-x', '..', 'a b', 'a..b', '', '@{-1}', 'a\nb', 'a\0b', 'a.lock', '/a', 'a~1'])(
    'the target %j is invalid_input',
    async (into) => {
      const { repository } = diverged({ 's.txt': 's' }, {});
      expect(await refused(repository, { into })).toMatchObject({ code: 'invalid_input' });
    },
  );

  test.each(['-x', '--all', '', 'nowhere', 'a b', 'a\0b', 'x'.repeat(5_000)])('the branch %j is base_unknown', async (branch) => {
    const { repository } = diverged({ 's.txt': 's' }, {});
    expect(await refused(repository, { branch })).toMatchObject({ code: 'base_unknown' });
  });

  test('histories that have nothing in common', async () => {
    const { repository } = diverged({ 's.txt': 's' }, {});
    sh(repository, 'checkout', '--quiet', '--orphan', 'alien');
    commit(repository, { 'x.txt': 'x' });
    sh(repository, 'checkout', '--quiet', 'main');
    expect(await refused(repository, { branch: 'alien' })).toMatchObject({
      code: 'git_failed',
      params: { reason: expect.stringContaining('unrelated') },
    });
  });

  test('a target that stays locked is merge_contended', { timeout: 240_000 }, async () => {
    const { repository } = diverged({ 's.txt': 's' }, { 'm.txt': 'm' });
    sh(repository, 'branch', 'integration');
    writeFileSync(join(repository, '.git/refs/heads/integration.lock'), '');
    expect(await refused(repository, {})).toMatchObject({ code: 'merge_contended', retryable: true });
  });
});

test('E10: merges from several processes at the same time all arrive', { timeout: 240_000 }, async () => {
  const repository = makeRepository();
  for (let n = 0; n < 12; n += 1) {
    sh(repository, 'checkout', '--quiet', '-b', `task-${n}`, 'main');
    commit(repository, { [`file-${n}.txt`]: String(n) });
  }
  sh(repository, 'checkout', '--quiet', 'main');
  const module = new URL('../../src/workspace/merge.ts', import.meta.url).href;
  const script = `
    const { mergeBranch } = await import(${JSON.stringify(module)});
    const names = process.argv.slice(1);
    await Promise.all(names.map((branch) => mergeBranch({ repository: ${JSON.stringify(repository)}, branch, into: 'integration', message: branch })));`;
  await Promise.all(
    [0, 1, 2].map((part) => {
      const names = [0, 1, 2, 3].map((n) => `task-${part * 4 + n}`);
      return promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, ...names]);
    }),
  );
  const merged = sh(repository, 'ls-tree', '--name-only', 'integration')
    .split('\n')
    .filter((name) => name.startsWith('file-'));
  expect(merged).toHaveLength(12);
  expect(sh(repository, 'rev-list', '--count', '--merges', 'integration')).toBe('11');
});
