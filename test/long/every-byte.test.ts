/** What `test/journal/sqlite-every-byte.test.ts` shows with strides: here every bit of every byte of a batch. */
import { expect, test } from 'vitest';
import { checkWith, chunksNow, crashedLog, endWith, flipped, spoilableLog } from '../journal/spoilt-bytes.ts';

test('every bit of every byte of a batch in the database is located at that batch or changes nothing that is read; every cut is found', async () => {
  const log = await spoilableLog();
  const { batch, bytes, row } = log;
  for (let offset = row.from; offset < row.to; offset += 1) {
    expect([offset, await checkWith(log, bytes.subarray(0, offset))]).toEqual([offset, 'journal_damaged']);
    for (let bit = 0; bit < 8; bit += 1) {
      const found = await checkWith(log, flipped(bytes, offset, bit));
      // One bit of a row's header says how nothing is stored where the row's own number counts: nobody reads it.
      if (offset < row.hash && found === null) expect(await chunksNow(log)).toEqual(log.chunks);
      else if (offset < row.hash) expect(found).not.toBeNull();
      else expect([offset, bit, found]).toMatchObject([offset, bit, { first_seq: batch.first_seq, good_events: batch.first_seq - 1 }]);
    }
  }
});

test('every byte of the last batch in the write-ahead log, flipped or cut off: the log ends before its witness', async () => {
  const log = await crashedLog();
  const { wal, from, before } = log;
  for (let offset = from; offset < wal.length; offset += 1) {
    expect([offset, endWith(log, flipped(wal, offset, offset % 8))]).toEqual([offset, before]);
    expect([offset, endWith(log, wal.subarray(0, offset))]).toEqual([offset, before]);
  }
});
