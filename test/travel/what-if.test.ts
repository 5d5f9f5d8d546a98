/** F5, E3: a period replayed otherwise: the same work, decided by the real rules. */
import { expect, test } from 'vitest';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { engineOn, testFolder } from './sample-swarm.ts';

test('F5: what if there had been more sessions, or another policy', async () => {
  const folder = testFolder();
  const engine = await engineOn(folder, { settings: { policy: 'fifo' }, moments: () => new ThreadMoments({ folder, swarm: 'test' }) });
  await engine.register('eng-1', 1, ['build']);
  // Ten tasks at once, one after the other by one session, a minute each; the last waits for the first.
  for (let index = 0; index < 10; index += 1) {
    await engine.add({ id: `job-${index}`, required_capability: 'build', ...(index === 9 ? { dependencies: ['job-0'] } : {}) });
  }
  for (let index = 0; index < 10; index += 1) {
    await engine.call('work.claim', { session_id: 'eng-1', task_id: `job-${index}` });
    await engine.clock.advance(60_000);
    await engine.call('session.heartbeat', { session_id: 'eng-1', status: 'busy', wants_work: false });
    await engine.call('work.complete', { session_id: 'eng-1', task_id: `job-${index}`, status: 'completed' });
  }
  const before = engine.engine.feed.head;
  const same = await engine.call('event.what_if', {});
  expect(same.happened).toMatchObject({ completed: 10, makespan_s: 600 });
  expect(same.replayed).toEqual(same.what_if);
  expect(same.replayed).toMatchObject({ completed: 10, makespan_s: 600, mean_wait_s: 270, utilization: 1 });
  const more = await engine.call('event.what_if', { sessions: 1 });
  expect(more.what_if).toMatchObject({ completed: 10, makespan_s: 300, mean_wait_s: 120, utilization: 1 });
  for (const policy of ['greedy', 'optimal'] as const) {
    expect((await engine.call('event.what_if', { policy, sessions: 4 })).what_if).toMatchObject({ completed: 10, makespan_s: 120 });
  }
  expect((await engine.call('event.what_if', { from: before })).what_if).toMatchObject({ completed: 0, makespan_s: 0 });
  expect(engine.engine.feed.head).toBe(before);
});
