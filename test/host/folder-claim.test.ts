import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimFolder, type FolderClaim } from '../../src/host/folder-claim.ts';
import { systemProcesses } from '../../src/runners/process/process-table.ts';
import { temporaryFolder } from './host-fixture.ts';

async function claimed(folder: string): Promise<FolderClaim> {
  const claim = await claimFolder(folder);
  if (typeof claim === 'string') throw new Error(`the folder is ${claim}`);
  return claim;
}

describe('the claim on a folder', () => {
  test('holds until it is released', async () => {
    const folder = join(await temporaryFolder(), 's-1');
    const claim = await claimed(folder);
    expect(claim.folder).toBe(folder);
    expect(await claimFolder(folder)).toBe('held');
    await claim.release();
    await (await claimed(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('of another living process is respected, that of a dead one is worth nothing', async () => {
    const folder = await temporaryFolder();
    const other = spawn('sleep', ['60']);
    await once(other, 'spawn');
    await writeFile(join(folder, `alive-${other.pid}-${systemProcesses().started(other.pid ?? 0)}-1`), '');
    expect(await claimFolder(folder)).toBe('held');
    other.kill('SIGKILL');
    await once(other, 'exit');
    const claim = await claimed(folder);
    expect((await readdir(folder)).length).toBe(1);
    await claim.release();
  });

  test('of an earlier process with the same pid is worth nothing', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, `alive-${process.pid}-1-1`), '');
    const claim = await claimed(folder);
    expect(await readdir(folder)).not.toContain(`alive-${process.pid}-1-1`);
    await claim.release();
  });

  test('of two that claim at once at most one holds', async () => {
    const folder = await temporaryFolder();
    const claims = await Promise.all([claimFolder(folder), claimFolder(folder), claimFolder(folder)]);
    const held = claims.filter((claim) => typeof claim !== 'string');
    expect(held.length).toBeLessThanOrEqual(1);
    for (const claim of held) await claim.release();
  });
});
