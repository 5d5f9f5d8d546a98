/** The timed passes of a writer (A13, A14) under a clock that the test moves: each at its exact time, none without need. */
import { describe, expect, test } from 'vitest';
import { rest } from './manual-clock.ts';
import { TestEngine } from './test-engine.ts';

/** Lets time pass to a millisecond before `ms`, where nothing may happen, then over it; returns the events made there. */
async function passExactly(swarm: TestEngine, ms: number): Promise<string[]> {
  const before = swarm.engine.feed.head;
  await swarm.clock.advance(ms - 1);
  expect(await swarm.types(before)).toEqual([]);
  await swarm.clock.advance(1);
  await rest();
  return await swarm.types(before);
}

describe('A13 by the clock', () => {
  test('A13: a sample of the metrics is kept every 30 seconds, as often as the setting says, and the newest are shown', async () => {
    const swarm = await TestEngine.open('memory', { settings: { offline_after: 100_000 } });
    await swarm.register('s1');
    await swarm.clock.advance(29_999);
    expect((await swarm.call('metrics.show', { history: 240 })).history).toEqual([]);
    await swarm.clock.advance(1);
    const [first] = (await swarm.call('metrics.show', { history: 240 })).history;
    expect(first).toMatchObject({ active_sessions: 1, busy_sessions: 0, tasks_pending: 0 });
    await swarm.add();
    await swarm.call('config.apply', { settings: { metrics_interval: 1 } });
    await swarm.clock.advance(3000);
    const { history } = await swarm.call('metrics.show', { history: 240 });
    expect(history.map(({ tasks_pending }) => tasks_pending)).toEqual([0, 1, 1, 1]);
    expect((await swarm.call('metrics.show', { history: 2 })).history).toEqual(history.slice(-2));
    expect((await swarm.call('metrics.show', {})).history).toEqual([]);
    for (let second = 0; second < 300; second += 1) await swarm.clock.advance(1000);
    expect((await swarm.call('metrics.show', { history: 240 })).history).toHaveLength(240);
  });
});

describe('A14 by the clock', () => {
  test('A14: a silent session is offline after exactly 3 minutes, and its work goes to one who waits', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const task_id = await swarm.add();
    await swarm.call('work.claim', { session_id: 's1', task_id });
    await swarm.clock.advance(60_000);
    await swarm.register('s2');
    const waiting = swarm.call('work.request', { session_id: 's2', wait: 150 });
    expect(await passExactly(swarm, 120_000)).toEqual(['task_released', 'session_offline', 'task_assigned']);
    expect((await waiting).task?.id).toBe(task_id);
  });

  test('A14: a session whose request waits is not silent, and is offline 3 minutes after the waiting ended', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const waiting = swarm.call('work.request', { session_id: 's1', wait: 300 });
    await swarm.clock.advance(299_999);
    await rest();
    expect((await swarm.call('session.show', { session_id: 's1' })).session.status).toBe('idle');
    await swarm.clock.advance(1);
    expect(await waiting).toEqual({ task: null, assignment: null });
    await swarm.clock.advance(180_000);
    await rest();
    expect((await swarm.call('session.show', { session_id: 's1' })).session.status).toBe('offline');
  });

  test('A14: an unstarted task is taken back after exactly 5 minutes', async () => {
    const swarm = await TestEngine.open('memory', { settings: { offline_after: 10_000 } });
    await swarm.register('s1');
    await swarm.add();
    await swarm.clock.advance(12_345);
    await swarm.call('work.request', { session_id: 's1' });
    expect(await passExactly(swarm, 300_000)).toEqual(['task_released']);
  });

  test('A14: stalled work is probed after exactly 10 minutes and taken back a minute later', async () => {
    const swarm = await TestEngine.open('memory', { settings: { offline_after: 10_000 } });
    await swarm.register('s1');
    await swarm.call('work.claim', { session_id: 's1', task_id: await swarm.add() });
    expect(await passExactly(swarm, 600_000)).toEqual(['task_probed']);
    const heard = await swarm.call('session.heartbeat', { session_id: 's1', status: 'busy', current_task: 'build-001' });
    expect(heard).toMatchObject({ probed: ['build-001'], revoked: [] });
    const before = swarm.engine.feed.head;
    expect(await passExactly(swarm, 60_000)).toEqual(['task_released']);
    const told = await swarm.call('session.heartbeat', { session_id: 's1', status: 'busy', current_task: 'build-001' });
    expect(told.revoked.map((each) => each.task_id)).toEqual(['build-001']);
    expect(swarm.engine.feed.head).toBe(before + 1);
  });

  test('a delayed attempt is due exactly when it should be, and given out in the same pass', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const task_id = await swarm.add({ max_attempts: 2, backoff_seconds: 8 });
    await swarm.call('work.claim', { session_id: 's1', task_id });
    await swarm.call('work.complete', { session_id: 's1', task_id, status: 'failed' });
    const waiting = swarm.call('work.request', { session_id: 's1', wait: 60 });
    await rest();
    expect(await passExactly(swarm, 6000)).toEqual(['task_due', 'task_assigned']);
    expect((await waiting).task?.attempt).toBe(2);
  });

  test('a delay that ended otherwise costs no passes', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const task_id = await swarm.add({ max_attempts: 2, backoff_seconds: 8 });
    await swarm.call('work.claim', { session_id: 's1', task_id });
    await swarm.call('work.complete', { session_id: 's1', task_id, status: 'failed' });
    await swarm.call('task.cancel', { task_id });
    const { fired } = swarm.clock;
    await swarm.clock.advance(59_999);
    expect(swarm.clock.fired - fired).toBeLessThan(10);
  });

  test('settings that are changed count at once', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    await swarm.clock.advance(2000);
    await swarm.call('config.apply', { settings: { offline_after: 5 } });
    expect(await passExactly(swarm, 3000)).toEqual(['session_offline']);
  });

  test('R32, R33: a clock that steps back or jumps ahead neither moves the log back nor ends what is heard of', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const { clock } = swarm;
    const now = clock.now.bind(clock);
    clock.now = () => now() - 3_600_000;
    await swarm.add();
    clock.now = now;
    await swarm.add();
    const times = (await swarm.events()).map((event) => event.time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect((await swarm.call('session.show', { session_id: 's1' })).session.status).toBe('idle');
  });
});

describe('a process that stood still', () => {
  /** The process is stopped, or its machine sleeps: time goes on, and no timer runs before it is over. */
  function standStill({ clock }: TestEngine, ms: number): void {
    const now = clock.now.bind(clock);
    clock.now = () => now() + ms;
  }

  test('A14: whoever speaks within a heartbeat and a half keeps its lease, whoever does not is offline then, and what was set is done at once', async () => {
    const swarm = await TestEngine.open('memory', {
      settings: { heartbeat_interval: 10, offline_after: 30, health_interval: 5, stall_after: 100_000 },
    });
    for (const session_id of ['alive', 'dead']) {
      await swarm.register(session_id);
      await swarm.call('work.claim', { session_id, task_id: await swarm.add() });
    }
    await swarm.register('third');
    const task_id = await swarm.add({ max_attempts: 2, backoff_seconds: 20 });
    await swarm.call('work.claim', { session_id: 'third', task_id });
    await swarm.call('work.complete', { session_id: 'third', task_id, status: 'failed' });
    const before = swarm.engine.feed.head;
    standStill(swarm, 3_600_000);
    await swarm.clock.advance(5000);
    await rest();
    expect(await swarm.types(before)).toEqual(['task_due']);
    for (const session_id of ['alive', 'third']) await swarm.call('session.heartbeat', { session_id, status: 'busy' });
    expect(await passExactly(swarm, 15_000)).toEqual(['task_released', 'session_offline']);
    const [offline] = (await swarm.events(before)).filter(({ type }) => type === 'session_offline');
    expect(offline?.data).toMatchObject({ session_id: 'dead' });
  });

  test('A14: one that is late again and again judges all the same', async () => {
    const swarm = await TestEngine.open('memory', { settings: { heartbeat_interval: 10, offline_after: 30, health_interval: 5 } });
    await swarm.register('dead');
    for (let pass = 0; pass < 4; pass += 1) {
      standStill(swarm, 20_000);
      await swarm.clock.advance(5000);
    }
    await rest();
    expect((await swarm.call('session.show', { session_id: 'dead' })).session.status).toBe('offline');
  });
});

describe('A13: the safety pass', () => {
  test.each([
    ['10 s', {}, 10_000],
    ['as often as the setting says', { assignment_interval: 2.5 }, 2500],
  ])('A13: what was missed while the log failed is given out by the pass every %s', async (_often, settings, interval) => {
    const swarm = await TestEngine.open('memory', { settings });
    await swarm.register('s1');
    await swarm.add();
    swarm.gate.fault = 'lost';
    await expect(swarm.add()).rejects.toMatchObject({ code: 'journal_failed' });
    swarm.engine.standFor('s1');
    await swarm.clock.advance(0);
    await rest();
    const before = swarm.engine.feed.head;
    await swarm.clock.advance(interval - 1);
    expect(await swarm.types(before)).toEqual([]);
    await swarm.clock.advance(1);
    await rest();
    expect(await swarm.types(before)).toEqual(['task_assigned']);
  });

  test('A13: with nothing to do, time makes no events', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.add();
    await swarm.clock.advance(3_600_000);
    expect(await swarm.types()).toEqual(['task_added']);
  });
});

describe('after a restart', () => {
  test('every session and lease has one grace period from then', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    await swarm.call('work.claim', { session_id: 's1', task_id: await swarm.add() });
    await swarm.clock.advance(170_000);
    await swarm.close();
    await swarm.clock.advance(1_000_000);
    await swarm.reopen();
    expect(await passExactly(swarm, 180_000)).toEqual(['task_released', 'session_offline']);
  });

  test('a session that reports in time keeps its lease', async () => {
    const swarm = await TestEngine.open('memory');
    await swarm.register('s1');
    const task_id = await swarm.add();
    const { lease } = await swarm.call('work.claim', { session_id: 's1', task_id });
    await swarm.close();
    await swarm.clock.advance(1_000_000);
    await swarm.reopen();
    await swarm.clock.advance(179_000);
    expect(await swarm.call('work.update', { session_id: 's1', task_id, lease, progress: 0.9 })).toMatchObject({ lease });
    expect(await passExactly(swarm, 180_000)).toEqual(['task_released', 'session_offline']);
  });
});
