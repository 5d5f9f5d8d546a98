/**
 * Bytes of a batch that are flipped or cut off, at one offset after the other: damage inside the log is located, a lost end
 * is refused by the witness. Every offset and every bit: `test/long/every-byte.test.ts`.
 */
import { expect, onTestFinished, test } from 'vitest';
import { checkWith, ColumnSpoiler, crashedLog, endWith, flipped, refusalWith, refusedWith, spoilableLog } from './spoilt-bytes.ts';

const ROW_STRIDE = 7;
const WAL_STRIDE = 211;
/** One in so many is opened as a server opens it, with a thread of its own. */
const OPENED = 30;

const PATIENT = { timeout: 300_000 };

test('a changed bit at any place of a batch in the database is located at that batch', PATIENT, async () => {
  const log = await spoilableLog();
  const { batch, bytes, row } = log;
  expect(await checkWith(log, bytes)).toBeNull();
  for (let offset = row.from; offset < row.to; offset += offset < row.hash ? 1 : ROW_STRIDE) {
    const found = await checkWith(log, flipped(bytes, offset, offset % 8));
    if (offset >= row.hash)
      expect([offset, found]).toMatchObject([offset, { first_seq: batch.first_seq, good_events: batch.first_seq - 1 }]);
    else expect([offset, found]).not.toEqual([offset, null]);
  }
});

test(
  'a database that is cut off inside a batch is refused, and told up to where it is intact: never beyond that batch',
  PATIENT,
  async () => {
    const log = await spoilableLog();
    const { batch, bytes, row, chunks } = log;
    const ends = new Set([0, ...chunks.map(({ last_seq }) => last_seq)]);
    for (let offset = row.from, step = 0; offset < row.to; offset += 5 * ROW_STRIDE, step += 1) {
      const { first_seq = 0, last_seq = 0, good_events = -1 } = await refusedWith(log, bytes.subarray(0, offset), step % OPENED === 0);
      expect([offset, first_seq, ends.has(good_events)]).toEqual([offset, good_events + 1, true]);
      expect(good_events).toBeLessThan(batch.first_seq);
      expect(last_seq).toBeGreaterThanOrEqual(batch.last_seq);
    }
  },
);

test.each(['text', 'hash', 'retired'] as const)(
  'the %s of a batch, flipped or cut off at every byte, is located',
  PATIENT,
  async (column) => {
    const log = await spoilableLog();
    const spoiler = new ColumnSpoiler(log);
    onTestFinished(() => spoiler.close());
    const { first_seq } = log.batch;
    const intact = log.chunks.filter((chunk) => chunk.last_seq < first_seq);
    const whole = spoiler.read(column);
    expect(spoiler.readWith(column, whole)).toMatchObject({ read: log.chunks, damage: { reason: 'they are missing' } });
    expect(whole.length).toBeGreaterThan(20);
    for (let offset = 0; offset < whole.length; offset += 1) {
      for (const spoilt of [flipped(whole, offset, offset % 8), whole.subarray(0, offset)]) {
        const { read, damage } = spoiler.readWith(column, spoilt);
        expect([offset, damage]).toMatchObject([offset, { first_seq, good_events: first_seq - 1 }]);
        expect(read).toMatchObject(intact);
      }
    }
  },
);

test(
  'a last batch that is flipped or cut off in the write-ahead log is missing as a whole, and the witness refuses the log',
  PATIENT,
  async () => {
    const log = await crashedLog();
    const { wal, from, before, last } = log;
    expect(endWith(log, wal)).toBe(last);
    expect(await refusalWith(log, wal)).toBeNull();
    for (let offset = from, step = 0; offset < wal.length; offset += WAL_STRIDE, step += 1) {
      for (const spoilt of [flipped(wal, offset, offset % 8), wal.subarray(0, offset)]) {
        expect([offset, endWith(log, spoilt)]).toEqual([offset, before]);
        if (step % OPENED === 0) expect([offset, await refusalWith(log, spoilt)]).toMatchObject([offset, { witness_seq: last }]);
      }
    }
  },
);
