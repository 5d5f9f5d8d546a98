/** A15: what each group got is in the log, so that a restart, also from a checkpoint, gives no group more than its share. */
import { expect, test } from 'vitest';
import type { JournalReader } from '../../src/journal/journal.ts';
import { CheckpointShelf } from '../../src/travel/checkpoint-shelf.ts';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { engineOn, testFolder } from './sample-swarm.ts';

const STARTS = 16;

/** The groups that one slot serves, one after the other; the engine starts anew while each task of `restarts` runs. */
async function served(
  restarts: (start: number) => boolean,
  checkpointsAt: readonly number[] = [],
): Promise<{ order: string[]; froms: number[] }> {
  const folder = testFolder();
  const checkpoints = new ThreadCheckpoints({ folder, swarm: 'test' }, 30_000, 1);
  const froms: number[] = [];
  const used = {
    intervalMs: 0,
    newest: async (log: JournalReader) => {
      const found = await new CheckpointShelf(folder).newestUpTo(Infinity, log);
      froms.push(found?.state.seq ?? 0);
      return found;
    },
    make: async () => 0,
    close: async () => undefined,
  };
  const engine = await engineOn(folder, { settings: { group_weights: 'web:3' }, checkpoints: used });
  await engine.register('eng-1');
  for (const group of ['docs', 'web']) for (let each = 0; each < STARTS; each += 1) await engine.add({ id: `${group}-${each}`, group });
  const order: string[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const { task } = await engine.call('work.request', { session_id: 'eng-1' });
    const task_id = task?.id ?? '';
    order.push(task_id.split('-')[0] ?? '');
    if (checkpointsAt.includes(start)) await checkpoints.make(engine.engine.feed.head);
    if (restarts(start)) await engine.reopen();
    await engine.clock.advance(60_000);
    await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'completed' });
  }
  await engine.close();
  await checkpoints.close();
  return { order, froms };
}

test(
  'A15: one slot and weights 3:1 stay 3:1 when the server starts anew with every task, and the same goes first',
  { timeout: 240_000 },
  async () => {
    const { order } = await served(() => false);
    expect(order.filter((group) => group === 'web')).toHaveLength(12);
    expect((await served(() => true)).order).toEqual(order);
  },
);

test('A15: and when it starts from a checkpoint', { timeout: 240_000 }, async () => {
  const { order, froms } = await served((start) => start === 5 || start === 10, [5, 8]);
  expect(order.filter((group) => group === 'web')).toHaveLength(12);
  expect(froms.filter((from) => from > 0)).toHaveLength(2);
});
