import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { smallDisk } from '../workspace/workspace-fixture.ts';
import { makeRepository } from './repository-fixture.ts';
import { resultOf, TestBed, told } from './test-bed.ts';

const NO_DISK = 'a small file system can only be mounted by root';

describe('a full disk under the worktree', { timeout: 180_000 }, () => {
  test('a repository that does not fit: the task has failed with worktree_failed, and the worker goes on', async ({ skip }) => {
    const disk = await smallDisk('2m');
    if (disk === null) return skip(NO_DISK);
    const large = await makeRepository({ 'large.txt': 'x'.repeat(4_000_000) });
    const small = await makeRepository();
    const bed = await TestBed.make();
    const tooLarge = await bed.add('true', { spec: { repository: large.folder } });
    const fits = await bed.add('echo fits > fits.txt', { spec: { repository: small.folder } });
    const worker = bed.worker('w-1', { data_folder: join(disk, 'workers') });
    const failed = resultOf(await bed.untilTask(tooLarge, 'failed'));
    expect(failed).toMatchObject({ outcome: 'failed', exit_code: null, error: { code: 'worktree_failed' } });
    expect(resultOf(await bed.untilTask(fits, 'completed')).changed_files).toEqual(['fits.txt']);
    expect(await large.git('worktree', 'list')).not.toContain(disk);
    expect(await large.git('branch', '--list', 'tutti/*')).toBe('');
    return expect((await worker.stop()).end).toBe('stopped');
  });

  test('a run that fills it: every task fails with a clear code, and the worker goes on once there is room again', async ({ skip }) => {
    const disk = await smallDisk('2m');
    if (disk === null) return skip(NO_DISK);
    const bed = await TestBed.make();
    const filling = await bed.add('dd if=/dev/zero of=big bs=65536 count=100; seq 1 100000');
    const worker = bed.worker('w-1', { data_folder: join(disk, 'workers') });
    const task = await bed.untilTask(filling, 'failed', 'completed');
    expect(task.status).toBe('failed');
    expect(resultOf(task).error?.code).toBe('evidence_unwritable');
    const meanwhile = await bed.untilTask(await bed.add('seq 1 100000'), 'failed');
    expect(['evidence_unwritable', 'worktree_failed']).toContain(resultOf(meanwhile).error?.code);
    for (const { code } of told(worker, 'warning')) expect(code).toBe('evidence_unwritable');
    await rm(join(disk, 'workers', 'w-1', 'scratch'), { recursive: true });
    await mkdir(join(disk, 'workers', 'w-1', 'scratch'));
    expect(resultOf(await bed.untilTask(await bed.add('echo room again'), 'completed')).tail).toBe('room again');
    return expect(await worker.stop()).toMatchObject({ end: 'stopped', completed: 1, failed: 2, undelivered: 0 });
  });
});
