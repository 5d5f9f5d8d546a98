import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createWorktree } from '../../src/workspace/create-worktree.ts';
import { listWorktrees } from '../../src/workspace/list-worktrees.ts';
import { commit, makeRepository, makeWorktree, sh, smallDisk, temporaryFolder, write } from './workspace-fixture.ts';

describe('E10: a worktree and a branch per attempt', () => {
  test('starts at HEAD, on its own branch, and leaves the repository as it was', async () => {
    const repository = makeRepository();
    const config = readFileSync(join(repository, '.git/config'), 'utf8');
    const worktree = await makeWorktree(repository);
    expect(worktree).toEqual({
      repository,
      path: join(dirname(repository), 'worktrees', 'build-001-1'),
      branch: 'tutti/build-001/1',
      base_commit: sh(repository, 'rev-parse', 'HEAD'),
      task_id: 'build-001',
      attempt: 1,
    });
    expect(sh(worktree.path, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('tutti/build-001/1');
    expect(sh(worktree.path, 'status', '--porcelain')).toBe('');
    expect(sh(repository, 'status', '--porcelain', '--branch')).toBe('## main');
    expect(readFileSync(join(repository, '.git/config'), 'utf8')).toBe(config);
  });

  test.each([
    ['a branch', 'side'],
    ['a tag', 'v1'],
    ['a commit', ''],
    ['an expression', 'main~1'],
  ])('starts at %s', async (_what, base) => {
    const repository = makeRepository();
    const first = sh(repository, 'rev-parse', 'HEAD');
    sh(repository, 'branch', 'side');
    sh(repository, 'tag', '-a', '-m', 'one', 'v1');
    commit(repository, { 'a.txt': 'later\n' });
    expect((await makeWorktree(repository, { base: base === '' ? first : base })).base_commit).toBe(first);
  });

  test('works on a bare repository, through a symbolic link, and in a worktree of a person', async () => {
    const repository = makeRepository();
    const folder = dirname(repository);
    sh(folder, 'clone', '--quiet', '--bare', repository, join(folder, 'bare.git'));
    symlinkSync(repository, join(folder, 'link'));
    sh(repository, 'worktree', 'add', '--quiet', join(folder, 'persons'), '-b', 'side');
    for (const [attempt, name] of ['bare.git', 'link', 'persons'].entries()) {
      const worktree = await makeWorktree(join(folder, name), { root: join(folder, 'w'), attempt: attempt + 1 });
      expect(sh(worktree.path, 'status', '--porcelain', '--branch')).toBe(`## tutti/build-001/${attempt + 1}`);
    }
  });

  test('does not run the hooks of the repository', async () => {
    const repository = makeRepository();
    writeFileSync(join(repository, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch "$GIT_DIR/../../hook-ran"\nexit 1\n', { mode: 0o755 });
    await makeWorktree(repository);
    expect(existsSync(join(repository, '.git/hook-ran'))).toBe(false);
  });

  test('ignores the variables of an outer git', async () => {
    const repository = makeRepository();
    const other = makeRepository('other');
    process.env['GIT_DIR'] = join(other, '.git');
    process.env['GIT_INDEX_FILE'] = join(other, '.git/index');
    try {
      await makeWorktree(repository);
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
    expect([(await listWorktrees(repository)).length, (await listWorktrees(other)).length]).toEqual([1, 0]);
  });
});

describe('a worktree that exists already', () => {
  test('is given back with everything in it, from the base it had', async () => {
    const repository = makeRepository();
    const before = await makeWorktree(repository);
    commit(before.path, { 'mine.txt': 'committed\n' });
    write(before.path, { 'a.txt': 'changed\n', 'new.txt': 'new\n' });
    commit(repository, { 'b.txt': 'main goes on\n' });
    expect(await makeWorktree(repository, { base: 'gone-meanwhile' })).toEqual(before);
    expect(sh(before.path, 'status', '--porcelain')).toBe(' M a.txt\n?? new.txt');
  });

  test('whose folder was deleted is made again from its branch', async () => {
    const repository = makeRepository();
    const before = await makeWorktree(repository);
    const tip = commit(before.path, { 'mine.txt': 'committed\n' });
    rmSync(before.path, { recursive: true });
    expect(await makeWorktree(repository)).toEqual(before);
    expect([sh(before.path, 'rev-parse', 'HEAD'), sh(before.path, 'status', '--porcelain')]).toEqual([tip, '']);
  });

  test('that was half made when its maker died is made again', async () => {
    const repository = makeRepository();
    const before = await makeWorktree(repository);
    const admin = join(repository, '.git/worktrees/build-001-1');
    rmSync(join(admin, 'tutti.json'));
    writeFileSync(join(admin, 'locked'), 'initializing\n');
    rmSync(join(before.path, 'a.txt'));
    expect(await makeWorktree(repository)).toEqual(before);
    expect(readdirSync(before.path).sort()).toEqual(['.git', '.gitignore', 'a.txt', 'b.txt']);
  });

  test('that was made and not yet recorded is made again', async () => {
    const repository = makeRepository();
    const before = await makeWorktree(repository);
    rmSync(join(repository, '.git/worktrees/build-001-1/tutti.json'));
    expect(await makeWorktree(repository)).toEqual(before);
  });

  test('that is not intact is refused and left alone', async () => {
    const repository = makeRepository();
    const { path } = await makeWorktree(repository);
    write(path, { '.git': 'gitdir: /elsewhere\n', 'new.txt': 'new\n' });
    await expect(makeWorktree(repository)).rejects.toMatchObject({
      code: 'worktree_failed',
      params: { reason: expect.stringContaining('not intact') },
    });
    expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('new\n');
  });

  test('a folder of somebody else is refused and left alone', async () => {
    const repository = makeRepository();
    const root = join(dirname(repository), 'worktrees');
    write(root, { 'build-001-1/precious.txt': 'mine' });
    await expect(makeWorktree(repository)).rejects.toMatchObject({ code: 'worktree_failed' });
    expect(readFileSync(join(root, 'build-001-1/precious.txt'), 'utf8')).toBe('mine');
    expect(sh(repository, 'branch', '--list', 'tutti/*')).toBe('');
  });
});

describe('what cannot be used', () => {
  const failure = async (request: { repository: string; base?: string }) =>
    createWorktree({ root: join(temporaryFolder(), 'w'), task_id: 't', attempt: 1, ...request }).then(
      () => null,
      (error: { code: string; params: { reason?: string } }) => error,
    );

  test.each([
    ['a folder that does not exist', () => '/nowhere/at/all', 'does not exist'],
    ['an empty name', () => '', 'does not exist'],
    ['a name with a NUL', () => '/tmp/\0', 'does not exist'],
    ['a file', () => join(makeRepository(), 'a.txt'), 'not a folder'],
    ['a folder without git', () => temporaryFolder(), 'not a git repository'],
    ['a folder inside a repository', () => join(makeRepository('r', { 'sub/a.txt': 'a' }), 'sub'), 'inside the repository'],
    ['a folder inside the git folder', () => join(makeRepository(), '.git/refs'), 'inside the git folder'],
  ])('%s is repository_unusable', async (_what, named, reason) => {
    expect(await failure({ repository: named() })).toMatchObject({
      code: 'repository_unusable',
      params: { reason: expect.stringContaining(reason) },
    });
  });

  test('a repository without commits is repository_unusable and says so', async () => {
    const repository = temporaryFolder();
    sh(repository, 'init', '--quiet', '-b', 'main');
    expect(await failure({ repository })).toMatchObject({ code: 'repository_unusable', params: { reason: 'it has no commits yet' } });
    expect(readdirSync(join(repository, '.git'))).not.toContain('worktrees');
  });

  test('a HEAD without commits beside other branches needs a base', async () => {
    const repository = makeRepository();
    sh(repository, 'symbolic-ref', 'HEAD', 'refs/heads/empty');
    expect(await failure({ repository })).toMatchObject({
      code: 'repository_unusable',
      params: { reason: expect.stringContaining('no base') },
    });
    expect(await failure({ repository, base: 'main' })).toBeNull();
  });

  test.each([
    'nowhere',
    '',
    '-x',
    '--all',
    '..',
    'main..',
    'a b',
    'main\nmain',
    'm\0n',
    '日本',
    'HEAD:a.txt',
    'main^{tree}',
    'a'.repeat(5_000),
    '0'.repeat(40),
  ])('the base %j is base_unknown', async (base) => {
    const repository = makeRepository();
    expect(await failure({ repository, base })).toMatchObject({ code: 'base_unknown' });
    expect(sh(repository, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test.each([0, -1, 1.5, Number.NaN])('the attempt %d is invalid_input', async (attempt) => {
    await expect(makeWorktree(makeRepository(), { attempt })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('hostile names', () => {
  test.each([
    '-rf',
    '..',
    'a..b',
    'a b',
    'a/b',
    'a\nb',
    '日本',
    'A',
    'a.lock',
    '@',
    `long${'x'.repeat(3_000)}`,
    '$(touch x)',
    "'; rm -rf .",
  ])('the task id %j gives a worktree of its own', async (task_id) => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository, { task_id });
    expect(dirname(worktree.path)).toBe(join(dirname(repository), 'worktrees'));
    expect(sh(worktree.path, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe(worktree.branch);
    expect(await listWorktrees(repository)).toMatchObject([{ task_id, attempt: 1, path: worktree.path, state: 'intact' }]);
  });

  test.each(['with space', '-dash', 'line\nbreak', 'tab\tquote"', 'ünï日本', '$HOME'])('the repository folder %j works', async (name) => {
    const repository = makeRepository(name);
    const root = join(dirname(repository), `worktrees ${name}`);
    const worktree = await makeWorktree(repository, { root });
    expect(worktree.path).toBe(join(root, 'build-001-1'));
    expect(sh(worktree.path, 'status', '--porcelain', '--branch')).toBe('## tutti/build-001/1');
    expect(await makeWorktree(repository, { root })).toEqual(worktree);
  });

  test('a branch named tutti is in the way, and that is said', async () => {
    const repository = makeRepository();
    sh(repository, 'branch', 'tutti');
    await expect(makeWorktree(repository)).rejects.toMatchObject({
      code: 'worktree_failed',
      params: { reason: expect.stringContaining("'refs/heads/tutti' exists") },
    });
  });
});

describe('a full disk', () => {
  const content = { 'large.bin': 'x'.repeat(900_000), 'small.txt': 's' };

  test('under the worktrees is worktree_failed and leaves nothing behind', async ({ skip }) => {
    const root = await smallDisk('512k');
    if (root === null) return skip('a small file system can only be mounted by root');
    const repository = makeRepository('repository', content);
    const before = sh(repository, 'for-each-ref');
    await expect(makeWorktree(repository, { root })).rejects.toMatchObject({
      code: 'worktree_failed',
      params: { task_id: 'build-001', reason: expect.stringContaining('unable to write file') },
    });
    expect(readdirSync(root)).toEqual([]);
    expect(sh(repository, 'for-each-ref')).toBe(before);
    expect(sh(repository, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
    return expect(await listWorktrees(repository)).toEqual([]);
  });

  test('of the repository is worktree_failed, and there is no branch afterwards', async ({ skip }) => {
    const disk = await smallDisk('1m');
    if (disk === null) return skip('a small file system can only be mounted by root');
    const repository = join(disk, 'repository');
    mkdirSync(repository);
    sh(repository, 'init', '--quiet', '-b', 'main', '--template=');
    commit(repository, { 'a.txt': 'a' });
    const filler = join(disk, 'filler');
    await promisify(execFile)('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']).catch(() => null);
    const root = join(temporaryFolder(), 'w');
    await expect(makeWorktree(repository, { root })).rejects.toMatchObject({ code: 'worktree_failed' });
    rmSync(filler);
    expect([existsSync(join(root, 'build-001-1')), sh(repository, 'branch', '--list', 'tutti/*')]).toEqual([false, '']);
    return expect((await makeWorktree(repository, { root })).branch).toBe('tutti/build-001/1');
  });
});

test('many processes make worktrees of one repository at the same time', { timeout: 240_000 }, async () => {
  const repository = makeRepository();
  const root = join(dirname(repository), 'worktrees');
  const module = new URL('../../src/workspace/create-worktree.ts', import.meta.url).href;
  const script = `
    const { createWorktree } = await import(${JSON.stringify(module)});
    const made = Array.from({ length: 5 }, (_, n) =>
      createWorktree({ repository: ${JSON.stringify(repository)}, root: ${JSON.stringify(root)}, task_id: process.argv[1], attempt: n + 1 }));
    console.log((await Promise.all(made)).map((one) => one.path).join('\\n'));`;
  const started = Array.from({ length: 6 }, (_, n) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, `task-${n}`]),
  );
  const printed = (await Promise.all(started)).flatMap(({ stdout }) => stdout.trim().split('\n'));
  expect(new Set(printed).size).toBe(30);
  const listed = await listWorktrees(repository);
  expect(listed.map((one) => one.path).sort()).toEqual([...printed].sort());
  expect(listed.every((one) => one.state === 'intact' && sh(one.path, 'status', '--porcelain') === '')).toBe(true);
});
