/** When the disk, another program or the thread stops a write, nothing is acknowledged any more, and the next handle goes on. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Journal } from '../../src/journal/journal.ts';
import { assertSqliteVersion } from '../../src/journal/sqlite/database.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import type { FailureReport } from './append-until-failure.ts';
import { sampleChunk } from './sample-chunks.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('./append-until-failure.ts', import.meta.url));

/** Preloaded into a process, it lets forty syncs pass and fails every later one, as a dying disk does. */
const FAILING_SYNC = `
  #include <errno.h>
  #include <sys/syscall.h>
  #include <unistd.h>
  static int passed = 0;
  static int sync_with(long call, int file) {
    if (__atomic_fetch_add(&passed, 1, __ATOMIC_SEQ_CST) < 40) return syscall(call, file);
    errno = EIO;
    return -1;
  }
  int fdatasync(int file) { return sync_with(SYS_fdatasync, file); }
  int fsync(int file) { return sync_with(SYS_fsync, file); }
`;

async function opened(folder: string): Promise<Journal> {
  const journal = await openSqliteJournal({ folder });
  onTestFinished(() => journal.close());
  return journal;
}

function expectRefused(report: FailureReport): void {
  expect(report.acknowledged).toBeGreaterThan(0);
  expect(report.codes).toEqual(['journal_failed', 'journal_failed', 'journal_failed', 'journal_failed']);
  expect(report.later).toBe('journal_failed');
}

/** Opens the journal once more: everything acknowledged is there, and it takes appends again. */
async function expectIntact(folder: string, report: FailureReport): Promise<void> {
  const journal = await openSqliteJournal({ folder });
  try {
    expect(journal.head.seq).toBeGreaterThanOrEqual(report.acknowledged);
    expect((await journal.verify()).damage).toBeNull();
    await journal.append(sampleChunk(journal.head.seq + 1, 1));
  } finally {
    await journal.close();
  }
}

describe('a disk that takes no more', () => {
  test('full: what waits is refused, what was acknowledged stays, and with space it goes on', async ({ skip }) => {
    const disk = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      skip('a small full disk needs the right to mount one');
    }
    try {
      const folder = join(disk, 'data');
      const report = JSON.parse(execFileSync(process.execPath, [PROGRAM, folder], { encoding: 'utf8' })) as FailureReport;
      expectRefused(report);
      expect(report.reason).toContain('full');
      execFileSync('mount', ['-o', 'remount,size=16m', disk]);
      await expectIntact(folder, report);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  test('refusing to write: the same, whatever the reason', async () => {
    const folder = temporaryFolder();
    const limited = `ulimit -f 2000 && exec "${process.execPath}" "${PROGRAM}" "${folder}"`;
    const report = JSON.parse(execFileSync('sh', ['-c', limited], { encoding: 'utf8' })) as FailureReport;
    expectRefused(report);
    expect(report.reason).toContain('I/O');
    await expectIntact(folder, report);
  });
});

describe('a disk that reports a failed sync', () => {
  test('R28: the append is refused, no later one is tried, and what was acknowledged stays', async ({ skip }) => {
    const folder = temporaryFolder();
    const library = join(folder, 'failing-sync.so');
    try {
      execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-o', library, '-'], { input: FAILING_SYNC, stdio: ['pipe', 'pipe', 'pipe'] });
    } catch {
      skip('a failing sync needs a C compiler to be injected');
    }
    const data = join(folder, 'data');
    const env = { ...process.env, LD_PRELOAD: library };
    const report = JSON.parse(execFileSync(process.execPath, [PROGRAM, data], { encoding: 'utf8', env })) as FailureReport;
    expectRefused(report);
    expect(report.reason).toContain('I/O');
    await expectIntact(data, report);
  });
});

describe('a writer that is stopped', () => {
  test('by another program that holds the database: journal_failed', async () => {
    const folder = temporaryFolder();
    const journal = await openSqliteJournal({ folder });
    await journal.append(sampleChunk(1, 1));
    const other = new DatabaseSync(join(folder, 'journal.db'));
    other.exec('BEGIN IMMEDIATE');
    const appends = await Promise.allSettled([2, 3, 4].map((seq) => journal.append(sampleChunk(seq, 1))));
    for (const append of appends) {
      expect(append).toMatchObject({ status: 'rejected', reason: { code: 'journal_failed', params: { reason: 'database is locked' } } });
    }
    other.close();
    await expect(journal.append(sampleChunk(2, 1))).rejects.toMatchObject({ code: 'journal_failed' });
    expect((await journal.chunkAt(1))?.last_seq).toBe(1);
    await journal.close();

    const next = await opened(folder);
    expect(next.head.seq).toBe(1);
    await next.append(sampleChunk(2, 1));
  });

  test('by the end of its thread: what waits rejects, and so does what is asked later', async () => {
    const folder = temporaryFolder();
    let thread: Worker | undefined;
    process.once('worker', (worker) => {
      thread = worker;
    });
    const journal = await openSqliteJournal({ folder });
    await journal.append(sampleChunk(1, 1));
    const waiting = journal.append(sampleChunk(2, 20, 'z'.repeat(1 << 20)));
    const [append] = await Promise.all([Promise.allSettled([waiting]), thread?.terminate()]);
    expect(append[0]).toMatchObject({ status: 'rejected', reason: { code: 'journal_failed' } });
    await expect(journal.append(sampleChunk(22, 1))).rejects.toMatchObject({ code: 'journal_failed' });
    await expect(journal.verify()).rejects.toMatchObject({ code: 'journal_failed' });
    await journal.close();

    const next = await opened(folder);
    expect([1, 21]).toContain(next.head.seq);
    await next.append(sampleChunk(next.head.seq + 1, 1));
  });

  test('by a chunk that cannot be sent: journal_failed', async () => {
    const journal = await opened(temporaryFolder());
    const unsendable = { ...sampleChunk(1, 1), retired: [(() => 1) as never] };
    await expect(journal.append(unsendable)).rejects.toMatchObject({ code: 'journal_failed' });
    await expect(journal.append(sampleChunk(1, 1))).rejects.toMatchObject({ code: 'journal_failed' });
    expect(journal.head.seq).toBe(0);
  });
});

describe('a folder that cannot be opened', () => {
  test('written by a newer Tutti: refused with both formats, and left as it was', async () => {
    const folder = temporaryFolder();
    await (await openSqliteJournal({ folder })).close();
    const database = new DatabaseSync(join(folder, 'journal.db'));
    database.exec("UPDATE meta SET value = 7 WHERE key = 'format'");
    database.close();
    await expect(openSqliteJournal({ folder })).rejects.toMatchObject({ code: 'journal_version', params: { found: 7, known: 2 } });
    // Not journal_locked: a refused opening frees the folder.
    await expect(openSqliteJournal({ folder })).rejects.toMatchObject({ code: 'journal_version' });
  });

  test('a database that is not a journal is refused as damaged', async () => {
    const folder = temporaryFolder();
    const database = new DatabaseSync(join(folder, 'journal.db'));
    database.exec('CREATE TABLE other (id INTEGER)');
    database.close();
    await expect(openSqliteJournal({ folder })).rejects.toMatchObject({ code: 'journal_damaged' });
  });

  test('a journal of format 1 opens, as its tables are frozen here', async () => {
    const folder = temporaryFolder();
    const database = new DatabaseSync(join(folder, 'journal.db'));
    database.exec(`
      CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE chunks ( first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, time INTEGER NOT NULL, hash BLOB NOT NULL,
        retired TEXT, text TEXT NOT NULL ) STRICT;
      CREATE TABLE retired_tasks ( id TEXT PRIMARY KEY, status TEXT NOT NULL, content_hash TEXT NOT NULL,
        last_seq INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
      INSERT INTO meta VALUES ('journal_id', 'journal-of-format-1'), ('format', 1), ('created', 0);
      INSERT INTO chunks VALUES (1, 2, 1790000000000, x'b495b3ccfb57a304308bf49dac24ec3a0491d0b7e8fa3f5b4762d552aaa0dd5b',
        '[["build-001","completed","abc",2]]', '[{"seq":1},\n{"seq":2}]');
      INSERT INTO retired_tasks VALUES ('build-001', 'completed', 'abc', 2);`);
    database.close();
    const journal = await opened(folder);
    expect(journal.id).toBe('journal-of-format-1');
    expect(await journal.verify()).toMatchObject({ chunks: 1, damage: null });
  });

  test('a file in its place: journal_failed', async () => {
    const folder = join(temporaryFolder(), 'data');
    writeFileSync(folder, 'not a folder');
    await expect(openSqliteJournal({ folder })).rejects.toMatchObject({ code: 'journal_failed' });
  });

  test('R26: a SQLite that can lose commits is refused', () => {
    for (const version of ['3.51.2', '3.50.4', '3.7.0', '2.8.17']) {
      expect(() => assertSqliteVersion(version)).toThrow(expect.objectContaining({ code: 'sqlite_unsafe' }));
    }
    for (const version of ['3.51.3', '3.52.0', '3.100.0', '4.0.0']) expect(() => assertSqliteVersion(version)).not.toThrow();
  });
});

test('R26: what is written while another connection copies the write-ahead log back, so that it begins anew, is all there', async () => {
  const folder = temporaryFolder();
  const journal = await openSqliteJournal({ folder });
  const other = new DatabaseSync(join(folder, 'journal.db'));
  // Passive: it waits for nobody, and nobody for it.
  const copyBack = (): unknown => other.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
  try {
    for (let seq = 1; seq <= 400; seq += 4) {
      const writing = Promise.all([0, 1, 2, 3].map((more) => journal.append(sampleChunk(seq + more, 1, 'y'.repeat(20_000)))));
      copyBack();
      await writing;
    }
    expect(copyBack()).toMatchObject({ busy: 0 });
  } finally {
    other.close();
    await journal.close();
  }
  const again = await opened(folder);
  expect(again.head.seq).toBe(400);
  expect(await again.verify()).toMatchObject({ chunks: 400, damage: null });
});

test('the folder and its files are for their owner only', async () => {
  const folder = join(temporaryFolder(), 'above', 'data');
  const journal = await opened(folder);
  await journal.append(sampleChunk(1, 1));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const files = readdirSync(folder);
  expect(files).toEqual(expect.arrayContaining(['journal.db', 'journal.db-wal', 'lock.db', 'lock.json']));
  for (const file of files) expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
});

describe('E3: files that are removed or replaced beneath the journal', () => {
  test.each(['journal.db', 'journal.db-wal'])('%s removed: nothing more is acknowledged', async (name) => {
    const folder = temporaryFolder();
    const journal = await opened(folder);
    await journal.append(sampleChunk(1, 1));
    rmSync(join(folder, name));
    await expect(journal.append(sampleChunk(2, 1))).rejects.toMatchObject({
      code: 'journal_removed',
      params: { file: join(folder, name) },
    });
    await expect(journal.append(sampleChunk(3, 1))).rejects.toMatchObject({ code: 'journal_removed' });
  });

  test('a copy in its place: nothing more is acknowledged', async () => {
    const folder = temporaryFolder();
    const journal = await opened(folder);
    await journal.append(sampleChunk(1, 1));
    const file = join(folder, 'journal.db');
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
    await expect(journal.append(sampleChunk(2, 1))).rejects.toMatchObject({ code: 'journal_removed', params: { file } });
  });
});
