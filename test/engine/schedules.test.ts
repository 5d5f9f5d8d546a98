/** Schedules in a running writer, under a clock that the test moves: fired on time, caught up after a restart, given out at once. */
import { expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { JOURNALS, TestEngine, watch } from './test-engine.ts';

const TASK = { type: 'sweep', title: 'Sweep' };
const MINUTE = 60_000;

async function fired(swarm: TestEngine): Promise<number[]> {
  return (await swarm.events()).flatMap((event: LogEvent) => (event.type === 'schedule_fired' ? [event.data.planned_at] : []));
}

test('the writer fires when the time has come, not at its next pass, and gives the task to who waits', async () => {
  const swarm = await TestEngine.open('memory', { settings: { offline_after: 10_000 } });
  await swarm.register('w1');
  await swarm.call('schedule.add', { schedule_id: 's', cron: '*/10 * * * * *', task: TASK, overlap: 'allow' });
  const { schedule } = await swarm.call('schedule.show', { schedule_id: 's' });
  const due = Date.parse(schedule.next_at ?? '');
  const request = swarm.call('work.request', { session_id: 'w1', wait: 60 });
  const answered = watch(request);
  await swarm.clock.advance(due - swarm.clock.now() - 1);
  expect(answered.settled()).toBe(false);
  await swarm.clock.advance(1);
  expect((await request).task).toMatchObject({ id: 'sweep-001', status: 'assigned' });
  expect((await swarm.events()).find(({ type }) => type === 'task_added')?.time).toBe(due);
});

test.each(JOURNALS)('%s: what passed while it was closed is caught up by its policy, each time once', async (kind) => {
  const swarm = await TestEngine.open(kind);
  for (const catch_up of ['none', 'last', 'all'] as const) {
    await swarm.call('schedule.add', {
      schedule_id: catch_up,
      cron: '*/5 * * * *',
      task: { ...TASK, type: catch_up },
      catch_up,
      overlap: 'allow',
    });
  }
  await swarm.clock.advance(10 * MINUTE);
  const before = await swarm.call('task.list', {});
  expect(before.tasks.map(({ id }) => id).toSorted()).toEqual(['all-001', 'all-002', 'last-001', 'last-002', 'none-001', 'none-002']);
  await swarm.close();
  await swarm.clock.advance(24 * MINUTE);
  await swarm.reopen();
  await swarm.clock.advance(1000);
  const { tasks } = await swarm.call('task.list', {});
  const count = (type: string): number => tasks.filter((task) => task.type === type).length;
  expect([count('none'), count('last'), count('all')]).toEqual([2, 3, 7]);
  const snapshot = await swarm.snapshot();
  await swarm.reopen();
  await swarm.clock.advance(1000);
  expect(await swarm.call('task.list', {})).toEqual({ tasks, next_cursor: null });
  expect(await swarm.snapshot()).toEqual(snapshot);
});

test('a task and its firing reach the journal in one chunk: neither is there without the other', async () => {
  const swarm = await TestEngine.open('sqlite');
  await swarm.call('schedule.add', { schedule_id: 's', cron: '* * * * * *', task: TASK, overlap: 'allow' });
  await swarm.clock.advance(20_000);
  await swarm.engine.read(() => undefined);
  expect((await fired(swarm)).length).toBeGreaterThanOrEqual(19);
  const journal = await (async () => {
    await swarm.close();
    return swarm.openJournal();
  })();
  for await (const chunk of journal.read(1)) {
    const types = (JSON.parse(chunk.text) as [string][]).map(([type]) => type);
    const firings = types.filter((type) => type === 'schedule_fired').length;
    expect(types.filter((type) => type === 'task_added')).toHaveLength(firings);
  }
  await journal.close();
});
