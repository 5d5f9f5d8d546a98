import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimFolder } from '../../src/host/folder-claim.ts';
import { systemProcesses } from '../../src/runners/script/process-table.ts';
import { temporaryFolder } from './host-fixture.ts';

describe('the claim on a folder', () => {
  test('holds until it is released', async () => {
    const folder = join(await temporaryFolder(), 's-1');
    const claim = await claimFolder(folder);
    expect(claim?.folder).toBe(folder);
    expect(await claimFolder(folder)).toBeNull();
    await claim?.release();
    const again = await claimFolder(folder);
    expect(again).not.toBeNull();
    await again?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('of another living process is respected, that of a dead one is worth nothing', async () => {
    const folder = await temporaryFolder();
    const other = spawn('sleep', ['60']);
    await once(other, 'spawn');
    await writeFile(join(folder, `alive-${other.pid}-${systemProcesses().started(other.pid ?? 0)}`), '');
    expect(await claimFolder(folder)).toBeNull();
    other.kill('SIGKILL');
    await once(other, 'exit');
    const claim = await claimFolder(folder);
    expect(claim).not.toBeNull();
    expect((await readdir(folder)).length).toBe(1);
    await claim?.release();
  });

  test('of an earlier process with the same pid is worth nothing', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, `alive-${process.pid}-1`), '');
    const claim = await claimFolder(folder);
    expect(claim).not.toBeNull();
    await claim?.release();
  });
});
