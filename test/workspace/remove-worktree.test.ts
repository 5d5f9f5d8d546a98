/**
 * F7: a worktree with work that is nowhere else is never removed; the work is parked as a ref first.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { removeWorktree } from '../../src/workspace/remove-worktree.ts';
import type { Worktree } from '../../src/workspace/worktree.ts';
import { commit, makeRepository, makeWorktree, sh, smallDisk, temporaryFolder, write } from './workspace-fixture.ts';

const PARKED = 'refs/tutti/parked/build-001/1';

/** Removes and returns the parked ref; fails when the worktree is still there or was not parked. */
async function removeParked(worktree: Worktree): Promise<string> {
  const removal = await removeWorktree(worktree);
  expect(removal).toMatchObject({ removed: true, parked: expect.any(String) });
  expect(existsSync(worktree.path)).toBe(false);
  return removal.removed ? String(removal.parked) : '';
}

function files(repository: string, revision: string): Record<string, string> {
  const names = sh(repository, 'ls-tree', '-r', '-z', '--name-only', revision).split('\0').filter(Boolean);
  return Object.fromEntries(names.map((name) => [name, sh(repository, 'show', `${revision}:${name}`)]));
}

describe('F7: nothing is parked when nothing is only there', () => {
  test('a clean worktree', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
    expect([existsSync(worktree.path), sh(repository, 'worktree', 'list').split('\n').length]).toEqual([false, 1]);
    expect(sh(repository, 'branch', '--list', 'tutti/*')).toBe('  tutti/build-001/1');
    expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
  });

  test.each([
    ['a branch', (r: string, tip: string) => sh(r, 'branch', 'merged', tip)],
    ['a tag', (r: string, tip: string) => sh(r, 'tag', 'v1', tip)],
    ['a remote', (r: string, tip: string) => sh(r, 'update-ref', 'refs/remotes/origin/x', tip)],
    ['a parked ref', (r: string, tip: string) => sh(r, 'update-ref', 'refs/tutti/parked/other/1', tip)],
  ])('commits that %s reaches too', async (_where, keep) => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    keep(repository, commit(worktree.path, { 'mine.txt': 'mine' }));
    expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
  });

  test('ignored files are no work', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'ignored/deep/build.o': 'x' });
    expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
  });

  test('a full disk does not keep a clean worktree', async ({ skip }) => {
    const root = await smallDisk('1m');
    if (root === null) return skip('a small file system can only be mounted by root');
    const worktree = await makeWorktree(makeRepository(), { root });
    write(worktree.path, { 'ignored/a': '' });
    expect(() => writeFileSync(join(worktree.path, 'ignored/filler'), Buffer.alloc(2_000_000))).toThrow('ENOSPC');
    return expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
  });
});

describe('F7: work is parked before the worktree goes', () => {
  test('commits: the ref is the tip of the branch', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    const tip = commit(worktree.path, { 'mine.txt': 'mine' });
    expect(await removeParked(worktree)).toBe(PARKED);
    expect(sh(repository, 'rev-parse', PARKED)).toBe(tip);
  });

  test('changed, deleted, staged and new files, on top of the branch', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    const tip = commit(worktree.path, { 'mine.txt': 'mine' });
    write(worktree.path, { 'a.txt': 'changed', 'new.txt': 'new', 'deep/er/new.txt': 'deep', 'staged.txt': 'staged', 'ignored/x': 'x' });
    rmSync(join(worktree.path, 'b.txt'));
    sh(worktree.path, 'add', 'staged.txt');
    const expected = {
      '.gitignore': 'ignored/',
      'a.txt': 'changed',
      'mine.txt': 'mine',
      'new.txt': 'new',
      'deep/er/new.txt': 'deep',
      'staged.txt': 'staged',
    };
    expect(files(repository, await removeParked(worktree))).toEqual(expected);
    expect(sh(repository, 'rev-parse', `${PARKED}^1`)).toBe(tip);
    expect(sh(repository, 'show', '-s', '--format=%an <%ae>%n%(trailers)', PARKED)).toBe(
      'Tutti <tutti@localhost>\nTutti-Task: build-001\nTutti-Attempt: 1\n',
    );
  });

  test('what was staged and then changed again or deleted', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'a.txt': 'first thought', 'only-staged.txt': 'precious' });
    sh(worktree.path, 'add', '--all');
    write(worktree.path, { 'a.txt': 'second thought' });
    rmSync(join(worktree.path, 'only-staged.txt'));
    const ref = await removeParked(worktree);
    expect(files(repository, ref)['a.txt']).toBe('second thought');
    expect(files(repository, `${ref}^2`)).toMatchObject({ 'a.txt': 'first thought', 'only-staged.txt': 'precious' });
  });

  test('only staged, the files themselves as they were', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'a.txt': 'staged' });
    sh(worktree.path, 'add', 'a.txt');
    write(worktree.path, { 'a.txt': 'a\n' });
    expect(files(repository, `${await removeParked(worktree)}^2`)['a.txt']).toBe('staged');
  });

  test('commits on a detached HEAD', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    const branchTip = commit(worktree.path, { 'on-branch.txt': '1' });
    sh(worktree.path, 'checkout', '--quiet', '--detach', 'main');
    const detached = commit(worktree.path, { 'detached.txt': '2' });
    const ref = await removeParked(worktree);
    const held = sh(repository, 'rev-list', ref).split('\n');
    expect(held).toEqual(expect.arrayContaining([branchTip, detached]));
    expect(files(repository, ref)).toHaveProperty(['detached.txt'], '2');
  });

  test('commits that HEAD left behind without a branch', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'checkout', '--quiet', '--detach');
    const left = commit(worktree.path, { 'left.txt': '1' });
    sh(worktree.path, 'checkout', '--quiet', 'tutti/build-001/1');
    expect(sh(repository, 'rev-list', await removeParked(worktree)).split('\n')).toContain(left);
  });

  test('commits on the branch that were amended stay in the reflog of the branch', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    const before = commit(worktree.path, { 'mine.txt': '1' });
    sh(worktree.path, 'commit', '--quiet', '--amend', '-m', 'better');
    await removeParked(worktree);
    expect(sh(repository, 'reflog', '--format=%H', 'tutti/build-001/1').split('\n')).toContain(before);
  });

  test('commits on a branch the run made itself need nothing: it stays', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'checkout', '--quiet', '-b', 'feature');
    const tip = commit(worktree.path, { 'f.txt': '1' });
    expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
    expect(sh(repository, 'rev-parse', 'feature')).toBe(tip);
  });

  test('a branch that was deleted under the worktree', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    commit(worktree.path, { 'mine.txt': 'mine' });
    sh(repository, 'update-ref', '-d', 'refs/heads/tutti/build-001/1');
    expect(files(repository, await removeParked(worktree))).toHaveProperty(['mine.txt'], 'mine');
  });

  test('a merge with conflicts, both sides and the half-done result', async () => {
    const repository = makeRepository();
    commit(repository, { 'a.txt': 'theirs\n' });
    const worktree = await makeWorktree(repository, { base: 'main~1' });
    const mine = commit(worktree.path, { 'a.txt': 'mine\n' });
    expect(() => sh(worktree.path, 'merge', 'main')).toThrow('Command failed');
    write(worktree.path, { 'half-done.txt': 'notes' });
    const ref = await removeParked(worktree);
    expect(files(repository, ref)).toMatchObject({ 'a.txt': expect.stringContaining('<<<<<<<'), 'half-done.txt': 'notes' });
    expect(sh(repository, 'rev-list', ref).split('\n')).toContain(mine);
  });

  test('a rebase that stopped half way, with its autostash', async () => {
    const repository = makeRepository();
    commit(repository, { 'a.txt': 'theirs\n' });
    const worktree = await makeWorktree(repository, { base: 'main~1' });
    const first = commit(worktree.path, { 'one.txt': '1' });
    const second = commit(worktree.path, { 'a.txt': 'mine\n' });
    write(worktree.path, { 'b.txt': 'stashed by the rebase\n' });
    expect(() => sh(worktree.path, 'rebase', '--autostash', 'main')).toThrow('Command failed');
    const ref = await removeParked(worktree);
    const held = sh(repository, 'rev-list', ref).split('\n');
    expect(held).toEqual(expect.arrayContaining([first, second]));
    expect(held.some((one) => files(repository, one)['b.txt'] === 'stashed by the rebase')).toBe(true);
  });

  test('changes that git was told to overlook', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'update-index', '--assume-unchanged', 'a.txt');
    sh(worktree.path, 'update-index', '--skip-worktree', 'b.txt');
    write(worktree.path, { 'a.txt': 'hidden a', 'b.txt': 'hidden b' });
    expect(files(repository, await removeParked(worktree))).toMatchObject({ 'a.txt': 'hidden a', 'b.txt': 'hidden b' });
  });

  test('changes of the same size in the second in which git looked last', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'update-index', '--really-refresh');
    write(worktree.path, { 'a.txt': 'z\n', 'new.txt': 'new' });
    expect(files(repository, await removeParked(worktree))['a.txt']).toBe('z');
  });

  test('a sparse checkout keeps the files it left out', async () => {
    const repository = makeRepository('r', { 'in/a.txt': 'a', 'out/b.txt': 'b', 'out/c.txt': 'c' });
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'sparse-checkout', 'set', 'in');
    expect(existsSync(join(worktree.path, 'out'))).toBe(false);
    write(worktree.path, { 'in/new.txt': 'new', 'out/b.txt': 'outside' });
    const expected = { 'in/a.txt': 'a', 'in/new.txt': 'new', 'out/b.txt': 'outside', 'out/c.txt': 'c' };
    expect(files(repository, await removeParked(worktree))).toEqual(expected);
  });

  test('links, modes and names of every kind', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, {
      'line\nbreak': '1',
      ' space ': '2',
      '-dash': '3',
      ':(top)x': '4',
      日本: '5',
      'run.sh': '6',
      '"q"\t': '7',
      '*': '8',
    });
    chmodSync(join(worktree.path, 'run.sh'), 0o755);
    symlinkSync('/etc/passwd', join(worktree.path, 'link'));
    const ref = await removeParked(worktree);
    expect(files(repository, ref)).toMatchObject({
      'line\nbreak': '1',
      ' space ': '2',
      '-dash': '3',
      ':(top)x': '4',
      日本: '5',
      '"q"\t': '7',
      '*': '8',
      link: '/etc/passwd',
    });
    expect(sh(repository, 'ls-tree', ref, 'run.sh', 'link')).toMatch(/^120000 .*link\n100755 .*run.sh$/);
  });

  test('in a bare repository, without an index, under an unusual id', async () => {
    const source = makeRepository();
    const bare = join(dirname(source), 'bare.git');
    sh(dirname(source), 'clone', '--quiet', '--bare', source, bare);
    const worktree = await makeWorktree(bare, { task_id: '../-x y', root: join(dirname(source), 'w') });
    rmSync(join(bare, 'worktrees', '.x', 'index'), { force: true });
    write(worktree.path, { 'new.txt': 'new' });
    const ref = await removeParked(worktree);
    expect(ref).toMatch(/^refs\/tutti\/parked\/x-y\+[0-9a-f]{16}\/1$/);
    expect(files(bare, ref)['new.txt']).toBe('new');
  });

  test('when the folder is gone, the commits of its detached HEAD', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'checkout', '--quiet', '--detach');
    const tip = commit(worktree.path, { 'x.txt': 'x' });
    rmSync(worktree.path, { recursive: true });
    expect(sh(repository, 'rev-parse', await removeParked(worktree))).toBe(tip);
  });

  test('a second time under a second name; the first stays', async () => {
    const repository = makeRepository();
    write((await makeWorktree(repository)).path, { 'one.txt': '1' });
    const first = await removeParked(await makeWorktree(repository));
    write((await makeWorktree(repository)).path, { 'two.txt': '2' });
    const second = await removeParked(await makeWorktree(repository));
    expect([first, second]).toEqual([PARKED, `${PARKED}-2`]);
    expect([files(repository, first), files(repository, second)]).toMatchObject([{ 'one.txt': '1' }, { 'two.txt': '2' }]);
  });

  test('a stash stays in the repository', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'a.txt': 'stashed' });
    sh(worktree.path, 'stash');
    expect(await removeWorktree(worktree)).toEqual({ removed: true, parked: null });
    expect(files(repository, 'stash@{0}')['a.txt']).toBe('stashed');
  });

  test('a stale index.lock of a killed git is not in the way', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'new.txt': 'new' });
    writeFileSync(join(repository, '.git/worktrees/build-001-1/index.lock'), '');
    expect(files(repository, await removeParked(worktree))['new.txt']).toBe('new');
  });
});

describe('F7: what cannot be parked is kept', () => {
  const kept = async (worktree: Worktree): Promise<string> => {
    const removal = await removeWorktree(worktree);
    expect(removal).toMatchObject({
      removed: false,
      refusal: { refused: 'worktree_kept', params: { path: worktree.path, branch: worktree.branch } },
    });
    expect(existsSync(worktree.path)).toBe(true);
    return removal.removed ? '' : removal.reason;
  };

  test.each([
    ['without a commit', () => {}],
    ['with a commit that no remote has', (nested: string) => void commit(nested, { 'x.txt': 'x' })],
  ])('a repository inside it %s', async (_what, fill) => {
    const worktree = await makeWorktree(makeRepository());
    const nested = join(worktree.path, 'sub/nested');
    mkdirSync(nested, { recursive: true });
    sh(nested, 'init', '--quiet');
    write(nested, { 'work.txt': 'work' });
    fill(nested);
    expect(await kept(worktree)).toContain('sub/nested');
    expect(readFileSync(join(nested, 'work.txt'), 'utf8')).toBe('work');
  });

  test('but not a fresh clone, which its remote has', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'clone', '--quiet', repository, 'clone');
    write(worktree.path, { 'new.txt': 'new' });
    const ref = await removeParked(worktree);
    expect(Object.keys(files(repository, ref))).toEqual(['.gitignore', 'a.txt', 'b.txt', 'new.txt']);
  });

  test('a submodule with a commit of its own', async () => {
    const library = makeRepository('library');
    const repository = makeRepository();
    sh(repository, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    commit(repository, {}, 'submodule');
    const worktree = await makeWorktree(repository);
    sh(worktree.path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    commit(join(worktree.path, 'lib'), { 'fix.txt': 'fix' });
    expect(await kept(worktree)).toContain('lib');
  });

  test('a locked worktree', async () => {
    const worktree = await makeWorktree(makeRepository());
    sh(worktree.path, 'worktree', 'lock', '--reason', 'I look at it', worktree.path);
    expect(await kept(worktree)).toContain('I look at it');
  });

  test('a folder that git does not know', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    rmSync(join(repository, '.git/worktrees/build-001-1'), { recursive: true });
    expect(await kept(worktree)).toContain('no worktree of its repository');
  });

  test('when the repository is gone', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    renameSync(join(repository, '.git'), join(repository, 'moved'));
    expect(await kept(worktree)).toContain('not a git repository');
  });

  test('when its `.git` points elsewhere, it is still looked at itself', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'new.txt': 'new', '.git': `gitdir: ${join(makeRepository('other'), '.git')}\n` });
    const removal = await removeWorktree(worktree);
    expect(sh(repository, 'show', `${PARKED}:new.txt`)).toBe('new');
    expect(removal.removed || existsSync(join(worktree.path, 'new.txt'))).toBe(true);
  });

  test('when the disk of the repository is full', async ({ skip }) => {
    const disk = await smallDisk('2m');
    if (disk === null) return skip('a small file system can only be mounted by root');
    const repository = join(disk, 'repository');
    mkdirSync(repository);
    sh(repository, 'init', '--quiet', '-b', 'main', '--template=');
    commit(repository, { 'a.txt': 'a' });
    const worktree = await makeWorktree(repository, { root: temporaryFolder() });
    write(worktree.path, { 'new.txt': 'x'.repeat(100_000) });
    expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(4_000_000))).toThrow('ENOSPC');
    expect(await kept(worktree)).not.toBe('');
    expect(readFileSync(join(worktree.path, 'new.txt'), 'utf8')).toHaveLength(100_000);
    rmSync(join(disk, 'filler'));
    return expect(files(repository, await removeParked(worktree))['new.txt']).toHaveLength(100_000);
  });

  test('when it never stops changing', async () => {
    const worktree = await makeWorktree(makeRepository());
    // Several, so that on a busy machine one of them has its turn between any two looks.
    for (let writers = 0; writers < 4; writers += 1) {
      const writer = spawn('/bin/sh', ['-c', 'while :; do echo more >>busy.txt; done'], { cwd: worktree.path, stdio: 'ignore' });
      onTestFinished(async () => {
        const ended = new Promise((resolve) => writer.once('exit', resolve));
        writer.kill('SIGKILL');
        await ended;
      });
    }
    while (!existsSync(join(worktree.path, 'busy.txt'))) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await kept(worktree)).not.toBe('');
  });
});
