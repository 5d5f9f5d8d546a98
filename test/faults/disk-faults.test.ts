/**
 * A real server whose disk fails beneath the real SQLite: it says so, shows what is durable, and loses nothing that it
 * acknowledged. When the disk is sound again, it goes on by itself.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../journal/temporary-folder.ts';
import { buildShim, FaultyServer } from './faulty-server.ts';

const PATIENCE = { timeout: 200_000, interval: 50 };
const PATIENT = { timeout: 500_000 };
const NO_COMPILER = 'a failing disk needs a C compiler to be injected';

async function started(library: string): Promise<FaultyServer> {
  const server = new FaultyServer(temporaryFolder(), library);
  onTestFinished(() => server.kill());
  await server.start();
  return server;
}

/** What was acknowledged is there after a kill -9 and a start without the shim. */
async function expectNothingLost(server: FaultyServer): Promise<void> {
  await server.kill();
  await server.start(false);
  expect(await server.lost()).toEqual([]);
}

describe('E3, R28: a disk that fails under a running server', () => {
  test.for(['eio-write', 'eio-sync', 'full'] as const)(
    '%s: writes are refused with what is wrong, reads show what is durable, it goes on by itself once the disk does, and nothing is lost',
    {
      timeout: 500_000,
    },
    async (mode, { skip }) => {
      const library = buildShim(temporaryFolder()) ?? skip(NO_COMPILER);
      const server = await started(library);
      for (let index = 0; index < 5; index += 1) expect(await server.add()).toEqual({ status: 200, code: null });
      server.disk(mode);
      await expect.poll(() => server.add(), PATIENCE).toEqual({ status: 503, code: 'journal_failed' });
      await expect.poll(() => server.tasks(), PATIENCE).toEqual(server.acknowledged.toSorted());
      server.disk('sound');
      await expect.poll(async () => (await server.add()).status, PATIENCE).toBe(200);
      await expectNothingLost(server);
    },
  );

  test('slow: everything is answered, later', { timeout: 500_000 }, async ({ skip }) => {
    const library = buildShim(temporaryFolder()) ?? skip(NO_COMPILER);
    const server = await started(library);
    server.disk('slow');
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.add()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await expectNothingLost(server);
  });
});

describe('R7: a disk that keeps nothing before it is synced', () => {
  test('loses what a program wrote without a sync: the shim does what it says', async ({ skip }) => {
    const folder = temporaryFolder();
    const library = buildShim(folder) ?? skip(NO_COMPILER);
    const file = join(folder, 'journal.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
    database.close();
    writeFileSync(join(folder, 'disk'), 'held');
    const writing = (synchronous: string): string =>
      `const { DatabaseSync } = require('node:sqlite'); const d = new DatabaseSync(${JSON.stringify(file)});
       d.exec('PRAGMA synchronous = ${synchronous}; INSERT INTO t VALUES (1)'); process.kill(process.pid, 'SIGKILL');`;
    const env = { ...process.env, LD_PRELOAD: library, DISK_SHIM: join(folder, 'disk') };
    const rowsAfter = (synchronous: string): unknown => {
      spawnSync(process.execPath, ['-e', writing(synchronous)], { env });
      const after = new DatabaseSync(file);
      const { rows } = after.prepare('SELECT count(*) AS rows FROM t').get() as { rows: number };
      after.close();
      return rows;
    };
    expect(rowsAfter('OFF')).toBe(0);
    expect(rowsAfter('FULL')).toBe(1);
  });

  test('loses nothing that the server acknowledged, however often it is killed', { timeout: 500_000 }, async ({ skip }) => {
    const library = buildShim(temporaryFolder()) ?? skip(NO_COMPILER);
    const server = new FaultyServer(temporaryFolder(), library);
    onTestFinished(() => server.kill());
    server.disk('held');
    for (let round = 1; round <= 3; round += 1) {
      await server.start();
      const adding = Array.from({ length: 8 }, async () => {
        for (;;) if ((await server.add()).status !== 200) return;
      });
      await expect.poll(() => server.acknowledged.length, PATIENCE).toBeGreaterThan(round * 50);
      await server.kill();
      await Promise.allSettled(adding);
    }
    await server.start(false);
    expect(await server.lost()).toEqual([]);
  });
});

test(
  'E3: a small disk of its own that fills up: refused, read, and on again by itself as soon as there is room',
  PATIENT,
  async ({ skip }) => {
    const disk = temporaryFolder();
    const image = join(temporaryFolder(), 'image');
    try {
      execFileSync('truncate', ['-s', '12M', image]);
      execFileSync('mkfs.ext4', ['-q', '-O', '^has_journal', image], { stdio: 'pipe' });
      execFileSync('mount', ['-o', 'loop', image, disk], { stdio: 'pipe' });
    } catch {
      skip('a small disk that fills up needs the right to mount an image');
    }
    const server = new FaultyServer(join(disk, 'project'), '');
    try {
      await server.start(false);
      for (let index = 0; index < 5; index += 1) expect(await server.add()).toEqual({ status: 200, code: null });
      const hog = join(disk, 'hog');
      fill(hog);
      await expect.poll(() => server.add(), PATIENCE).toEqual({ status: 503, code: 'journal_failed' });
      await expect.poll(() => server.tasks(), PATIENCE).toEqual(server.acknowledged.toSorted());
      rmSync(hog);
      await expect.poll(async () => (await server.add()).status, PATIENCE).toBe(200);
      await expectNothingLost(server);
    } finally {
      await server.kill();
      execFileSync('umount', ['-l', disk]);
    }
  },
);

/** Writes until there is no room left. */
function fill(file: string): void {
  const open = openSync(file, 'w');
  try {
    for (const block of [65_536, 4096, 512]) {
      try {
        for (;;) writeSync(open, Buffer.alloc(block));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(open);
  }
}

test('a data folder that cannot be written: refused at the start, with the reason', { timeout: 300_000 }, ({ skip }) => {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    skip('a read-only folder needs the right to mount one');
  }
  try {
    const main = join(import.meta.dirname, '../../src/main.ts');
    const { status, stderr } = spawnSync(process.execPath, [main, 'up', '--port', '0', '--data', join(folder, 'data')], {
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/read-only|EROFS/i);
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
});
