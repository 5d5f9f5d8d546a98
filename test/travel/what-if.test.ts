/** F5, E3: a period replayed otherwise: the same work, decided by the real rules. */
import { expect, test } from 'vitest';
import { ThreadMoments } from '../../src/travel/thread-moments.ts';
import { engineOn, testFolder } from './sample-swarm.ts';

const AS_IT_WENT =
  'Each attempt takes as long as it took and ends as it ended, whoever makes it; whoever has a free slot takes work at once.';

test('F5: what if there had been more sessions, or another policy', { timeout: 300_000 }, async () => {
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
  expect(same.assumed).toEqual([AS_IT_WENT]);
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

test('F5: a period from the middle compares like with like, and what nobody can know is said', { timeout: 300_000 }, async () => {
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
  expect(answer.replayed).toMatchObject({ completed: 3, failed_attempts: 1, unfinished: 0, guessed: 1, makespan_s: 660 });
  expect(answer.what_if.guessed).toBe(1);
  expect(answer.assumed).toEqual([
    AS_IT_WENT,
    'A task that failed is tried again after the pause it had then.',
    '1 of the tasks made attempts whose end the period does not tell: they take the mean of the others, and complete.',
  ]);
});

test(
  'F5: an attempt fails again after its time, is tried again after its pause; a provider refuses the account, not the work',
  { timeout: 300_000 },
  async () => {
    const folder = testFolder();
    const engine = await engineOn(folder, { settings: { policy: 'fifo' }, moments: () => new ThreadMoments({ folder, swarm: 'test' }) });
    await engine.call('session.register', { session_id: 'eng-1', capabilities: [], account: 'one', wants_work: false });
    await engine.add({ id: 'flaky', max_attempts: 2, backoff_seconds: 60 });
    const attempt = async (task_id: string, seconds: number, status: 'completed' | 'failed' | 'parked') => {
      await engine.call('work.claim', { session_id: 'eng-1', task_id });
      await engine.clock.advance(seconds * 1000);
      if (status === 'parked') await engine.call('work.park', { session_id: 'eng-1', task_id, reason: 'rate' });
      else await engine.call('work.complete', { session_id: 'eng-1', task_id, status });
    };
    await attempt('flaky', 20, 'failed');
    await engine.clock.advance(60_000);
    await attempt('flaky', 40, 'completed');
    await engine.add({ id: 'long' });
    await attempt('long', 30, 'parked');
    await engine.clock.advance(120_000);
    await attempt('long', 50, 'completed');
    const { happened, replayed, what_if, assumed } = await engine.call('event.what_if', { without: ['eng-1'], sessions: 2 });
    expect(happened).toMatchObject({ completed: 2, failed_attempts: 1, parked: 1, unfinished: 0 });
    expect(replayed).toMatchObject({ completed: 2, failed_attempts: 1, parked: 1, unfinished: 0, guessed: 0 });
    // The others have no account: they are not refused, and go on.
    expect(what_if).toMatchObject({ completed: 2, failed_attempts: 1, parked: 0, unfinished: 0, guessed: 0 });
    expect(what_if.makespan_s).toBeLessThan(replayed.makespan_s);
    expect(assumed).toEqual([
      AS_IT_WENT,
      'A task that failed is tried again after the pause it had then.',
      'A provider takes no more from the same accounts at the same work; a session of another account goes on with it.',
    ]);
    // From the middle of an attempt: it goes on at whoever had it.
    const begun = (await engine.events()).findLast(({ type }) => type === 'task_assigned')?.seq ?? 0;
    const rest = await engine.call('event.what_if', { from: begun });
    expect(rest.happened).toMatchObject({ completed: 1, makespan_s: 50, utilization: 1 });
    expect(rest.replayed).toMatchObject({ completed: 1, makespan_s: 50, utilization: 1, guessed: 0 });
  },
);

test('F5: people answer as late as they did, and a whole waits for its parts, wherever it is at work', { timeout: 300_000 }, async () => {
  const folder = testFolder();
  const engine = await engineOn(folder, { settings: { policy: 'fifo' }, moments: () => new ThreadMoments({ folder, swarm: 'test' }) });
  await engine.register('eng-1');
  const claim = (task_id: string) => engine.call('work.claim', { session_id: 'eng-1', task_id });
  const work = async (task_id: string, seconds: number) => {
    await claim(task_id);
    await engine.clock.advance(seconds * 1000);
    await engine.call('work.complete', { session_id: 'eng-1', task_id, status: 'completed' });
  };
  await engine.add({ id: 'asks' });
  await engine.add({ id: 'other' });
  await claim('asks');
  await engine.clock.advance(60_000);
  const question = { session_id: 'eng-1', task_id: 'asks', question: 'Which way?', release_task: true };
  const { decision_id } = (await engine.call('decision.ask', question)).decision;
  await work('other', 60);
  await engine.clock.advance(60_000);
  await engine.call('decision.answer', { decision_id, answer: 'left' });
  await work('asks', 30);
  const asked = await engine.call('event.what_if', { sessions: 3 });
  expect(asked.happened).toMatchObject({ completed: 2, makespan_s: 210, mean_wait_s: 30 });
  expect(asked.replayed).toMatchObject({ completed: 2, makespan_s: 210, mean_wait_s: 30, guessed: 0 });
  // Nobody but the one who answers could have made it faster.
  expect(asked.what_if).toMatchObject({ completed: 2, makespan_s: 210, mean_wait_s: 0 });
  expect(asked.assumed).toContain('People answer as long after a question as they did then.');
  const middle = engine.engine.feed.head;
  await engine.add({ id: 'before' });
  await engine.add({ id: 'whole' });
  await work('before', 100);
  await claim('whole');
  await engine.clock.advance(10_000);
  for (const id of ['part-1', 'part-2']) await engine.add({ id, parent: 'whole' });
  await engine.clock.advance(10_000);
  await engine.call('work.suspend', { session_id: 'eng-1', task_id: 'whole', wait_for: ['part-1', 'part-2'] });
  await work('part-1', 60);
  await work('part-2', 60);
  await work('whole', 10);
  const whole = await engine.call('event.what_if', { from: middle, sessions: 1 });
  expect(whole.happened).toMatchObject({ completed: 4, makespan_s: 250 });
  expect(whole.replayed).toMatchObject({ completed: 4, makespan_s: 250, guessed: 0 });
  // The whole begins at once, so its parts come earlier too; it goes on when both are done.
  expect(whole.what_if).toMatchObject({ completed: 4, unfinished: 0, makespan_s: 150 });
  expect(whole.assumed).toContain('The parts of a task come when it is at work, as long after its beginning as they did then.');
  // A question that nobody had answered yet, and one that was open when the period began.
  await engine.add({ id: 'open' });
  await claim('open');
  const last = (await engine.call('decision.ask', { ...question, task_id: 'open' })).decision;
  const waits = await engine.call('event.what_if', { from: middle });
  expect(waits.replayed).toMatchObject({ completed: 4, unfinished: 1 });
  const since = engine.engine.feed.head;
  await engine.clock.advance(40_000);
  await engine.call('decision.withdraw', { decision_id: last.decision_id });
  await work('open', 20);
  const opened = await engine.call('event.what_if', { from: since });
  expect(opened.replayed).toMatchObject({ ...opened.happened, completed: 1, makespan_s: 60 });
});
