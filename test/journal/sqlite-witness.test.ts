/** A journal that lost its end still has an intact chain; the witness beside it tells. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure, messageOf } from '../../src/contract/failure.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open-sqlite-journal.ts';
import { logTools } from '../../src/travel/log-tools.ts';
import { sampleChunk, sampleChunks } from './sample-chunks.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function opened(folder: string): Promise<Journal> {
  const journal = await openSqliteJournal({ folder });
  onTestFinished(() => journal.close());
  return journal;
}

/** A closed journal of 100 events, ten to a chunk. */
async function written(): Promise<string> {
  const folder = temporaryFolder();
  const journal = await openSqliteJournal({ folder });
  await Promise.all(sampleChunks(10, 10).map((chunk) => journal.append(chunk)));
  await journal.close();
  return folder;
}

function witnessOf(folder: string): { journal_id: string; seq: number; hash: string } {
  return JSON.parse(readFileSync(join(folder, 'witness.json'), 'utf8')) as { journal_id: string; seq: number; hash: string };
}

/** Takes the end of the log away, as an older copy of the database would. */
function loseFrom(folder: string, seq: number): void {
  const database = new DatabaseSync(join(folder, 'journal.db'));
  database.prepare('DELETE FROM chunks WHERE first_seq >= ?').run(seq);
  database.prepare('DELETE FROM retired_tasks WHERE last_seq >= ?').run(seq);
  database.close();
}

test('closing leaves a witness of the last event', async () => {
  const folder = await written();
  const journal = await opened(folder);
  expect(witnessOf(folder)).toMatchObject({ journal_id: journal.id, seq: 100, hash: journal.head.hash });
  expect(journal.readOnly).toBeNull();
});

test('the witness follows while the journal is open', async () => {
  const folder = temporaryFolder();
  const began = performance.now();
  const journal = await opened(folder);
  await journal.append(sampleChunk(1, 5));
  const isThere = existsSync(join(folder, 'witness.json'));
  // Not with each append, but every second; on a busy machine that second may be over.
  if (performance.now() - began < 1000) expect(isThere).toBe(false);
  await vi.waitFor(() => expect(witnessOf(folder).seq).toBe(5), { timeout: 45_000 });
  await journal.append(sampleChunk(6, 5));
  await vi.waitFor(() => expect(witnessOf(folder)).toMatchObject({ seq: 10, hash: journal.head.hash }), { timeout: 45_000 });
});

test('a journal that ends before its witness is read-only, says so, and stays so', async () => {
  const folder = await written();
  loseFrom(folder, 81);
  const before = witnessOf(folder);
  for (let round = 0; round < 2; round += 1) {
    const journal = await openSqliteJournal({ folder });
    expect(journal.readOnly).toEqual({ reason: messageOf('journal_behind', { seq: 80, witness_seq: 100 }), witness_seq: 100 });
    await expect(journal.append(sampleChunk(81, 1))).rejects.toMatchObject({ code: 'read_only', params: { witness_seq: 100 } });
    expect(await Array.fromAsync(journal.read(1))).toHaveLength(8);
    expect((await journal.chunkAt(80))?.last_seq).toBe(80);
    expect((await journal.verify()).damage).toBeNull();
    await journal.close();
    expect(witnessOf(folder)).toEqual(before);
  }
});

test('a journal with another end than its witness saw is read-only', async () => {
  const folder = await written();
  const witness = readFileSync(join(folder, 'witness.json'));
  loseFrom(folder, 91);
  rmSync(join(folder, 'witness.json'));
  const other = await openSqliteJournal({ folder });
  await other.append(sampleChunk(91, 20, 'another history'));
  await other.close();
  writeFileSync(join(folder, 'witness.json'), witness);
  const journal = await opened(folder);
  expect(journal.readOnly).toEqual({ reason: 'Event 100 is not the one that was acknowledged before.', witness_seq: 100 });
});

test('a database that vanished comes back read-only, not as a new log', async () => {
  const folder = await written();
  const { journal_id } = witnessOf(folder);
  rmSync(join(folder, 'journal.db'));
  const journal = await opened(folder);
  expect(journal.id).toBe(journal_id);
  expect(journal.readOnly?.witness_seq).toBe(100);
});

test('a log that was put in the place of another one is read-only until its witness is removed', async () => {
  const [folder, other] = [await written(), await written()];
  cpSync(join(other, 'journal.db'), join(folder, 'journal.db'));
  const { message } = new Failure('journal_mixed', { witness_seq: 100 });
  for (let round = 0; round < 2; round += 1) {
    const journal = await openSqliteJournal({ folder });
    expect(journal.readOnly).toEqual({ reason: expect.stringContaining(message) as string, witness_seq: 100 });
    await expect(journal.append(sampleChunk(101, 1))).rejects.toMatchObject({ code: 'read_only' });
    await journal.close();
    await expect(logTools(() => 0).verifyLog({ folder, swarm: 'default' })).rejects.toMatchObject({ code: 'journal_mixed' });
  }
  rmSync(join(folder, 'witness.json'));
  const journal = await opened(folder);
  expect(journal.readOnly).toBeNull();
  await journal.append(sampleChunk(101, 1));
});

test.each([
  ['missing', null],
  ['of another journal without an event', JSON.stringify({ journal_id: 'another', seq: 0, hash: 'ff' })],
  ['cut off', '{"journal_id":"'],
  ['without its fields', '{}'],
])('a witness that is %s does no harm', async (_, text) => {
  const folder = await written();
  rmSync(join(folder, 'witness.json'));
  if (text !== null) writeFileSync(join(folder, 'witness.json'), text);
  const journal = await openSqliteJournal({ folder });
  expect(journal.readOnly).toBeNull();
  await journal.append(sampleChunk(101, 1));
  await journal.close();
  expect(witnessOf(folder)).toMatchObject({ journal_id: journal.id, seq: 101 });
});
