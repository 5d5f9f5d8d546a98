/** The circuit breaker of a session (B9). */
import { expect, test } from 'vitest';
import { breakerState } from '../../src/domain/session/breaker.ts';
import { TestSwarm } from '../support/test-swarm.ts';

/** A swarm with a session whose breaker opens after three failures, for a minute. */
function swarmWith(...sessions: string[]): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ breaker_failures: 3, breaker_pause: 60 });
  for (const session of sessions) swarm.register(session, [], 2);
  return swarm;
}

function stateOf(swarm: TestSwarm, session = 's1'): string {
  return breakerState(swarm.session(session).breaker, swarm.now);
}

function fail(swarm: TestSwarm, times: number): void {
  for (let number = 0; number < times; number += 1) swarm.finish('s1', swarm.add(), 'failed');
}

test.each(['optimal', 'greedy', 'fifo'] as const)('B9: %s: closed → open → half open → closed', (policy) => {
  const swarm = swarmWith('s1');
  swarm.configure({ policy });
  fail(swarm, 2);
  expect(stateOf(swarm)).toBe('closed');
  fail(swarm, 1);
  expect(stateOf(swarm)).toBe('open');
  const [first] = [swarm.add(), swarm.add()];
  expect(swarm.dispatch('s1')).toEqual([]);
  swarm.now += 60_000;
  expect(stateOf(swarm)).toBe('half_open');
  expect(swarm.dispatch('s1')).toHaveLength(1);
  expect(swarm.dispatch('s1')).toEqual([]);
  swarm.must('work.complete', { session_id: 's1', task_id: first, status: 'completed' });
  expect(stateOf(swarm)).toBe('closed');
  expect(swarm.dispatch('s1')).toHaveLength(1);
});

test('B9: a failed trial opens it for twice as long', () => {
  const swarm = swarmWith('s1');
  fail(swarm, 3);
  swarm.now += 60_000;
  fail(swarm, 1);
  swarm.now += 119_999;
  expect(stateOf(swarm)).toBe('open');
  swarm.now += 1;
  expect(stateOf(swarm)).toBe('half_open');
});

test('B9: one task that fails again and again is not the fault of the session; a success between failures starts anew', () => {
  const swarm = swarmWith('s1');
  const poison = swarm.add({ max_attempts: 10, backoff_seconds: 0 });
  for (let number = 0; number < 6; number += 1) {
    swarm.finish('s1', poison, 'failed');
    swarm.passAlive(1, 's1');
  }
  expect(stateOf(swarm)).toBe('closed');
  fail(swarm, 1);
  swarm.finish('s1', swarm.add());
  fail(swarm, 2);
  expect(stateOf(swarm)).toBe('closed');
});

test('B9: work goes to others meanwhile, and a task may still be claimed by name; the session view shows it', async () => {
  const swarm = swarmWith('s1', 's2');
  fail(swarm, 3);
  const given = swarm.add();
  const [event] = swarm.dispatch('s1', 's2');
  const claimed = swarm.add();
  expect(event?.data).toMatchObject({ task_id: given, session_id: 's2' });
  swarm.claim('s1', claimed);
  expect(swarm.task(claimed).status).toBe('in_progress');
  const { session } = await swarm.ask('session.show', { session_id: 's1' });
  expect(session.breaker).toEqual({ state: 'open', failures: 0, until: new Date(swarm.now + 60_000).toISOString() });
});

test('B9: work that is never started, or hangs, counts as failed', () => {
  const swarm = swarmWith('s1');
  swarm.configure({ breaker_failures: 2, offline_after: 100_000 });
  for (const title of ['never started', 'hangs']) {
    const task = swarm.add({ title });
    if (title === 'hangs') swarm.claim('s1', task);
    else swarm.dispatch('s1');
    for (let seconds = 0; seconds < 1000; seconds += 100) swarm.passAlive(100, 's1');
    swarm.must('task.cancel', { task_id: task });
  }
  expect(swarm.session('s1').breaker.opened).toBe(1);
});

test('B9: a task that fails elsewhere too is not the fault of the sessions', () => {
  const swarm = swarmWith('s1', 's2');
  for (let number = 0; number < 6; number += 1) {
    const poison = swarm.add({ type: `kind${number}`, max_attempts: 2, backoff_seconds: 0 });
    for (const session of ['s1', 's2']) {
      swarm.finish(session, poison, 'failed');
      swarm.passAlive(1, 's1', 's2');
    }
  }
  expect([stateOf(swarm, 's1'), stateOf(swarm, 's2')]).toEqual(['closed', 'closed']);
});

test('B9: a kind that nobody completes is not the fault of the sessions; one that others complete is', () => {
  const swarm = swarmWith('s1', 's2');
  swarm.finish('s2', swarm.add(), 'failed');
  fail(swarm, 6);
  expect(stateOf(swarm)).toBe('closed');
  swarm.finish('s2', swarm.add());
  fail(swarm, 3);
  expect(stateOf(swarm)).toBe('open');
});
