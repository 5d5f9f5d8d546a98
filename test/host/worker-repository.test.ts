import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRepository, type TestRepository } from './repository-fixture.ts';
import { httpOnly, resultOf, runGate, TestBed, told, until } from './test-bed.ts';
import { startProcess } from './worker-child.ts';

/** The parked refs of a repository, with what each holds. */
async function parked(repository: TestRepository): Promise<string[]> {
  const refs = await repository.git('for-each-ref', '--format=%(refname)', 'refs/tutti/parked');
  return refs === '' ? [] : refs.split('\n');
}

describe('a task in a repository', { timeout: 180_000 }, () => {
  test('runs in a worktree and branch of its own; what it leaves is committed and bound to its evidence', async () => {
    const repository = await makeRepository({ 'README.md': 'one\n', 'old.txt': 'a\nb\n' });
    const base = await repository.git('rev-parse', 'HEAD');
    const bed = await TestBed.make();
    const id = await bed.add('pwd; echo two >> README.md; rm old.txt; mkdir lib; echo new > lib/new.txt', {
      title: 'Improve the text',
      spec: { repository: repository.folder },
    });
    const worker = bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'completed'));
    expect(result).toMatchObject({
      outcome: 'completed',
      branch: `tutti/${id}/1`,
      base_commit: base,
      changed_files: ['README.md', 'lib/new.txt', 'old.txt'],
      changed_files_total: 3,
      insertions: 2,
      deletions: 2,
    });
    expect(await repository.git('rev-parse', result.branch ?? '')).toBe(result.commit);
    expect(await repository.git('rev-parse', 'main')).toBe(base);
    const message = await repository.git('log', '-1', '--format=%B', result.commit ?? '');
    expect(message).toContain('Improve the text');
    expect(message).toContain(`Tutti-Task: ${id}`);
    expect(message).toContain('Tutti-Session: w-1');
    expect(result.tail).toContain(result.folder ?? 'no folder');
    await worker.stop();
    expect(await readdir(join(bed.data, 'w-1', 'worktrees'))).toEqual([]);
    expect(await repository.git('worktree', 'list')).not.toContain(bed.data);
    // No other branch has the commit, so a ref beside the branch keeps it too.
    expect(await repository.git('rev-parse', told(worker, 'kept')[0]?.ref ?? '')).toBe(result.commit);
    expect(await readdir(join(bed.data, 'w-1', 'runs'))).toEqual([]);
  });

  test('that changes nothing makes no commit', async () => {
    const repository = await makeRepository();
    const base = await repository.git('rev-parse', 'HEAD');
    const bed = await TestBed.make();
    const id = await bed.add('true', { spec: { repository: repository.folder, merge_into: 'results' } });
    bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'completed'));
    expect(result).toMatchObject({ commit: base, base_commit: base, changed_files: [], changed_files_total: 0 });
    expect(result.merge_commit).toBeUndefined();
    expect(await repository.git('branch', '--list', 'results')).toBe('');
  });

  test('starts from the base that it names', async () => {
    const repository = await makeRepository();
    await repository.git('tag', 'v1');
    await repository.commit({ 'later.txt': 'later\n' });
    const bed = await TestBed.make();
    const id = await bed.add('ls', { spec: { repository: repository.folder, base: 'v1' } });
    bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'completed'));
    expect(result.base_commit).toBe(await repository.git('rev-parse', 'v1'));
    expect(result.tail).not.toContain('later.txt');
  });

  test('merge_into collects the work of several tasks, each on its own branch', async () => {
    const repository = await makeRepository();
    const bed = await TestBed.make();
    const spec = { repository: repository.folder, merge_into: 'results' };
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await bed.add(`echo ${name} > ${name}.txt`, { spec }));
    const worker = bed.worker('w-1', { slots: 4 });
    for (const id of ids) {
      const result = resultOf(await bed.untilTask(id, 'completed'));
      expect(result.merged_into).toBe('results');
      await repository.git('merge-base', '--is-ancestor', result.commit ?? '', 'results');
      await repository.git('merge-base', '--is-ancestor', result.merge_commit ?? '', 'results');
    }
    expect(await repository.git('ls-tree', '--name-only', 'results')).toBe('README.md\na.txt\nb.txt\nc.txt\nd.txt');
    expect(told(worker, 'merged').length).toBe(4);
    await worker.stop();
    expect(await parked(repository)).toEqual([]);
    expect(await repository.git('ls-tree', '--name-only', 'main')).toBe('README.md');
  });

  test('a conflict fails the task, names the files and keeps the branch', async () => {
    const repository = await makeRepository({ 'README.md': 'one\n' });
    await repository.git('branch', 'results');
    await repository.git('switch', '-q', 'results');
    const tip = await repository.commit({ 'README.md': 'theirs\n' });
    await repository.git('switch', '-q', 'main');
    const bed = await TestBed.make();
    const id = await bed.add('echo ours > README.md', { spec: { repository: repository.folder, merge_into: 'results' } });
    const worker = bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'failed'));
    expect(result).toMatchObject({ outcome: 'failed', exit_code: 0, error: { code: 'merge_conflict' }, conflicting_files: ['README.md'] });
    expect(await repository.git('rev-parse', 'results')).toBe(tip);
    expect(await repository.git('show', `${result.branch}:README.md`)).toBe('ours');
    await worker.stop();
    expect(await repository.git('branch', '--list', result.branch ?? '')).toContain(result.branch);
  });

  test('E10, C12: what a person approves is merged by a task of its own, once; a conflict fails it and a later approval tries again', async () => {
    const repository = await makeRepository({ 'README.md': 'one\n' });
    const bed = await TestBed.make();
    const spec = { repository: repository.folder };
    const ids = [await bed.add('echo a > a.txt', { spec }), await bed.add('echo ours > README.md', { spec })] as const;
    bed.worker('w-1');
    for (const id of ids) await bed.untilTask(id, 'completed');
    const approve = (task_id: string) => bed.client.call('task.review', { task_id, verdict: 'approve', into: 'approved' });
    const { follow_up } = await approve(ids[0]);
    expect(follow_up).toBe(`${ids[0]}-merge`);
    const merged = resultOf(await bed.untilTask(`${ids[0]}-merge`, 'completed'));
    expect(merged).toMatchObject({ outcome: 'completed', merged_into: 'approved' });
    expect(await repository.git('ls-tree', '--name-only', 'approved')).toBe('README.md\na.txt');
    expect(await approve(ids[0])).toMatchObject({ follow_up });
    await repository.git('switch', '-q', 'approved');
    await repository.commit({ 'README.md': 'theirs\n' });
    await repository.git('switch', '-q', 'main');
    await approve(ids[1]);
    const conflict = resultOf(await bed.untilTask(`${ids[1]}-merge`, 'failed'));
    expect(conflict).toMatchObject({ error: { code: 'merge_conflict' }, conflicting_files: ['README.md'] });
    await repository.git('switch', '-q', 'approved');
    await repository.commit({ 'README.md': 'one\n' });
    await repository.git('switch', '-q', 'main');
    await approve(ids[1]);
    await bed.untilTask(`${ids[1]}-merge`, 'completed');
    expect(await repository.git('show', 'approved:README.md')).toBe('ours');
    const { history } = await bed.client.call('task.show', { task_id: ids[1] });
    expect(history.filter(({ action }) => action === 'reviewed')).toHaveLength(2);
  });

  test('a branch that is checked out is not moved: the task fails and says so', async () => {
    const repository = await makeRepository();
    const tip = await repository.git('rev-parse', 'main');
    const bed = await TestBed.make();
    const id = await bed.add('echo x > x.txt', { spec: { repository: repository.folder, merge_into: 'main' } });
    bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'failed'));
    expect(result).toMatchObject({ error: { code: 'branch_checked_out' }, exit_code: 0 });
    expect(await repository.git('rev-parse', 'main')).toBe(tip);
  });

  test('F2: a worker whose lease is stale does not merge, even when it has not heard of it', async () => {
    const repository = await makeRepository();
    const bed = await TestBed.make();
    const gate = await runGate();
    const id = await bed.add(`echo begun; ${gate.wait}; echo x > x.txt`, {
      spec: { repository: repository.folder, merge_into: 'results' },
    });
    const worker = bed.worker('w-1', { heartbeat_ms: 60_000, transport: httpOnly });
    await until(() => told(worker, 'output').length > 0);
    await bed.client.call('task.cancel', { task_id: id });
    await gate.open();
    const revoked = await until(() => told(worker, 'revoked')[0]);
    expect(revoked.reason).toContain('cancelled');
    expect(told(worker, 'merged')).toEqual([]);
    expect(await repository.git('branch', '--list', 'results')).toBe('');
    // Its work is not lost: it was committed to the task's own branch.
    expect(await repository.git('show', `tutti/${id}/1:x.txt`)).toBe('x');
  });

  test('a repository without commits, one that is none, an unknown base: failed with a code, and the worker goes on', async () => {
    const empty = await makeRepository(null);
    const repository = await makeRepository();
    const bed = await TestBed.make();
    const specs = [
      [{ repository: empty.folder }, 'repository_unusable'],
      [{ repository: join(empty.folder, 'nowhere') }, 'repository_unusable'],
      [{ repository: repository.folder, base: 'no-such-branch' }, 'base_unknown'],
      [{ repository: 7 }, 'invalid_input'],
      [{ merge_into: 'results' }, 'invalid_input'],
    ] as const;
    const ids: string[] = [];
    for (const [spec] of specs) ids.push(await bed.add('true', { spec }));
    const good = await bed.add('true', { spec: { repository: repository.folder } });
    const worker = bed.worker('w-1');
    await bed.untilTask(good, 'completed');
    for (const [index, id] of ids.entries()) {
      expect(resultOf(await bed.task(id))).toMatchObject({ outcome: 'failed', exit_code: null, error: { code: specs[index]?.[1] } });
    }
    expect((await worker.stop()).failed).toBe(specs.length);
  });

  test('never begins on the branch that a task of the same name left, as one of another log does', async () => {
    const repository = await makeRepository();
    await repository.git('branch', 'tutti/build-001/1');
    await repository.git('switch', '-q', 'tutti/build-001/1');
    const tip = await repository.commit({ 'foreign.txt': 'x\n' });
    await repository.git('switch', '-q', 'main');
    const bed = await TestBed.make();
    const id = await bed.add('ls; echo mine > mine.txt', { spec: { repository: repository.folder } });
    expect(id).toBe('build-001');
    bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'completed'));
    expect(result.branch).not.toBe('tutti/build-001/1');
    expect(result.tail).not.toContain('foreign.txt');
    expect(await repository.git('rev-parse', 'tutti/build-001/1')).toBe(tip);
    expect(await repository.git('show', `${result.branch}:mine.txt`)).toBe('mine');
  });
});

describe('F7: no work is lost', { timeout: 180_000 }, () => {
  test('what a failed run left is on its branch', async () => {
    const repository = await makeRepository();
    const bed = await TestBed.make();
    const id = await bed.add('echo half > half.txt; exit 1', { spec: { repository: repository.folder } });
    bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'failed'));
    expect(result).toMatchObject({ error: { code: 'script_failed' }, changed_files: ['half.txt'] });
    expect(await repository.git('show', `${result.branch}:half.txt`)).toBe('half');
  });

  test('what a run had done when its task was cancelled is parked', async () => {
    const repository = await makeRepository({ 'README.md': 'one\n' });
    const bed = await TestBed.make({ heartbeat_interval: 0.6 });
    const id = await bed.add('echo changed > README.md; echo new > new.txt; echo ready; sleep 600', {
      spec: { repository: repository.folder },
    });
    const worker = bed.worker('w-1');
    await until(() => told(worker, 'output').length > 0);
    await bed.client.call('task.cancel', { task_id: id });
    const kept = await until(() => told(worker, 'kept')[0]);
    expect(kept).toMatchObject({ task_id: id, folder: null });
    expect(await parked(repository)).toEqual([kept.ref]);
    expect(await repository.git('show', `${kept.ref}:README.md`)).toBe('changed');
    expect(await repository.git('show', `${kept.ref}:new.txt`)).toBe('new');
  });

  test('what a run had done when its worker left is parked, and the next attempt starts afresh', async () => {
    const repository = await makeRepository();
    const bed = await TestBed.make();
    const id = await bed.add('ls; echo one > one.txt; echo ready; test "$TUTTI_ATTEMPT" = 2 || sleep 600', {
      spec: { repository: repository.folder },
    });
    const first = bed.worker('w-1');
    await until(() => told(first, 'output').some((event) => event.text.includes('ready')));
    expect((await first.stop()).released).toEqual([id]);
    expect(await repository.git('show', `${(await parked(repository))[0]}:one.txt`)).toBe('one');
    bed.worker('w-2');
    const result = resultOf(await bed.untilTask(id, 'completed'));
    expect(result).toMatchObject({ branch: `tutti/${id}/2`, changed_files: ['one.txt'] });
  });

  test('what the run of a killed worker left is parked by the next worker', async () => {
    const repository = await makeRepository();
    const bed = await TestBed.make();
    await bed.add('echo one > one.txt; echo ready; sleep 600', { spec: { repository: repository.folder } });
    const killed = startProcess(bed, 'w-killed');
    await until(() => killed.lines.some((line) => line.kind === 'output'));
    killed.kill('SIGKILL');
    await killed.exited;
    const next = bed.worker('w-next');
    const kept = await until(() => told(next, 'kept')[0]);
    expect(await repository.git('show', `${kept.ref}:one.txt`)).toBe('one');
    expect(await readdir(join(bed.data, 'w-killed', 'worktrees'))).toEqual([]);
  });

  test('a run that ends in the middle of a merge has failed; everything is parked', async () => {
    const repository = await makeRepository({ 'README.md': 'one\n' });
    await repository.git('switch', '-q', '-c', 'other');
    await repository.commit({ 'README.md': 'other\n' });
    await repository.git('switch', '-q', 'main');
    const bed = await TestBed.make();
    // Whoever has told git no name cannot begin a merge either.
    const named = 'git -c user.name=x -c user.email=x@x';
    const merge = `${named} commit -qam mine; ${named} merge other; echo more > more.txt; true`;
    const id = await bed.add(`echo mine > README.md; ${merge}`, { spec: { repository: repository.folder } });
    const worker = bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'failed'));
    expect(result).toMatchObject({ exit_code: 0, error: { code: 'worktree_unfinished' } });
    const kept = await until(() => told(worker, 'kept')[0]);
    expect(await repository.git('show', `${kept.ref}:more.txt`)).toBe('more');
  });

  test('a scratch folder with files stays, an empty one goes', async () => {
    const bed = await TestBed.make();
    const full = await bed.add('echo result > result.txt');
    const empty = await bed.add('true');
    const worker = bed.worker('w-1');
    await bed.untilTask(full, 'completed');
    await bed.untilTask(empty, 'completed');
    await worker.stop();
    const kept = told(worker, 'kept');
    expect(kept).toMatchObject([{ task_id: full, ref: null }]);
    expect(await readdir(kept[0]?.folder ?? '')).toEqual(['result.txt']);
    expect((await readdir(join(bed.data, 'w-1', 'scratch'))).length).toBe(1);
  });

  test('a worktree that somebody locked stays where it is', async () => {
    const repository = await makeRepository();
    const bed = await TestBed.make();
    const id = await bed.add('git worktree lock "$PWD"; echo x > x.txt', { spec: { repository: repository.folder } });
    const worker = bed.worker('w-1');
    const result = resultOf(await bed.untilTask(id, 'completed'));
    const kept = await until(() => told(worker, 'kept')[0]);
    expect(kept).toMatchObject({ ref: null, folder: result.folder });
    expect(await readdir(kept.folder ?? '')).toContain('x.txt');
    await writeFile(join(kept.folder ?? '', 'y.txt'), 'y');
    await repository.git('worktree', 'unlock', kept.folder ?? '');
  });
});
