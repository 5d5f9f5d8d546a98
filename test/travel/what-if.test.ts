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
  expect(same.assumed).toEqual(['Each task takes as long as it took, whoever does it.']);
  expect(same.replayed).toMatchObject({ completed: 10, makespan_s: 600, mean_wait_s: 270, utilization: 1 });
  const more = await engine.call('event.what_if', { sessions: 1 });
  expect(more.what_if).toMatchObject({ completed: 10, makespan_s: 300, mean_wait_s: 120, utilization: 1 });
  for (const policy of ['greedy', 'optimal'] as const) {
    expect((await engine.call('event.what_if', { policy, sessions: 4 })).what_if).toMatchObject({ completed: 10, makespan_s: 120 });
  }
  // Nobody is left: said, not hidden in good figures.
  const none = await engine.call('event.what_if', { without: ['eng-1'] });
  expect(none.what_if).toMatchObject({ completed: 0, unfinished: 10 });
  expect(none.assumed[1]).toMatch(/^10 of the tasks are not done at the end/);
  const other = await engine.call('event.what_if', { without: ['eng-1'], sessions: 2 });
  expect(other.what_if).toMatchObject({ completed: 10, unfinished: 0, makespan_s: 300, mean_wait_s: 120, utilization: 1 });
  await expect(engine.call('event.what_if', { without: ['nobody'] })).rejects.toMatchObject({ code: 'invalid_input' });
  expect((await engine.call('event.what_if', { from: before })).what_if).toMatchObject({ completed: 0, makespan_s: 0 });
  expect(engine.engine.feed.head).toBe(before);
});

test('F5: a period from the middle compares like with like, and what nobody can know is said', async () => {
  const folder = testFolder();
  const engine = await engineOn(folder, { settings: { policy: 'fifo' }, moments: () => new ThreadMoments({ folder, swarm: 'test' }) });
  await engine.register('eng-1', 1, ['build']);
  await engine.call('resource.set', { resource: 'gpu', capacity: 1 });
  for (const id of ['a', 'b', 'c'])
    await engine.add({ id, required_capability: 'build', ...(id === 'c' ? { resources: { gpu: 1 } } : {}) });
  const middle = engine.engine.feed.head;
  // A task that waits for a time, one that failed once, one that never ran, and a rule that changed.
  await engine.add({ id: 'd', required_capability: 'build', delay: 600 });
  const finish = async (task_id: string, status: 'completed' | 'failed') => {
    await engine.call('work.claim', { session_id: 'eng-1', task_id });
    await engine.clock.advance(60_000);
    await engine.call('session.heartbeat', { session_id: 'eng-1', status: 'busy', wants_work: false });
    await engine.call('work.complete', { session_id: 'eng-1', task_id, status });
  };
  await finish('a', 'completed');
  await finish('b', 'failed');
  await engine.call('config.apply', { settings: { policy: 'greedy' } });
  await finish('c', 'completed');
  const answer = await engine.call('event.what_if', { from: middle, policy: 'optimal' });
  expect(answer.happened).toMatchObject({ completed: 2, makespan_s: 180, utilization: 1 });
  expect(answer.replayed).toMatchObject({ completed: 4, unfinished: 0, guessed: 2, makespan_s: 660 });
  expect(answer.what_if.guessed).toBe(2);
  expect(answer.assumed).toEqual([
    'Each task takes as long as it took, whoever does it.',
    '2 of the tasks completed never in the period: how long they take is a guess, the mean of the others.',
    expect.stringContaining('1 failed attempts'),
  ]);
});
