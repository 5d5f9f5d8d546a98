/** E3: state == fold(log) == checkpoint + fold(tail), whatever happens to a checkpoint. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { imageOf } from '../../src/engine/checkpoint/state-image.ts';
import { nothingYet, recoverState } from '../../src/engine/recover-state.ts';
import type { Recovered } from '../../src/engine/recovered.ts';
import { openSqliteReader, type SqliteReader } from '../../src/journal/sqlite/sqlite-reader.ts';
import { CheckpointShelf } from '../../src/travel/checkpoint-shelf.ts';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { engineOn, liveALittle, testFolder } from './sample-swarm.ts';

/** Everything that a recovered state holds, to the last link. */
function everything({ state, commands }: Recovered): string {
  return [...imageOf({ state, commands }).texts].join('\n');
}

function readerOf(folder: string): SqliteReader {
  const reader = openSqliteReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

/** Checkpoints after 1/3 and 2/3 of a log, and the log. */
async function checkpointed() {
  const folder = testFolder();
  const checkpoints = new ThreadCheckpoints({ folder, swarm: 'test' }, 30_000, 1);
  for (let part = 0; part < 3; part += 1) {
    const engine = await engineOn(folder, { settings: { finished_in_memory: 5 } });
    if (part === 0) await liveALittle(engine, 25);
    for (let index = 0; index < 15; index += 1) {
      const { task_id } = await engine.call('work.add', { type: 'build', title: 'more', command_id: `add-${part}-${index}` });
      await engine.call('work.claim', { session_id: 'eng-1', task_id });
      if (index % 4 !== 0) await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'completed', result: 'done' });
      else await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'failed' });
    }
    const { head } = engine.engine.feed;
    await engine.close();
    if (part < 2) await checkpoints.make(head);
  }
  const reader = readerOf(folder);
  const full = everything(await recoverState('test', reader));
  return { folder, checkpoints, reader, full, places: new CheckpointShelf(folder).places() };
}

async function recovered(checkpoints: ThreadCheckpoints, reader: SqliteReader): Promise<{ readonly from: number; readonly all: string }> {
  const start = await checkpoints.newest(reader);
  const from = start?.state.seq ?? 0;
  return { from, all: everything(await recoverState('test', reader, start ?? nothingYet('test'))) };
}

describe('E3: checkpoints', { timeout: 240_000 }, () => {
  test('checkpoint and tail are the whole fold, from each of them', async () => {
    const { folder, reader, full, places } = await checkpointed();
    expect(places).toHaveLength(2);
    const shelf = new CheckpointShelf(folder);
    for (const place of places) {
      const start = await shelf.read(place, reader);
      if (start === null) throw new Error('not usable');
      expect(start.state.seq).toBe(place);
      expect(everything(await recoverState('test', reader, start)) === full).toBe(true);
    }
  });

  test('a damaged one falls back to the older, and that to the whole log', async () => {
    const { folder, checkpoints, reader, full, places } = await checkpointed();
    const start = await new CheckpointShelf(folder).newestUpTo(Infinity, reader);
    expect(start?.state.seq).toBe(places[1]);
    for (const expected of [places[0], undefined]) {
      const [newest] = readdirSync(join(folder, 'checkpoints')).toSorted().toReversed();
      const path = join(folder, 'checkpoints', newest ?? '');
      const bytes = readFileSync(path);
      const good = new CheckpointShelf(folder);
      for (const at of [0, 5, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(path, changed);
        expect((await good.newestUpTo(Infinity, reader))?.state.seq).toBe(expected);
      }
      writeFileSync(path, bytes.subarray(0, bytes.length - 20));
      expect((await good.newestUpTo(Infinity, reader))?.state.seq).toBe(expected);
      writeFileSync(path, '');
      expect((await recovered(checkpoints, reader)).all === full).toBe(true);
      await good.prune(reader);
    }
  });

  test('one of other rules, of another log, or of an event that the log has not, is not used', async () => {
    const { folder, reader, places } = await checkpointed();
    expect(await new CheckpointShelf(folder, () => 'other rules').newestUpTo(Infinity, reader)).toBeNull();
    const other = await checkpointed();
    for (const name of readdirSync(join(folder, 'checkpoints'))) {
      copyFileSync(join(folder, 'checkpoints', name), join(other.folder, 'checkpoints', name));
    }
    expect(other.places).toEqual(places);
    expect(await new CheckpointShelf(other.folder).newestUpTo(Infinity, other.reader)).toBeNull();
    const renamed = join(folder, 'checkpoints', `${String((places[1] ?? 0) + 1).padStart(15, '0')}.checkpoint`);
    copyFileSync(join(folder, 'checkpoints', `${String(places[1]).padStart(15, '0')}.checkpoint`), renamed);
    expect(await new CheckpointShelf(folder).read((places[1] ?? 0) + 1, reader)).toBeNull();
  });

  test('what a crash left half written is never read, and the older one serves', async () => {
    const { folder, checkpoints, reader, full, places } = await checkpointed();
    const newest = join(folder, 'checkpoints', `${String(places[1]).padStart(15, '0')}.checkpoint`);
    writeFileSync(`${newest}.partial-1-1`, readFileSync(newest).subarray(0, 100));
    writeFileSync(newest, readFileSync(newest).subarray(0, 100));
    expect((await new CheckpointShelf(folder).newestUpTo(Infinity, reader))?.state.seq).toBe(places[0]);
    expect((await recovered(checkpoints, reader)).all === full).toBe(true);
  });

  test('an engine starts from one, answers a repeated command from before it, and says the same', async () => {
    const { folder } = await checkpointed();
    const plain = await engineOn(folder);
    const said = await plain.snapshot();
    await plain.close();
    const used: number[] = [];
    const shelf = new CheckpointShelf(folder);
    const checkpoints = {
      intervalMs: 0,
      newest: async (log: SqliteReader) => {
        const found = await shelf.newestUpTo(Infinity, log);
        used.push(found?.state.seq ?? 0);
        return found;
      },
      make: async () => 0,
      close: async () => undefined,
    };
    const engine = await engineOn(folder, { checkpoints: { ...checkpoints, newest: (log) => checkpoints.newest(log as SqliteReader) } });
    expect(used[0]).toBeGreaterThan(0);
    expect(await engine.snapshot()).toMatchObject({ tasks: (said as { tasks: object }).tasks });
    const before = engine.engine.feed.head;
    const again = await engine.call('work.add', { type: 'build', title: 'more', command_id: 'add-0-0' });
    expect(again.task_id).toBeDefined();
    expect(engine.engine.feed.head).toBe(before);
  });

  test('made after a while of change, less often the longer it takes, and never for nothing', async () => {
    const folder = testFolder();
    const made: number[] = [];
    let took = 0;
    const engine = await engineOn(folder, {
      checkpoints: {
        intervalMs: 30_000,
        newest: async () => null,
        make: async (head) => {
          made.push(head);
          return took;
        },
        close: async () => undefined,
      },
    });
    await engine.clock.advance(100_000);
    made.length = 0;
    await engine.add();
    await engine.clock.advance(29_999);
    expect(made).toHaveLength(0);
    took = 12_000;
    await engine.clock.advance(1);
    expect(made).toEqual([engine.engine.feed.head]);
    await engine.clock.advance(1_000_000);
    expect(made).toHaveLength(1);
    await engine.add();
    await engine.clock.advance(119_999);
    expect(made).toHaveLength(1);
    await engine.clock.advance(1);
    expect(made).toHaveLength(2);
    took = 0;
    await engine.add();
    await engine.clock.advance(120_000);
    await engine.call('config.apply', { settings: { offline_after: 77 } });
    await engine.clock.advance(1000);
    expect(made).toHaveLength(4);
  });

  test('a last one at the end, when something changed, so that the next start is fast', async () => {
    const folder = testFolder();
    const checkpoints = (): ThreadCheckpoints => new ThreadCheckpoints({ folder, swarm: 'test' }, 30_000, 10);
    const places = (): number[] => new CheckpointShelf(folder).places();
    const engine = await engineOn(folder, { checkpoints: checkpoints() });
    for (let count = 0; count < 20; count += 1) await engine.add();
    const { head } = engine.engine.feed;
    await engine.close();
    expect(places()).toEqual([head]);
    const again = await engineOn(folder, { checkpoints: checkpoints() });
    await again.close();
    expect(places()).toEqual([head]);
  });

  test('the end does not wait long for it', async () => {
    const never = Promise.withResolvers<number>();
    let closed = 0;
    const engine = await engineOn(testFolder(), {
      checkpoints: {
        intervalMs: 30_000,
        newest: async () => null,
        make: () => never.promise,
        close: async () => void (closed += 1),
      },
    });
    await engine.add();
    let ended = false;
    const closing = engine.close().then(() => (ended = true));
    await engine.clock.advance(2999);
    expect([ended, closed]).toEqual([false, 0]);
    await expect
      .poll(async () => {
        await engine.clock.advance(1000);
        return closed;
      })
      .toBe(1);
    await closing;
  });

  test('only the two newest and one per 100,000 events are kept', async () => {
    const { folder, reader, places } = await checkpointed();
    const shelf = new CheckpointShelf(folder);
    const third = await recoverState('test', reader);
    await shelf.write(third, reader);
    await shelf.prune(reader);
    // The first one serves time travel, the other two recovery.
    expect(shelf.places()).toEqual([...places, third.state.seq]);
    const middle = join(folder, 'checkpoints', `${String(places[1]).padStart(15, '0')}.checkpoint`);
    expect(existsSync(middle)).toBe(true);
  });
});
