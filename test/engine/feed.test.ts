/** The feed: the durable events, whole and in order, for followers at any place and any pace. */
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { rest } from './manual-clock.ts';
import { BEGUN, JOURNALS, TestEngine } from './test-engine.ts';

/** A log of many chunks of different sizes; returns its length. */
async function fill(swarm: TestEngine): Promise<number> {
  await swarm.register('s1');
  for (const size of [1, 7, 1, 1, 30, 2, 3]) {
    await Promise.all(Array.from({ length: size }, () => swarm.add({ title: `one of ${size}` })));
    await swarm.call('work.request', { session_id: 's1' });
  }
  return swarm.engine.feed.head;
}

describe.each(JOURNALS)('invariant 5 on the %s journal', (kind) => {
  test.each(['from memory', 'from the journal'])(
    'at every cursor, with every limit, the events come in order and without a gap, %s',
    async (from) => {
      const swarm = await TestEngine.open(kind);
      const published: LogEvent[] = [];
      swarm.engine.feed.listen((events) => published.push(...events));
      const length = await fill(swarm);
      expect(published.map((event) => event.seq)).toEqual(Array.from({ length: length - BEGUN }, (_, place) => BEGUN + place + 1));
      published.unshift(...(await swarm.events()).slice(0, BEGUN));
      if (from === 'from the journal') await swarm.reopen();
      const { feed } = swarm.engine;
      published.push(...(await feed.after(length, 10)));
      expect(published).toHaveLength(feed.head);
      for (let since = 0; since <= feed.head + 1; since += 1) {
        for (const limit of [1, 3, 1000]) {
          const events = await feed.after(since, limit);
          expect(events).toEqual(published.slice(since, since + events.length));
          expect(events.length > 0).toBe(since < feed.head);
          expect(events.length).toBeLessThanOrEqual(limit);
        }
      }
      expect(await swarm.events()).toEqual(published);
      expect(await feed.at(5)).toEqual(published[4]);
      expect([await feed.at(0), await feed.at(feed.head + 1)]).toEqual([null, null]);
    },
  );

  test('a follower that pulls while others write sees every event once', async () => {
    const swarm = await TestEngine.open(kind);
    const { feed } = swarm.engine;
    const seen: number[] = [];
    let writing = true;
    const follow = async (): Promise<void> => {
      while (writing || seen.length < feed.head) {
        const events = await feed.after(seen.length, 5);
        seen.push(...events.map((event) => event.seq));
        if (events.length === 0) await rest();
      }
    };
    const followed = follow();
    await fill(swarm);
    writing = false;
    await followed;
    expect(seen).toEqual(Array.from({ length: feed.head }, (_, place) => place + 1));
  });

  test('events older than what is kept in memory come from the journal, and meet the others without a seam', async () => {
    const swarm = await TestEngine.open(kind);
    const spec = 'x'.repeat(240_000);
    const count = 100;
    for (let number = 0; number < count; number += 1) await swarm.add({ spec });
    const seen: number[] = [];
    while (seen.length < BEGUN + count) seen.push(...(await swarm.engine.feed.after(seen.length, 7)).map((event) => event.seq));
    expect(seen).toEqual(Array.from({ length: BEGUN + count }, (_, place) => place + 1));
  });

  test('A12: the history of a task is found from memory and from the journal', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const task_id = await swarm.add({ max_attempts: 2, backoff_seconds: 0 });
    for (const status of ['failed', 'completed'] as const) {
      await swarm.call('work.claim', { session_id: 's1', task_id });
      await swarm.call('work.update', { session_id: 's1', task_id, progress: 0.5, details: 'half' });
      await swarm.call('work.complete', { session_id: 's1', task_id, status, result: status });
      await swarm.clock.advance(10);
    }
    const shown = await swarm.call('task.show', { task_id });
    await swarm.reopen();
    expect(await swarm.call('task.show', { task_id })).toEqual(shown);
    expect(shown.history.map((entry) => entry.action)).toEqual(
      'added assigned progressed failed due assigned progressed completed'.split(' '),
    );
  });
});
