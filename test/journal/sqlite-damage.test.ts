/** A changed byte, a lost row or a destroyed page never passes for the log that was written: it is found, and located. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/contract/failure.ts';
import type { Journal, JournalDamage, StoredChunk } from '../../src/journal/journal.ts';
import { ChunkLookup } from '../../src/journal/sqlite/chunk-lookup.ts';
import { openDatabase, type OpenDatabase } from '../../src/journal/sqlite/database.ts';
import { ChunkWriter } from '../../src/journal/sqlite/chunk-writer.ts';
import { inspect } from '../../src/journal/sqlite/inspection.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { PageReader } from '../../src/journal/sqlite/page-reader.ts';
import { isCorrupt } from '../../src/journal/sqlite/sqlite-error.ts';
import { sampleChunks } from './sample-chunks.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CHUNKS = sampleChunks(60, 20);
const EVENTS = 1200;
const RETIRED = CHUNKS.flatMap((chunk) => chunk.retired);
const STORED: StoredChunk[] = CHUNKS.map(({ first_seq, last_seq, time, text }) => ({ first_seq, last_seq, time, text }));
const DATABASE_PAGE = 8192;

/** A closed journal of all chunks. */
async function written(): Promise<{ folder: string; file: string; bytes: Buffer }> {
  const folder = temporaryFolder();
  const journal = await openSqliteJournal({ folder });
  await Promise.all(CHUNKS.map((chunk) => journal.append(chunk)));
  await journal.close();
  const file = join(folder, 'journal.db');
  return { folder, file, bytes: readFileSync(file) };
}

async function withJournal<T>(folder: string, use: (journal: Journal) => Promise<T>): Promise<T> {
  const journal = await openSqliteJournal({ folder });
  try {
    return await use(journal);
  } finally {
    await journal.close();
  }
}

async function verified(folder: string): Promise<JournalDamage | null> {
  return withJournal(folder, async (journal) => (await journal.verify()).damage);
}

/** Changes the closed journal behind its back. */
function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

/** Flips one bit of this chunk's text, in outdated copies of it too: which one counts is not visible from outside. */
function flipText(bytes: Buffer, index: number): void {
  const text = (CHUNKS[index]?.text ?? '').slice(0, 100);
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at)) bytes[at + 30] = (bytes[at + 30] ?? 0) ^ 1;
}

/** The number of the page that holds this chunk's text, from 0. */
function pageOf(bytes: Buffer, index: number): number {
  return Math.floor(bytes.indexOf((CHUNKS[index]?.text ?? '').slice(0, 100)) / DATABASE_PAGE);
}

function opened(file: string): (OpenDatabase & { reader: PageReader }) | null {
  try {
    const database = openDatabase(file, 'another');
    if (database.head !== null) expect(new ChunkWriter(database.connection, database.head)).toBeDefined();
    const range = { journalId: database.journalId, from: 1, until: database.head?.seq ?? EVENTS };
    return { ...database, reader: new PageReader(database.connection, range) };
  } catch (error) {
    expect(error instanceof Failure || isCorrupt(error)).toBe(true);
    return null;
  }
}

type Finding = 'refused' | 'located' | 'index' | 'behind' | 'unharmed';

/** What opening, reading and checking this file find, as the journal does it but on this thread; asserts that nothing false is read. */
function examine(file: string): Finding {
  const database = opened(file);
  if (database === null) return 'refused';
  const { connection, journalId, head, reader } = database;
  try {
    let page = reader.next();
    const seen = [...page.chunks];
    while (!page.done) {
      page = reader.next();
      seen.push(...page.chunks);
    }
    expect(seen).toMatchObject(STORED.slice(0, seen.length));
    if (page.damage !== null) {
      const good_events = seen.at(-1)?.last_seq ?? 0;
      expect(page.damage).toMatchObject({ good_events, first_seq: good_events + 1 });
      return 'located';
    }
    if (seen.length < STORED.length) return 'behind';
    if (head !== null && inspect(connection, head) !== null) return 'index';
    const lookup = new ChunkLookup(file, journalId);
    const retired = lookup.retired(RETIRED.map((task) => task.id));
    lookup.close();
    expect([...retired.values()]).toEqual(RETIRED);
    return 'unharmed';
  } finally {
    connection.close();
  }
}

describe('one changed bit', () => {
  test('is found wherever it lies, or changes nothing that is read', { timeout: 300_000 }, async () => {
    const { folder, bytes } = await written();
    const copy = join(folder, 'copy.db');
    const findings: Record<Finding, number> = { refused: 0, located: 0, index: 0, behind: 0, unharmed: 0 };
    const stride = (bytes.length - 200) / 1800;
    for (let step = 0; step < 2000; step += 1) {
      const offset = step < 200 ? step : 200 + Math.floor((step - 200) * stride);
      const changed = Buffer.from(bytes);
      changed[offset] = (bytes[offset] ?? 0) ^ (1 << (step % 8));
      writeFileSync(copy, changed);
      findings[examine(copy)] += 1;
    }
    expect(findings.located).toBeGreaterThan(800);
    expect(findings.index).toBeGreaterThan(10);
    expect(findings.refused).toBeGreaterThan(10);
  });

  test.each([0, 1, 17, 40, 59])('in the text of chunk %i is located to that chunk', async (index) => {
    const { folder, file, bytes } = await written();
    flipText(bytes, index);
    writeFileSync(file, bytes);
    const first_seq = index * 20 + 1;
    expect(await verified(folder)).toMatchObject({
      first_seq,
      last_seq: first_seq + 19,
      good_events: first_seq - 1,
      readable_after: EVENTS - first_seq - 19,
    });
  });
});

describe('what the chain cannot miss', () => {
  test('rows missing inside the log are located as the gap they leave', async () => {
    const { folder, file } = await written();
    change(file, 'DELETE FROM chunks WHERE first_seq IN (401, 421)');
    expect(await verified(folder)).toMatchObject({ first_seq: 401, last_seq: 440, good_events: 400, readable_after: 760 });
    await withJournal(folder, async (journal) => {
      await expect(journal.chunkAt(410)).rejects.toMatchObject({ code: 'journal_damaged' });
    });
  });

  test.each([
    ['time', 'UPDATE chunks SET time = time + 1 WHERE first_seq = 201'],
    ['hash', 'UPDATE chunks SET hash = zeroblob(32) WHERE first_seq = 201'],
    ['retired tasks', 'UPDATE chunks SET retired = NULL WHERE first_seq = 221'],
    ['end', 'UPDATE chunks SET last_seq = last_seq + 1 WHERE first_seq = 201'],
  ])('a changed %s is located', async (_, sql) => {
    const { folder, file } = await written();
    const first_seq = sql.includes('221') ? 221 : 201;
    change(file, sql);
    expect(await verified(folder)).toMatchObject({ first_seq, last_seq: first_seq + 19, good_events: first_seq - 1 });
  });

  test.each([
    ['lost', "DELETE FROM retired_tasks WHERE id = 'task-11'"],
    ['foreign', "UPDATE retired_tasks SET id = 'task-11', last_seq = last_seq + 1 WHERE id = 'task-11'"],
    ['changed', "UPDATE retired_tasks SET content_hash = 'other' WHERE id = 'task-11'"],
  ])('a %s entry of the index of finished tasks is reported, and no event is lost', async (_, sql) => {
    const { folder, file } = await written();
    change(file, sql);
    expect(await verified(folder)).toMatchObject({ good_events: EVENTS, reason: expect.stringContaining('task-11') });
  });
});

describe('a destroyed page', () => {
  test('inside the log: what lies before and behind it is counted', async () => {
    const { folder, file, bytes } = await written();
    const page = pageOf(bytes, 30);
    bytes.fill(0, page * DATABASE_PAGE, (page + 1) * DATABASE_PAGE);
    writeFileSync(file, bytes);
    const damage = await verified(folder);
    expect(damage?.first_seq).toBeGreaterThan(1);
    expect(damage?.first_seq).toBeLessThanOrEqual(601);
    expect(damage?.last_seq).toBeGreaterThanOrEqual(620);
    expect(damage?.last_seq).toBeLessThan(EVENTS);
    expect(damage?.good_events).toBe((damage?.first_seq ?? 0) - 1);
    expect(damage?.readable_after).toBe(EVENTS - (damage?.last_seq ?? 0));
    await withJournal(folder, async (journal) => {
      await expect(Array.fromAsync(journal.read(1))).rejects.toMatchObject({ code: 'journal_damaged' });
      await expect(journal.chunkAt(610)).rejects.toMatchObject({ code: 'journal_damaged' });
      expect(await journal.chunkAt(1)).toEqual(STORED[0]);
    });
  });

  test('at the end of the log: opening says where the damage starts', async () => {
    const { folder, file, bytes } = await written();
    const page = pageOf(bytes, 59);
    bytes.fill(0xff, page * DATABASE_PAGE, (page + 1) * DATABASE_PAGE);
    writeFileSync(file, bytes);
    const failure: unknown = await openSqliteJournal({ folder }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Failure', code: 'journal_damaged' });
    const { first_seq, good_events } = (failure as { params: { first_seq: number; good_events: number } }).params;
    expect(good_events).toBeGreaterThan(800);
    expect(first_seq).toBe(good_events + 1);
  });

  test.each([
    ['overwritten header', (file: string, bytes: Buffer) => writeFileSync(file, bytes.fill(0x41, 0, 100))],
    ['file cut in half', (file: string, bytes: Buffer) => truncateSync(file, bytes.length / 2)],
  ])('%s: refused as damaged, and the lock is free again', async (_, damage) => {
    const { folder, file, bytes } = await written();
    damage(file, bytes);
    await expect(verified(folder)).rejects.toMatchObject({ code: 'journal_damaged', params: { first_seq: expect.any(Number) } });
    await expect(verified(folder)).rejects.toMatchObject({ code: 'journal_damaged' });
  });

  test('a file that was cut off is refused with how much of it is intact, and with what its witness saw behind that', async () => {
    const { folder, file, bytes } = await written();
    const kept: number[] = [];
    for (const share of [0.5, 0.7, 0.8, 0.9]) {
      // Where only the last page is cut, SQLite opens the file; that is found when the page is read.
      const pages = Math.floor((bytes.length / DATABASE_PAGE) * share);
      writeFileSync(file, bytes.subarray(0, pages * DATABASE_PAGE - 100));
      const failure = await openSqliteJournal({ folder }).then(
        (journal) => journal.close(),
        (error: unknown) => error,
      );
      if (!(failure instanceof Failure)) throw new Error(`with ${pages} pages it was opened`);
      const { good_events, first_seq, last_seq, readable_after } = failure.params;
      expect(failure.code).toBe('journal_damaged');
      expect(first_seq).toBe(Number(good_events) + 1);
      // A tree has its pages in any order: some of what comes later may still be there.
      if (readable_after === 0) expect(last_seq).toBe(EVENTS);
      kept.push(Number(good_events));
    }
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    expect(kept.at(-1)).toBeGreaterThan(EVENTS / 2);
    expect(kept.every((seq) => seq === 0 || CHUNKS.some((chunk) => chunk.last_seq === seq))).toBe(true);
  });
});
