/** Tools that write logs on a disk that is full: each says so in its own words, and nothing is lost or left behind. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archiveEvents } from '../../src/travel/archive-log.ts';
import { exportToFile, importFromFile } from '../../src/travel/log-files.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

const NOW = 2_000_000_000_000;

/** Runs with a small disk of its own, which holds this folder's files and nothing more. */
async function onFullDisk(files: string, run: (folder: string, makeRoom: () => void) => Promise<void>): Promise<boolean> {
  const disk = testFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    return false;
  }
  try {
    const folder = join(disk, 'log');
    mkdirSync(folder);
    cpSync(files, folder, { recursive: true });
    const hog = join(disk, 'hog');
    for (let more = true, part = 0; more; part += 1) {
      try {
        writeFileSync(`${hog}-${part}`, Buffer.alloc(4096));
      } catch {
        more = false;
      }
    }
    const makeRoom = (): void => {
      for (const name of readdirSync(disk)) if (name.startsWith('hog')) rmSync(join(disk, name));
    };
    await run(folder, makeRoom);
    return true;
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}

test('E3: import and archive on a full disk say so in their own words; once there is room, they go on', async ({ skip }) => {
  const source = testFolder();
  const engine = await engineOn(source, { settings: { finished_in_memory: 1 } });
  await liveALittle(engine, 90);
  const { head } = engine.engine.feed;
  await engine.close();
  const file = join(testFolder(), 'log.jsonl');
  await exportToFile({ folder: source, swarm: 'test', now: NOW }, file);
  const ran = await onFullDisk(source, async (folder, makeRoom) => {
    const place = { folder, swarm: 'test', now: NOW };
    const verified = await logTools(() => NOW).verifyLog(place);
    const fresh = join(folder, 'fresh');
    const request = { folder: fresh, swarm: 'test', file, same: false, keep_intact: false };
    const refused = { code: 'log_not_written', params: { file: fresh, reason: expect.stringMatching(/full|space/) as unknown } };
    await expect(importFromFile(request)).rejects.toMatchObject(refused);
    const left = (existsSync(fresh) ? readdirSync(fresh) : []).filter((name) => name !== 'lock.db');
    expect(left).toEqual([]);
    await expect(archiveEvents(place, 200)).rejects.toMatchObject({
      code: 'archive_failed',
      params: { reason: expect.stringMatching(/full|space/) as unknown },
    });
    expect(await logTools(() => NOW).verifyLog(place)).toEqual(verified);
    makeRoom();
    expect((await importFromFile(request)).head.seq).toBe(head);
    expect((await archiveEvents(place, 200)).moved).toBeGreaterThan(100);
  });
  if (!ran) skip('a small disk needs the right to mount one');
});
