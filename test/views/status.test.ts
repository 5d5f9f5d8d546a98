/** The swarm at a glance (A9): counts, utilisation, throughput, times; hand-computed. */
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { StatusView } from '../../src/contract/views/status-view.ts';
import { showStatus } from '../../src/views/status-view.ts';
import { TestSwarm } from '../support/test-swarm.ts';

const MINUTE = 60_000;

function statusOf(swarm: TestSwarm): StatusView {
  return showStatus(swarm.state, swarm.contacts, swarm.now);
}

test('A9: an empty swarm', () => {
  const status = statusOf(new TestSwarm());
  expect(status.sessions).toEqual({ total: 0, active: 0, idle: 0, busy: 0, offline: 0, list: [] });
  expect(Object.values(status.tasks).every((count) => count === 0)).toBe(true);
  expect(status.performance).toEqual({ utilization: 0, throughput: 0, avg_task_time: null });
});

test('A9: sessions and tasks are counted by status; active = idle + busy, total = active + offline', () => {
  const swarm = new TestSwarm();
  for (const session of ['idle', 'busy', 'away', 'gone']) swarm.register(session);
  swarm.must('session.deregister', { session_id: 'gone' });
  const [a, b, c, d] = [swarm.add(), swarm.add(), swarm.add(), swarm.add()];
  swarm.finish('idle', a);
  swarm.finish('idle', b, 'failed');
  swarm.must('task.cancel', { task_id: c });
  swarm.passAlive(180, 'idle', 'busy');
  swarm.claim('busy', d);
  swarm.add();
  swarm.dispatch('idle');
  swarm.add();
  swarm.add({ dependencies: ['build-006'] });
  const status = statusOf(swarm);
  expect(status.sessions).toMatchObject({ total: 3, active: 2, idle: 0, busy: 2, offline: 1 });
  expect(status.sessions.list.map((session) => [session.id, session.status, session.current_task])).toEqual([
    ['idle', 'busy', 'build-005'],
    ['busy', 'busy', 'build-004'],
    ['away', 'offline', null],
  ]);
  expect(status.tasks).toEqual({
    total: 7,
    pending: 2,
    ready: 1,
    blocked: 1,
    assigned: 1,
    in_progress: 1,
    completed: 1,
    completed_today: 1,
    failed: 1,
    cancelled: 1,
    overdue: 0,
  });
  expect(OPERATIONS['swarm.status'].output.parse(status)).toEqual(status);
});

test('A11: a session shows what it has achieved', () => {
  const swarm = new TestSwarm();
  swarm.register('s1', ['build']);
  swarm.finish('s1', swarm.add(), 'completed', { duration_minutes: 10 });
  swarm.finish('s1', swarm.add(), 'completed', { duration_minutes: 20 });
  swarm.finish('s1', swarm.add(), 'failed');
  const task = swarm.add();
  swarm.claim('s1', task);
  swarm.contacts.set('s1', swarm.now + 5000);
  const [session] = statusOf(swarm).sessions.list;
  expect(session).toMatchObject({
    id: 's1',
    status: 'busy',
    capabilities: ['build'],
    current_task: task,
    current_task_id: task,
    registered_at: new Date(swarm.now).toISOString(),
    last_heartbeat: new Date(swarm.now + 5000).toISOString(),
    performance: { tasks_completed: 2, tasks_failed: 1, avg_task_time: 15, success_rate: 2 / 3, score: 4 / 6 },
    performance_score: 4 / 6,
  });
});

describe('A9: utilisation is busy ÷ active session time over the last hour', () => {
  test('A9: hand-computed: two sessions, one busy for a quarter of the time', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.register('s2');
    swarm.now += 5 * MINUTE;
    const task = swarm.add();
    swarm.claim('s1', task);
    swarm.now += 10 * MINUTE;
    swarm.must('work.complete', { session_id: 's1', task_id: task, status: 'completed' });
    swarm.now += 5 * MINUTE;
    expect(statusOf(swarm).performance.utilization).toBeCloseTo(10 / 40, 10);
  });

  test('A9: the time that runs now counts, without an event', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.now += 10 * MINUTE;
    swarm.claim('s1', swarm.add());
    swarm.now += 30 * MINUTE;
    expect(statusOf(swarm).performance.utilization).toBeCloseTo(30 / 40, 10);
  });

  test('A9: sessions that left or are offline count only while they were there', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.register('s2');
    swarm.claim('s1', swarm.add());
    swarm.now += 10 * MINUTE;
    swarm.must('session.deregister', { session_id: 's2' });
    swarm.now += 10 * MINUTE;
    expect(statusOf(swarm).performance.utilization).toBeCloseTo(20 / 30, 10);
    swarm.contacts.set('s1', swarm.now);
    swarm.pass(180);
    swarm.now += 17 * MINUTE;
    expect(statusOf(swarm).performance.utilization).toBeCloseTo(23 / 33, 10);
  });

  test('A9: what was more than an hour ago does not count', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    swarm.claim('s1', task);
    swarm.now += 30 * MINUTE;
    swarm.must('work.complete', { session_id: 's1', task_id: task, status: 'completed' });
    swarm.now += 61 * MINUTE;
    expect(statusOf(swarm).performance).toMatchObject({ utilization: 0, throughput: 0, avg_task_time: 30 });
    swarm.now += 100 * MINUTE;
    swarm.claim('s1', swarm.add());
    swarm.now += 30 * MINUTE;
    expect(statusOf(swarm).performance.utilization).toBeGreaterThan(30 / 61);
    expect(statusOf(swarm).performance.utilization).toBeLessThan(30 / 58);
  });

  test('A9: a pause of days in which nothing happened, and nobody was there, is no idle time', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.must('session.deregister', { session_id: 's1' });
    swarm.now += 3 * 86_400_000;
    swarm.register('s2');
    swarm.claim('s2', swarm.add());
    swarm.now += MINUTE;
    expect(statusOf(swarm).performance.utilization).toBeCloseTo(1, 10);
  });
});

describe('A9: throughput and times', () => {
  test('A9: throughput counts the tasks completed in the last hour', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const counts: number[] = [];
    for (let minute = 0; minute < 90; minute += 10) {
      swarm.finish('s1', swarm.add());
      counts.push(statusOf(swarm).performance.throughput);
      swarm.now += 10 * MINUTE;
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 6, 6, 6]);
  });

  test('A9: avg_task_time is the mean of all completed tasks, in minutes', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    for (const duration_minutes of [1, 2, 6]) swarm.finish('s1', swarm.add(), 'completed', { duration_minutes });
    swarm.finish('s1', swarm.add(), 'failed', { duration_minutes: 100 });
    expect(statusOf(swarm).performance.avg_task_time).toBe(3);
  });

  test('A9: completed_today starts again at midnight, UTC', () => {
    const swarm = new TestSwarm();
    swarm.now = Date.UTC(2026, 10, 21, 23, 59, 59, 998);
    swarm.register('s1');
    const today: number[] = [];
    for (let number = 0; number < 4; number += 1) {
      swarm.finish('s1', swarm.add());
      today.push(statusOf(swarm).tasks.completed_today);
      swarm.now += 1;
    }
    expect(today).toEqual([1, 2, 1, 2]);
    swarm.now += 86_400_000;
    expect(statusOf(swarm).tasks).toMatchObject({ completed: 4, completed_today: 0 });
  });
});
