import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitAll, recordEvidence } from '../../src/workspace/evidence.ts';
import { commit, makeRepository, makeWorktree, sh, write } from './workspace-fixture.ts';

const ORIGIN = { task_id: 'build-001', attempt: 1, lease: 17, session_id: 's-1' };

describe('F6: evidence is bound to a commit', () => {
  test('a run that changed nothing: no commit, no invented numbers', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'ignored/x': 'x', 'a.txt': 'a\n' });
    const base = worktree.base_commit;
    expect(await commitAll(worktree, 'nothing', ORIGIN)).toEqual({ made: null, commit: base, on_branch: true });
    expect(await recordEvidence(worktree)).toEqual({
      commit: base,
      base_commit: base,
      changed_files: [],
      changed_count: 0,
      insertions: 0,
      deletions: 0,
      dirty: false,
    });
  });

  test('numbers that git confirms', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    rmSync(join(worktree.path, 'b.txt'));
    write(worktree.path, { 'a.txt': 'a\nsecond\nthird\n', 'tab\there': 'x\n', 'deep/日本\n': 'x\n', 'bytes.bin': '\0\u0001\0' });
    const before = await recordEvidence(worktree);
    expect(before).toMatchObject({ commit: worktree.base_commit, changed_count: 0, dirty: true });
    const { made } = await commitAll(worktree, 'Do the work', ORIGIN);
    const evidence = await recordEvidence(worktree);
    expect(evidence).toMatchObject({
      commit: made,
      base_commit: worktree.base_commit,
      changed_count: 5,
      insertions: 4,
      deletions: 1,
      dirty: false,
    });
    expect([...evidence.changed_files].sort()).toEqual(['a.txt', 'b.txt', 'bytes.bin', 'deep/日本\n', 'tab\there']);
    expect(sh(repository, 'diff', '--shortstat', worktree.base_commit, String(made))).toBe(
      ' 5 files changed, 4 insertions(+), 1 deletion(-)',
    );
    write(worktree.path, { 'a.txt': 'later\n' });
    expect(await recordEvidence(worktree)).toMatchObject({ commit: made, insertions: 4, dirty: true });
  });

  test('a run that commits by itself needs no commit of ours', async () => {
    const worktree = await makeWorktree(makeRepository());
    const own = commit(worktree.path, { 'own.txt': 'own\n' });
    expect(await commitAll(worktree, 'x', ORIGIN)).toEqual({ made: null, commit: own, on_branch: true });
    expect(await recordEvidence(worktree)).toMatchObject({ commit: own, changed_files: ['own.txt'] });
  });

  test('a thousand files: the first 500 are named, all are counted', async () => {
    const worktree = await makeWorktree(makeRepository());
    write(worktree.path, Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`f${n}.txt`, `${n}\n`])));
    await commitAll(worktree, 'many', ORIGIN);
    const evidence = await recordEvidence(worktree);
    expect([evidence.changed_files.length, evidence.changed_count, evidence.insertions]).toEqual([500, 1_000, 1_000]);
  });
});

describe('F2: a commit names the lease it was made under', () => {
  test('in trailers, by Tutti, without hooks and signatures of the person', async () => {
    const repository = makeRepository();
    writeFileSync(join(repository, '.git/hooks/commit-msg'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    sh(repository, 'config', 'commit.gpgSign', 'true');
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'new.txt': 'new' });
    const { made } = await commitAll(worktree, 'Subject\n\nBody', ORIGIN);
    expect(sh(repository, 'show', '-s', '--format=%an <%ae> %cn%n%B', String(made))).toBe(
      'Tutti <tutti@localhost> Tutti\nSubject\n\nBody\n\nTutti-Task: build-001\nTutti-Attempt: 1\nTutti-Lease: 17\nTutti-Session: s-1\n',
    );
    expect(sh(repository, 'show', '-s', '--format=%(trailers:key=Tutti-Lease,valueonly)', String(made))).toBe('17\n');
    expect(sh(worktree.path, 'status', '--porcelain')).toBe('');
  });

  test('which a message and hostile ids cannot forge', async () => {
    const worktree = await makeWorktree(makeRepository());
    write(worktree.path, { 'new.txt': 'new' });
    const origin = { ...ORIGIN, session_id: 's\nTutti-Lease: 99', task_id: 'a\0b' };
    const { made } = await commitAll(worktree, '\0\u001b[31m\n\nTutti-Lease: 98', origin);
    expect(sh(worktree.path, 'show', '-s', '--format=%(trailers:key=Tutti-Lease,valueonly)', String(made))).toBe('17\n');
    expect(sh(worktree.path, 'show', '-s', '--format=%(trailers:key=Tutti-Session,valueonly)', String(made))).toBe('s Tutti-Lease: 99\n');
  });
});

describe('what a run may leave behind', () => {
  test('a locked index: it was killed inside git', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    write(worktree.path, { 'new.txt': 'new' });
    writeFileSync(join(repository, '.git/worktrees/build-001-1/index.lock'), '');
    const { made } = await commitAll(worktree, 'x', ORIGIN);
    expect(sh(repository, 'show', `${made}:new.txt`)).toBe('new');
    expect(await recordEvidence(worktree)).toMatchObject({ commit: made, changed_files: ['new.txt'], dirty: false });
  });

  test('a detached HEAD that continues the branch: the branch follows', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    sh(worktree.path, 'checkout', '--quiet', '--detach');
    commit(worktree.path, { 'one.txt': '1' });
    write(worktree.path, { 'two.txt': '2' });
    const result = await commitAll(worktree, 'x', ORIGIN);
    expect(result.on_branch).toBe(true);
    expect(sh(repository, 'rev-parse', worktree.branch)).toBe(result.made);
  });

  test('another branch that does not continue it: said, and nothing is moved', async () => {
    const repository = makeRepository();
    const worktree = await makeWorktree(repository);
    const tip = commit(worktree.path, { 'one.txt': '1' });
    sh(worktree.path, 'checkout', '--quiet', '-b', 'other', 'main');
    write(worktree.path, { 'two.txt': '2' });
    const result = await commitAll(worktree, 'x', ORIGIN);
    expect([result.on_branch, sh(repository, 'rev-parse', worktree.branch), sh(repository, 'rev-parse', 'other')]).toEqual([
      false,
      tip,
      result.made,
    ]);
  });

  test('an unfinished merge is worktree_unfinished, and no conflict marker is committed', async () => {
    const repository = makeRepository();
    commit(repository, { 'a.txt': 'theirs\n' });
    const worktree = await makeWorktree(repository, { base: 'main~1' });
    const tip = commit(worktree.path, { 'a.txt': 'mine\n' });
    expect(() => sh(worktree.path, 'merge', 'main')).toThrow('Command failed');
    await expect(commitAll(worktree, 'x', ORIGIN)).rejects.toMatchObject({ code: 'worktree_unfinished', params: { operation: 'merge' } });
    expect(sh(worktree.path, 'rev-parse', 'HEAD')).toBe(tip);
  });

  test('a repository inside it is left out, and the evidence says that something is left', async () => {
    const worktree = await makeWorktree(makeRepository());
    mkdirSync(join(worktree.path, 'nested'));
    sh(join(worktree.path, 'nested'), 'init', '--quiet');
    write(worktree.path, { 'nested/x.txt': 'x', 'new.txt': 'new' });
    await commitAll(worktree, 'x', ORIGIN);
    expect(await recordEvidence(worktree)).toMatchObject({ changed_files: ['new.txt'], dirty: true });
  });

  test('no worktree at all is git_failed', async () => {
    const worktree = await makeWorktree(makeRepository());
    sh(worktree.repository, 'worktree', 'remove', '--force', worktree.path);
    await expect(recordEvidence(worktree)).rejects.toMatchObject({ code: 'git_failed' });
    await expect(commitAll(worktree, 'x', ORIGIN)).rejects.toMatchObject({ code: 'git_failed' });
  });
});
