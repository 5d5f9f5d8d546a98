/**
 * Owns the contract suite of the journal port: every implementation runs it and passes all of it.
 * A test that only one implementation can pass does not belong here.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { emptyHead, linkChunk } from '../../src/journal/chain.ts';
import type { Chunk, Journal, StoredChunk } from '../../src/journal/journal.ts';
import { retiredTask, sampleChunk, sampleChunks } from './sample-chunks.ts';

/** One log under test. It outlives its handles, as a disk outlives a process. */
export interface JournalSubject {
  /** Opens the log, or opens it again. */
  open(): Promise<Journal>;
  /** Changes the stored text of the chunk that starts at `first_seq`, while no handle is open. */
  overwriteText(first_seq: number, text: string): void;
}

/** Runs the contract suite on an implementation; `create` makes a fresh, empty log for each test. */
export function describeJournal(name: string, create: () => JournalSubject): void {
  describe(`${name}: the journal contract`, () => {
    describeAppend(create);
    describeRead(create);
    describeLookup(create);
    describeDamage(create);
  });
}

/** Opens the log; the handle is closed when the test ends, however it ends. */
async function opened(subject: JournalSubject): Promise<Journal> {
  const journal = await subject.open();
  onTestFinished(() => journal.close());
  return journal;
}

async function appendAll(journal: Journal, chunks: readonly Chunk[]): Promise<void> {
  await Promise.all(chunks.map((chunk) => journal.append(chunk)));
}

async function readAll(journal: Journal, fromSeq = 1): Promise<StoredChunk[]> {
  return Array.fromAsync(journal.read(fromSeq));
}

function stored(chunks: readonly Chunk[]): StoredChunk[] {
  return chunks.map(({ first_seq, last_seq, time, text }) => ({ first_seq, last_seq, time, text }));
}

function describeAppend(create: () => JournalSubject): void {
  test('an empty log has no events', async () => {
    const journal = await opened(create());
    expect(journal.head).toEqual(emptyHead(journal.id));
    expect(journal.readOnly).toBeNull();
    expect(await readAll(journal)).toEqual([]);
    expect(await journal.chunkAt(1)).toBeNull();
    expect(await journal.verify()).toEqual({ head: journal.head, chunks: 0, damage: null });
  });

  test('what was appended is read back as it was, by this handle and by the next', async () => {
    const subject = create();
    const chunks = sampleChunks(50, 7);
    const journal = await subject.open();
    await appendAll(journal, chunks);
    expect(await readAll(journal)).toEqual(stored(chunks));
    const { id, head } = journal;
    await journal.close();

    const next = await opened(subject);
    expect({ id: next.id, head: next.head }).toEqual({ id, head });
    expect(await readAll(next)).toEqual(stored(chunks));
    await next.append(sampleChunk(head.seq + 1, 3));
    expect(next.head.seq).toBe(head.seq + 3);
  });

  test('the head is the hash chain over every chunk and its retired tasks', async () => {
    const journal = await opened(create());
    const chunks = sampleChunks(12, 3);
    await appendAll(journal, chunks);
    let { hash } = emptyHead(journal.id);
    for (const chunk of chunks) hash = linkChunk(hash, chunk).hash;
    expect(journal.head).toEqual({ seq: 36, hash });
  });

  test('nothing is durable in the turn of the call, and appends resolve in their order', async () => {
    const journal = await opened(create());
    const resolved: number[] = [];
    const appends = sampleChunks(40, 2).map(async (chunk) => {
      await journal.append(chunk);
      expect(journal.head.seq).toBeGreaterThanOrEqual(chunk.last_seq);
      resolved.push(chunk.first_seq);
    });
    expect(journal.head.seq).toBe(0);
    expect(resolved).toEqual([]);
    await Promise.all(appends);
    expect(resolved).toEqual(sampleChunks(40, 2).map((chunk) => chunk.first_seq));
  });

  test.each([
    ['leaves a hole', sampleChunk(9, 2)],
    ['repeats an event', sampleChunk(4, 2)],
    ['ends before it starts', { ...sampleChunk(5, 1), last_seq: 4 }],
    ['starts at no number', { ...sampleChunk(5, 1), first_seq: Number.NaN }],
  ])('a chunk that %s is refused, and so is every later one of this handle', async (_, misplaced) => {
    const subject = create();
    const journal = await subject.open();
    await journal.append(sampleChunk(1, 4));
    await expect(journal.append(misplaced)).rejects.toMatchObject({ name: 'Failure', code: 'journal_failed' });
    await expect(journal.append(sampleChunk(5, 1))).rejects.toMatchObject({ code: 'journal_failed' });
    expect(journal.head.seq).toBe(4);
    await journal.close();

    const next = await opened(subject);
    expect(await readAll(next)).toEqual(stored([sampleChunk(1, 4)]));
    await next.append(sampleChunk(5, 1));
    expect(next.head.seq).toBe(5);
  });

  test('close waits for what was appended, and nothing is appended after it', async () => {
    const subject = create();
    const journal = await subject.open();
    const chunks = sampleChunks(200, 3);
    const appends = Promise.all(chunks.map((chunk) => journal.append(chunk)));
    const closing = journal.close();
    await expect(journal.append(sampleChunk(601, 1))).rejects.toMatchObject({ code: 'journal_failed' });
    await closing;
    await expect(appends).resolves.toHaveLength(200);
    await expect(journal.close()).resolves.toBeUndefined();
    expect(await readAll(await opened(subject))).toEqual(stored(chunks));
  });

  test('a second handle is refused while one is open, and opens once it is closed', async () => {
    const subject = create();
    const journal = await subject.open();
    await expect(Promise.resolve().then(() => subject.open())).rejects.toMatchObject({
      code: 'journal_locked',
      params: { pid: process.pid },
    });
    await journal.append(sampleChunk(1, 1));
    await journal.close();
    const next = await opened(subject);
    expect(next.head.seq).toBe(1);
    await journal.close();
    await expect(Promise.resolve().then(() => subject.open())).rejects.toMatchObject({ code: 'journal_locked' });
  });
}

function describeRead(create: () => JournalSubject): void {
  test('a read starts with the chunk that holds its first event', async () => {
    const journal = await opened(create());
    const chunks = sampleChunks(30, 5);
    await appendAll(journal, chunks);
    for (const [fromSeq, index] of [
      [1, 0],
      [0, 0],
      [5, 0],
      [6, 1],
      [73, 14],
      [150, 29],
    ] as const) {
      expect(await readAll(journal, fromSeq)).toEqual(stored(chunks.slice(index)));
    }
    expect(await readAll(journal, 151)).toEqual([]);
  });

  test('a read ends at the head it started with, while appends go on', async () => {
    const journal = await opened(create());
    const chunks = sampleChunks(300, 10);
    await appendAll(journal, chunks.slice(0, 200));
    const appends: Promise<void>[] = [];
    const seen: StoredChunk[] = [];
    for await (const chunk of journal.read(1)) {
      seen.push(chunk);
      const more = chunks[200 + appends.length];
      if (more !== undefined) appends.push(journal.append(more));
    }
    await Promise.all(appends);
    expect(seen).toEqual(stored(chunks.slice(0, 200)));
    expect(await readAll(journal)).toEqual(stored(chunks));
  });

  test('a read that is left early leaves the log usable', async () => {
    const journal = await opened(create());
    await appendAll(journal, sampleChunks(100, 10));
    for await (const chunk of journal.read(501)) {
      expect(chunk.first_seq).toBe(501);
      break;
    }
    await journal.append(sampleChunk(1001, 1));
    expect((await readAll(journal, 1001)).map((chunk) => chunk.last_seq)).toEqual([1001]);
  });

  test('text of any script comes back unchanged', async () => {
    const subject = create();
    const journal = await subject.open();
    const data = 'naïve 東京 🚀 \u{10FFFF} \u0000 \u2028 "quoted" \\ \uFEFF \uFFFD ÿ';
    const chunk = sampleChunk(1, 3, data);
    await journal.append(chunk);
    await journal.close();
    const next = await opened(subject);
    expect(await readAll(next)).toEqual(stored([chunk]));
    expect((await next.verify()).damage).toBeNull();
  });

  test('a chunk of 20 MB goes through', async () => {
    const journal = await opened(create());
    const chunk = sampleChunk(1, 20, 'ü'.repeat(1 << 20));
    await appendAll(journal, [chunk, sampleChunk(21, 1)]);
    const [first, second] = await readAll(journal);
    expect(first?.text.length).toBe(chunk.text.length);
    expect(first?.text === chunk.text).toBe(true);
    expect(second?.first_seq).toBe(21);
  });
}

function describeLookup(create: () => JournalSubject): void {
  test('chunkAt finds the chunk at its edges and inside, and nothing outside the log', async () => {
    const journal = await opened(create());
    const chunks = [sampleChunk(1, 1), sampleChunk(2, 10), sampleChunk(12, 3)];
    await appendAll(journal, chunks);
    const found = await Promise.all([0, 1, 2, 7, 11, 12, 14, 15].map((seq) => journal.chunkAt(seq)));
    expect(found.map((chunk) => chunk?.first_seq ?? null)).toEqual([null, 1, 2, 2, 2, 12, 12, null]);
    expect(found[3]).toEqual(stored(chunks)[1]);
  });

  test('retired tasks are found by id, the newest word on each', async () => {
    const subject = create();
    const journal = await subject.open();
    await journal.append(sampleChunk(1, 4, 'x', [retiredTask('build-001', 2), retiredTask('tâche 🚀', 4, 'failed')]));
    await journal.append(sampleChunk(5, 4, 'x', [retiredTask('build-001', 8, 'cancelled')]));
    const expected = new Map([
      ['build-001', retiredTask('build-001', 8, 'cancelled')],
      ['tâche 🚀', retiredTask('tâche 🚀', 4, 'failed')],
    ]);
    expect(await journal.retired(['build-001', 'build-002', 'tâche 🚀'])).toEqual(expected);
    expect(await journal.retired([])).toEqual(new Map());
    expect((await journal.verify()).damage).toBeNull();
    await journal.close();
    expect(await (await opened(subject)).retired([...expected.keys()])).toEqual(expected);
  });
}

function describeDamage(create: () => JournalSubject): void {
  test.each([
    ['changed but readable', sampleChunk(21, 10, 'y').text, 70],
    ['no longer readable', '[{"seq":21', 70],
  ])('a chunk whose text is %s is located', async (_, text, readable_after) => {
    const subject = create();
    const journal = await subject.open();
    const chunks = sampleChunks(10, 10);
    await appendAll(journal, chunks);
    await journal.close();
    subject.overwriteText(21, text);

    const damaged = await opened(subject);
    const seen: StoredChunk[] = [];
    const reading = (async () => {
      for await (const chunk of damaged.read(1)) seen.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'journal_damaged',
      params: { first_seq: 21, last_seq: 30, good_events: 20, reason: expect.stringContaining('hash') },
    });
    expect(seen).toEqual(stored(chunks.slice(0, 2)));
    await expect(damaged.chunkAt(25)).rejects.toMatchObject({ code: 'journal_damaged' });
    expect((await damaged.chunkAt(20))?.first_seq).toBe(11);
    expect((await readAll(damaged, 31)).length).toBe(7);
    expect(await damaged.verify()).toEqual({
      head: damaged.head,
      chunks: 2,
      damage: { first_seq: 21, last_seq: 30, good_events: 20, readable_after, reason: expect.stringContaining('hash') },
    });
  });
}
