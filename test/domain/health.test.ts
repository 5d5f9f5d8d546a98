/** The health pass (A14): silence, work that never starts, work that stalls, grace after a takeover. Each at its exact time. */
import { describe, expect, test } from 'vitest';
import { nextHealthTime } from '../../src/domain/swarm/health.ts';
import { percentile95 } from '../../src/domain/learning/estimate.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

/** A swarm with a session that holds a running task; both are heard of at the start. */
function working(settings: object = {}): { swarm: TestSwarm; task: string; lease: number } {
  const swarm = new TestSwarm();
  swarm.configure(settings);
  swarm.register('s1');
  const task = swarm.add();
  return { swarm, task, lease: swarm.claim('s1', task) };
}

/** Lets time pass to a millisecond before the next deadline, where nothing may happen, and then to it. */
function passDeadline(swarm: TestSwarm, ...alive: string[]): readonly string[] {
  const deadline = nextHealthTime(swarm.state, swarm.contacts);
  expect(swarm.passAlive((deadline - 1 - swarm.now) / 1000, ...alive)).toEqual([]);
  const outcome = typesOf(swarm.passAlive(0.001, ...alive));
  return typeof outcome === 'string' ? [outcome] : outcome;
}

describe('A14: silence', () => {
  test('A14: a session silent for 3 minutes is offline, its tasks go back to the queue', () => {
    const { swarm, task, lease } = working();
    const heard = swarm.now;
    expect(swarm.pass(179.999)).toEqual([]);
    const events = swarm.pass(0.001);
    expect(typesOf(events)).toEqual(['task_released', 'session_offline']);
    expect(events[0]?.data).toMatchObject({ task_id: task, lease, reason: 'session_offline', last_contact: heard });
    expect(dataOf(events, 'session_offline')).toEqual({ session_id: 's1', last_contact: heard });
    expect(swarm.task(task)).toMatchObject({ status: 'pending', queued: true, lost: 1 });
    expect(swarm.state.session_counts).toEqual({ idle: 0, busy: 0, offline: 1 });
    expect(swarm.pass(1000)).toEqual([]);
  });

  test('A14: whatever a session sends is a sign of life', () => {
    const { swarm, task } = working();
    for (const [name, more] of [
      ['session.heartbeat', { status: 'busy' }],
      ['work.update', { task_id: task }],
      ['work.request', {}],
    ] as const) {
      expect(swarm.pass(170)).toEqual([]);
      swarm.must(name, { session_id: 's1', ...more });
    }
    expect(typesOf(swarm.pass(180))).toEqual(['task_released', 'session_offline']);
  });

  test('A14: another session gets the task; the late report of the first one is refused', () => {
    const { swarm, task, lease } = working();
    swarm.pass(180);
    swarm.register('s2');
    expect(dataOf(swarm.dispatch('s2', 's1'), 'task_assigned')).toMatchObject({ task_id: task, session_id: 's2', attempt: 2 });
    const late = { session_id: 's1', task_id: task, status: 'completed', lease };
    expect(typesOf(swarm.run('work.complete', late))).toBe('lease_stale');
    expect(swarm.task(task).lease?.session_id).toBe('s2');
  });

  test('A14: an offline session gets no work', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.pass(180);
    swarm.add();
    expect(swarm.dispatch('s1')).toEqual([]);
  });

  test('a session that is offline for a day has left', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.pass(180);
    expect(swarm.pass(86_399.999)).toEqual([]);
    expect(typesOf(swarm.pass(0.001))).toEqual(['session_deregistered']);
    expect(swarm.state.session_counts).toEqual({ idle: 0, busy: 0, offline: 0 });
  });
});

describe('A14: work that does not start', () => {
  test('A14: assigned but not started for 5 minutes: taken back', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    swarm.dispatch('s1');
    expect(swarm.passAlive(299.999, 's1')).toEqual([]);
    expect(dataOf(swarm.passAlive(0.001, 's1'), 'task_released')).toMatchObject({ task_id: task, reason: 'claim_timeout' });
    expect(swarm.task(task)).toMatchObject({ status: 'pending', lost: 0 });
  });

  test('A14: an update that says assigned is no start', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    swarm.dispatch('s1');
    swarm.passAlive(200, 's1');
    swarm.must('work.update', { session_id: 's1', task_id, status: 'assigned', details: 'soon' });
    expect(typesOf(swarm.passAlive(100, 's1'))).toEqual(['task_released']);
  });
});

describe('A14: work that stalls', () => {
  test('A14: without progress for 10 minutes it is probed, a minute later taken back', () => {
    const { swarm, task, lease } = working();
    const start = swarm.now;
    expect(swarm.passAlive(599.999, 's1')).toEqual([]);
    const probed = swarm.passAlive(0.001, 's1');
    expect(dataOf(probed, 'task_probed')).toMatchObject({ task_id: task, lease, silent_ms: 600_000 });
    expect(swarm.passAlive(59.999, 's1')).toEqual([]);
    expect(dataOf(swarm.passAlive(0.001, 's1'), 'task_released')).toMatchObject({ reason: 'stalled', lease });
    expect(swarm.now - start).toBe(660_000);
    expect(swarm.task(task).lost).toBe(1);
  });

  test.each([
    ['progress by a heartbeat', 'session.heartbeat', { status: 'busy', current_task: 'build-001', progress: 0.5 }, true],
    ['progress by an update', 'work.update', { task_id: 'build-001', progress: 0.5 }, true],
    ['an update that says nothing new', 'work.update', { task_id: 'build-001' }, true],
    ['an update with details', 'work.update', { task_id: 'build-001', details: 'compiling' }, true],
    ['a heartbeat that says nothing new', 'session.heartbeat', { status: 'busy', current_task: 'build-001' }, false],
  ] as const)('A14: a probe is answered by %s: %s', (_what, name, input, answered) => {
    const { swarm } = working();
    swarm.passAlive(600, 's1');
    swarm.must(name, { session_id: 's1', ...input });
    const events = swarm.passAlive(60, 's1');
    expect(typesOf(events)).toEqual(answered ? [] : ['task_released']);
  });

  test('A14: progress moves the deadline', () => {
    const { swarm, task } = working({ offline_after: 100_000 });
    swarm.passAlive(500, 's1');
    swarm.must('work.update', { session_id: 's1', task_id: task, progress: 0.5 });
    expect(passDeadline(swarm, 's1')).toEqual(['task_probed']);
    expect(swarm.now - (swarm.task(task).lease?.progress_at ?? 0)).toBe(600_000);
  });

  test('A14: patience grows with the learned p95 of the type', () => {
    const swarm = new TestSwarm();
    swarm.configure({ offline_after: 100_000 });
    swarm.register('s1');
    for (const minutes of [20, 20, 20, 20]) swarm.finish('s1', swarm.add(), 'completed', { duration_minutes: minutes });
    const early = swarm.add();
    swarm.claim('s1', early);
    expect(passDeadline(swarm, 's1')).toEqual(['task_probed']);
    swarm.must('work.complete', { session_id: 's1', task_id: early, status: 'completed', duration_minutes: 20 });
    const task = swarm.add();
    const started = swarm.now;
    swarm.claim('s1', task);
    expect(passDeadline(swarm, 's1')).toEqual(['task_probed']);
    // Five durations of 20 minutes, shrunk: spread² = (4·0.25) ÷ (4 + 4.524) + 1 ÷ (4.524 ÷ 0.1173 + 1 ÷ 0.06) = 0.1354.
    expect((swarm.now - started) / 60_000).toBeCloseTo(20 * Math.exp(1.645 * Math.sqrt(0.1354)), 1);
  });

  test('A14: patience is the learned p95 of the kind at the session, and longer the more the durations spread', () => {
    const swarm = new TestSwarm();
    swarm.configure({ offline_after: 100_000 });
    swarm.register('s1');
    const minutes = [10, 20, 40, 80, 160];
    for (const duration_minutes of minutes) swarm.finish('s1', swarm.add(), 'completed', { duration_minutes });
    const started = swarm.now;
    swarm.claim('s1', swarm.add());
    passDeadline(swarm, 's1');
    const { learned } = swarm.session('s1').performance;
    const p95 = percentile95(swarm.state.kinds, learned, { kind: 'build', nominal: 1_800_000 });
    expect(p95).toBeGreaterThan(80 * 60_000);
    expect(swarm.now - started).toBeGreaterThanOrEqual(p95 - 2);
    expect(swarm.now - started).toBeLessThan(p95 + 2);
  });
});

describe('leases that are lost', () => {
  test('R20: a task that loses max_lost_attempts leases has failed, and what cascades from it', () => {
    const swarm = new TestSwarm();
    swarm.configure({ max_lost_attempts: 3 });
    const task = swarm.add();
    const next = swarm.add({ dependencies: [task], on_dependency_failure: 'cascade' });
    const outcomes = [1, 2, 3].map(() => {
      swarm.register('s1');
      swarm.claim('s1', task);
      return swarm.pass(180);
    });
    expect(outcomes.map(typesOf)).toEqual([
      ['task_released', 'session_offline'],
      ['task_released', 'session_offline'],
      ['task_failed', 'task_failed', 'session_offline'],
    ]);
    expect(outcomes[2]?.[0]?.data).toMatchObject({ reason: 'leases_lost', retry_at: null, session_id: 's1', duration_ms: 180_000 });
    expect([task, next].map((id) => swarm.task(id).status)).toEqual(['failed', 'failed']);
  });

  test('a retry gives all the leases back', () => {
    const { swarm, task } = working({ max_lost_attempts: 1 });
    swarm.pass(180);
    expect(swarm.task(task)).toMatchObject({ status: 'failed', lost: 1 });
    swarm.must('task.retry', { task_id: task });
    expect(swarm.task(task).lost).toBe(0);
  });
});

describe('after a takeover', () => {
  test('every silence counts from the takeover: sessions and leases get one grace period', () => {
    const { swarm } = working();
    swarm.now += 100_000;
    swarm.recover();
    expect(swarm.pass(179.999)).toEqual([]);
    expect(typesOf(swarm.pass(0.001))).toEqual(['task_released', 'session_offline']);
  });

  test.each([
    ['an unstarted task', 300],
    ['a running task', 600],
    ['a probed task', 60],
  ])('%s gets its whole time again', (what, seconds) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    swarm.dispatch('s1');
    if (what !== 'an unstarted task') swarm.must('work.update', { session_id: 's1', task_id });
    swarm.passAlive(what === 'a probed task' ? 600 : 250, 's1');
    swarm.passAlive(40, 's1');
    swarm.recover();
    swarm.contacts.set('s1', swarm.now);
    expect(swarm.passAlive(seconds - 0.001, 's1')).toEqual([]);
    expect(typesOf(swarm.passAlive(0.001, 's1'))).toEqual([what === 'a running task' ? 'task_probed' : 'task_released']);
  });

  test('the pass is due at the earliest of all deadlines, or never', () => {
    const swarm = new TestSwarm();
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(Infinity);
    swarm.register('s1', [], 2);
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(swarm.now + 180_000);
    const task = swarm.add({ max_attempts: 2, backoff_seconds: 8 });
    swarm.finish('s1', task, 'failed');
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(swarm.now + 6000);
    swarm.must('task.cancel', { task_id: task });
    expect(nextHealthTime(swarm.state, swarm.contacts)).toBe(swarm.now + 180_000);
  });
});
