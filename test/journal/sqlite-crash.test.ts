/** What was acknowledged survives kill -9: chunks are whole or absent, and the folder is free for the next process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('./append-until-killed.ts', import.meta.url));

/** Starts the appending process. It is killed at the end of the test at the latest. */
function startAppending(folder: string, size: number, inFlight: number): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, folder, String(size), String(inFlight)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  return child;
}

/** Lets it acknowledge so many chunks, kills it, and tells the last event it acknowledged. */
async function killAfter(child: ChildProcess, chunks: number): Promise<number> {
  if (child.stdout === null) throw new Error('the child has no output');
  let acknowledged = 0;
  let lines = 0;
  // To the end of the output, not only to the kill: what it printed before it died was acknowledged too.
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Math.max(acknowledged, Number(line));
    lines += 1;
    if (lines === chunks) child.kill('SIGKILL');
  }
  return acknowledged;
}

/** SQLite's write-ahead log: a header with the size of a page, and a shorter one before each page; both have the salts of their round. */
const WAL = { header: 32, page_size: 8, salts: 16, frame_header: 24, frame_salts: 8, salt_bytes: 8 };

/** Where each page begins that was written since the log last began anew: what stands behind them is of an earlier round. */
function framesIn(file: string): number[] {
  const log = readFileSync(file);
  const frame = WAL.frame_header + log.readUInt32BE(WAL.page_size);
  const salts = log.subarray(WAL.salts, WAL.salts + WAL.salt_bytes);
  const begin: number[] = [];
  for (let at = WAL.header; at + frame <= log.length; at += frame) {
    const from = at + WAL.frame_salts;
    if (!log.subarray(from, from + WAL.salt_bytes).equals(salts)) break;
    begin.push(at);
  }
  return begin;
}

test.each([
  [1, 1, 40],
  [10, 8, 300],
  [200, 64, 500],
])(
  'chunks of %i, %i in flight: killed again and again, nothing acknowledged is lost',
  { timeout: 180_000 },
  async (size, inFlight, chunks) => {
    const folder = temporaryFolder();
    for (let round = 1; round <= 4; round += 1) {
      const acknowledged = await killAfter(startAppending(folder, size, inFlight), chunks * round);
      const journal = await openSqliteJournal({ folder });
      expect(journal.readOnly).toBeNull();
      expect(journal.head.seq).toBeGreaterThanOrEqual(acknowledged);
      let seq = 0;
      for await (const chunk of journal.read(1)) {
        expect(chunk.first_seq).toBe(seq + 1);
        expect(chunk.last_seq).toBe(seq + size);
        expect((JSON.parse(chunk.text) as unknown[]).length).toBe(size);
        seq = chunk.last_seq;
      }
      expect(seq).toBe(journal.head.seq);
      expect((await journal.verify()).damage).toBeNull();
      expect((await journal.retired([`task-${seq - size + 1}`])).size).toBe(1);
      await journal.close();
    }
  },
);

test('a second process is refused with the pid of the first, and free to start once that is killed', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  const child = startAppending(folder, 1, 1);
  if (child.stdout === null) throw new Error('the child has no output');
  await once(child.stdout, 'data');
  const failure: unknown = await openSqliteJournal({ folder }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'journal_locked',
    params: { folder, pid: child.pid, since: expect.stringMatching(/^\d{4}-/) },
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const journal = await openSqliteJournal({ folder });
  expect(journal.head.seq).toBeGreaterThan(0);
  await journal.close();
});

test('a write-ahead log that lost its end: what is left is whole, and the witness tells', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder();
  // Killed just when the log had begun anew, it would have next to nothing to lose.
  do await killAfter(startAppending(folder, 10, 4), 200);
  while (framesIn(join(folder, 'journal.db-wal')).length < 40);
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  const log = join(copy, 'journal.db-wal');
  const frames = framesIn(log);
  truncateSync(log, frames[Math.floor(frames.length / 2)] ?? 0);

  const whole = await openSqliteJournal({ folder });
  const { head } = whole;
  await whole.close();
  cpSync(join(folder, 'witness.json'), join(copy, 'witness.json'));

  const cut = await openSqliteJournal({ folder: copy });
  onTestFinished(() => cut.close());
  expect(cut.head.seq).toBeLessThan(head.seq);
  expect(cut.readOnly).toMatchObject({ witness_seq: head.seq });
  expect((await cut.verify()).damage).toBeNull();
});
