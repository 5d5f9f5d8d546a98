/** The rules of working on a task (A4–A7): request, claim, update, complete, and attempts that fail. */
import { describe, expect, test } from 'vitest';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

function swarmWith(...sessions: string[]): TestSwarm {
  const swarm = new TestSwarm();
  for (const session of sessions) swarm.register(session);
  return swarm;
}

describe('A5: claim', () => {
  test('A5: a claim gives the task and starts it', () => {
    const swarm = swarmWith('s1');
    const task = swarm.add();
    const events = swarm.must('work.claim', { session_id: 's1', task_id: task });
    expect(dataOf(events, 'task_assigned')).toMatchObject({ task_id: task, session_id: 's1', attempt: 1, started: true, policy: 'claim' });
    expect(swarm.task(task)).toMatchObject({ status: 'in_progress', lease: { number: events[0]?.seq, started_at: swarm.now } });
  });

  test('A5: claiming again what one holds is harmless; what one was given, it starts', () => {
    const swarm = swarmWith('s1');
    const task = swarm.add();
    swarm.dispatch('s1');
    const lease = swarm.task(task).lease?.number;
    expect(typesOf(swarm.must('work.claim', { session_id: 's1', task_id: task }))).toEqual(['task_started']);
    expect(swarm.must('work.claim', { session_id: 's1', task_id: task })).toEqual([]);
    expect(swarm.task(task)).toMatchObject({ status: 'in_progress', lease: { number: lease } });
  });

  test.each([
    ['task_unknown', () => 'none'],
    ['task_taken', (swarm) => claimed(swarm, 's2')],
    ['task_terminal', (swarm) => ended(swarm, 'completed')],
    ['task_terminal', (swarm) => ended(swarm, 'failed')],
    ['task_terminal', (swarm) => retired(swarm)],
    ['task_not_ready', (swarm) => swarm.add({ dependencies: [swarm.add()] })],
    ['task_not_ready', (swarm) => ended(swarm, 'failed', { max_attempts: 2 })],
    ['capability_missing', (swarm) => swarm.add({ required_capability: 'design' })],
    ['no_free_slot', (swarm) => (claimed(swarm, 's1'), swarm.add())],
  ] satisfies [string, (swarm: TestSwarm) => string][])('A5: refused with %s', (code, given) => {
    const swarm = swarmWith('s1', 's2');
    const task_id = given(swarm);
    const before = swarm.log.length;
    expect(typesOf(swarm.run('work.claim', { session_id: 's1', task_id }))).toBe(code);
    expect(swarm.log.length).toBe(before);
  });

  test('A5: a session with several slots takes as many tasks', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 2);
    const tasks = [swarm.add(), swarm.add(), swarm.add()];
    const outcomes = tasks.map((task_id) => typesOf(swarm.run('work.claim', { session_id: 's1', task_id })));
    expect(outcomes).toEqual([['task_assigned'], ['task_assigned'], 'no_free_slot']);
  });
});

describe('A6: update', () => {
  test('A6: the first report starts the task, unless it says that it is only assigned', () => {
    const swarm = swarmWith('s1');
    const task_id = swarm.add();
    swarm.dispatch('s1');
    expect(swarm.must('work.update', { session_id: 's1', task_id, status: 'assigned' })).toEqual([]);
    expect(typesOf(swarm.must('work.update', { session_id: 's1', task_id, status: 'in_progress' }))).toEqual(['task_started']);
    expect(typesOf(swarm.must('work.update', { session_id: 's1', task_id, progress: 0.4 }))).toEqual(['task_progressed']);
    expect(swarm.task(task_id)).toMatchObject({ status: 'in_progress', progress: 0.4 });
  });

  test.each([['a string'], [{ step: 2, of: [3] }]])('A6: details are recorded: %j', (details) => {
    const swarm = swarmWith('s1');
    const task_id = claimed(swarm, 's1');
    const events = swarm.must('work.update', { session_id: 's1', task_id, progress: 0, details });
    expect(dataOf(events, 'task_progressed')).toMatchObject({ details, progress: 0 });
  });

  test.each(REPORTS())('A6, A7: %s of a task that one does not hold is refused: %s', (name, more, given, code) => {
    const swarm = swarmWith('s1', 's2');
    const report = given(swarm);
    const before = swarm.log.length;
    expect(typesOf(swarm.run(name, { session_id: 's1', ...more, ...report }))).toBe(code);
    expect(swarm.log.length).toBe(before);
  });

  test('A6: details are bounded', () => {
    const swarm = swarmWith('s1');
    const task_id = claimed(swarm, 's1');
    const outcome = swarm.run('work.update', { session_id: 's1', task_id, details: 'x'.repeat(250_000) });
    expect(outcome).toMatchObject({ refused: 'event_too_large', params: { limit: 250_000 } });
  });
});

/** Reports that must change nothing, each with its code, for both commands that report. */
function REPORTS(): ['work.update' | 'work.complete', object, (swarm: TestSwarm) => { task_id: string; lease?: number }, string][] {
  const cases: [(swarm: TestSwarm) => { task_id: string; lease?: number }, string][] = [
    [() => ({ task_id: 'none' }), 'task_unknown'],
    [(swarm) => ({ task_id: swarm.add() }), 'not_holder'],
    [(swarm) => ({ task_id: claimed(swarm, 's2') }), 'not_holder'],
    [foreignLease, 'not_holder'],
    [staleLease, 'lease_stale'],
    [replacedLease, 'lease_stale'],
    [(swarm) => ({ task_id: retired(swarm, 'failed') }), 'task_terminal'],
  ];
  return cases.flatMap(([given, code]) => [
    ['work.update', { progress: 0.5 }, given, code],
    ['work.complete', { status: 'completed' }, given, code],
  ]);
}

describe('A7: complete', () => {
  test.each(['text', { files: ['a'], ok: true }, null])('A7: the result is kept: %j', (result) => {
    const swarm = swarmWith('s1');
    const task_id = claimed(swarm, 's1');
    swarm.now += 90_000;
    const events = swarm.must('work.complete', { session_id: 's1', task_id, status: 'completed', result });
    expect(dataOf(events, 'task_completed')).toMatchObject({ result, duration_ms: 90_000, session_id: 's1' });
    expect(swarm.task(task_id)).toMatchObject({ status: 'completed', progress: 1, lease: null, ending: { result } });
    expect(swarm.session('s1')).toMatchObject({ held: [], status: 'idle', performance: { completed: 1, failed: 0 } });
  });

  test('A7: the duration counts from the start; from the assignment if it never started; as told when it is told', () => {
    const swarm = swarmWith('s1');
    const durationOf = (more: object): number => {
      const events = swarm.must('work.complete', { session_id: 's1', task_id: swarm.session('s1').held[0], status: 'completed', ...more });
      return dataOf(events, 'task_completed').duration_ms;
    };
    swarm.add();
    swarm.dispatch('s1');
    swarm.now += 5000;
    expect(durationOf({})).toBe(5000);
    const task_id = swarm.add();
    swarm.dispatch('s1');
    swarm.now += 5000;
    swarm.must('work.update', { session_id: 's1', task_id });
    swarm.now += 1000;
    expect(durationOf({})).toBe(1000);
    claimed(swarm, 's1');
    expect(durationOf({ duration_minutes: 1.5 })).toBe(90_000);
  });

  test.each([
    ['a live one', 'completed', {}, (_swarm: TestSwarm): void => undefined],
    ['a failed one', 'failed', {}, (): void => undefined],
    ['a failed attempt that waits for the next', 'failed', { max_attempts: 2 }, (): void => undefined],
    ['one that left memory', 'completed', {}, retireAll],
    ['a failed one that left memory', 'failed', {}, retireAll],
  ] as const)('A7: repeating a completion changes nothing: %s', (_what, status, task, meanwhile) => {
    const swarm = swarmWith('s1');
    const task_id = swarm.add(task);
    const lease = swarm.claim('s1', task_id);
    swarm.must('work.complete', { session_id: 's1', task_id, status });
    meanwhile(swarm);
    expect(swarm.must('work.complete', { session_id: 's1', task_id, status })).toEqual([]);
    expect(swarm.must('work.complete', { session_id: 's1', task_id, status, lease })).toEqual([]);
    const other = status === 'completed' ? 'failed' : 'completed';
    expect('refused' in swarm.run('work.complete', { session_id: 's1', task_id, status: other })).toBe(true);
    expect('refused' in swarm.run('work.complete', { session_id: 's1', task_id, status: other, lease })).toBe(true);
    expect('refused' in swarm.run('work.complete', { session_id: 's1', task_id, status, lease: lease + 1 })).toBe(true);
    expect('refused' in swarm.run('work.complete', { session_id: 's2', task_id, status })).toBe(true);
  });

  test('A7: the end of the first attempt is no end of the second', () => {
    const swarm = swarmWith('s1');
    const task_id = swarm.add({ max_attempts: 2, backoff_seconds: 0 });
    const first = swarm.claim('s1', task_id);
    swarm.must('work.complete', { session_id: 's1', task_id, status: 'failed' });
    swarm.pass(1);
    const second = swarm.claim('s1', task_id);
    expect(swarm.must('work.complete', { session_id: 's1', task_id, status: 'failed', lease: first })).toEqual([]);
    expect(swarm.task(task_id)).toMatchObject({ status: 'in_progress', lease: { number: second }, attempt: 2 });
    expect(typesOf(swarm.must('work.complete', { session_id: 's1', task_id, status: 'failed' }))).toEqual(['task_failed']);
    expect(swarm.task(task_id).status).toBe('failed');
  });

  test('A7: a completion under a lease is repeated even after its session has left', () => {
    const swarm = swarmWith('s1');
    const task_id = swarm.add();
    const lease = swarm.claim('s1', task_id);
    swarm.must('work.complete', { session_id: 's1', task_id, status: 'completed', lease });
    swarm.must('session.deregister', { session_id: 's1' });
    expect(swarm.must('work.complete', { session_id: 's1', task_id, status: 'completed', lease })).toEqual([]);
  });

  test('A7: a cancelled task cannot be completed any more', () => {
    const swarm = swarmWith('s1');
    const task_id = swarm.add();
    const lease = swarm.claim('s1', task_id);
    swarm.must('task.cancel', { task_id });
    const end = { session_id: 's1', task_id, status: 'completed' };
    expect(typesOf(swarm.run('work.complete', end))).toBe('task_cancelled');
    expect(typesOf(swarm.run('work.complete', { ...end, lease }))).toBe('task_cancelled');
  });

  test('A7: the result is bounded', () => {
    const swarm = swarmWith('s1');
    const task_id = claimed(swarm, 's1');
    const outcome = swarm.run('work.complete', { session_id: 's1', task_id, status: 'completed', result: { text: 'x'.repeat(250_000) } });
    expect(typesOf(outcome)).toBe('event_too_large');
    expect(swarm.task(task_id).status).toBe('in_progress');
  });
});

describe('failed attempts', () => {
  test.each([
    ['at least half of it', 0, 1, 2500],
    ['in the middle', 0.5, 1, 3750],
    ['at most all of it', 0.999_999_999, 1, 5000],
    ['twice as long the second time', 0, 2, 5000],
    ['four times as long the third time', 0, 3, 10_000],
    ['never above an hour', 0.999_999_999, 15, 3_600_000],
  ])('the pause before the next attempt has jitter: %s', (_what, random, attempt, pause) => {
    const swarm = swarmWith('s1');
    const task_id = swarm.add({ max_attempts: 20, backoff_seconds: 5 });
    swarm.random = () => random;
    swarm.configure({ offline_after: 100_000 });
    for (let number = 1; number < attempt; number += 1) {
      swarm.finish('s1', task_id, 'failed');
      swarm.passAlive(3600, 's1');
    }
    const events = swarm.finish('s1', task_id, 'failed');
    expect(dataOf(events, 'task_failed')).toMatchObject({ reason: 'reported', retry_at: swarm.now + pause });
    expect(swarm.task(task_id)).toMatchObject({ status: 'pending', due_at: swarm.now + pause, progress: 0 });
    expect(swarm.pass((pause - 1) / 1000)).toEqual([]);
    expect(swarm.dispatch('s1')).toEqual([]);
    expect(typesOf(swarm.pass(0.001))).toEqual(['task_due']);
    expect(typesOf(swarm.dispatch('s1'))).toEqual(['task_assigned']);
  });

  test('a task fails for good with its last attempt, which is one unless told', () => {
    const swarm = swarmWith('s1');
    const once = swarm.add();
    swarm.finish('s1', once, 'failed');
    expect(swarm.task(once).status).toBe('failed');
    const thrice = swarm.add({ max_attempts: 3, backoff_seconds: 0 });
    const statuses = [1, 2, 3].map(() => {
      swarm.finish('s1', thrice, 'failed', { result: 'no' });
      swarm.pass(1);
      return swarm.task(thrice).status;
    });
    expect(statuses).toEqual(['pending', 'pending', 'failed']);
    expect(swarm.session('s1').performance).toMatchObject({ completed: 0, failed: 4 });
  });

  test.each([
    ['cancelled', (swarm: TestSwarm, task_id: string) => swarm.must('task.cancel', { task_id })],
    ['due already', (swarm: TestSwarm) => swarm.pass(10)],
  ])('a delay that is over leaves nothing that is due: %s', (_what, end) => {
    const swarm = swarmWith('s1');
    const [first, second] = [swarm.add({ max_attempts: 2 }), swarm.add({ max_attempts: 2, backoff_seconds: 1000 })];
    swarm.finish('s1', first, 'failed');
    swarm.finish('s1', second, 'failed');
    end(swarm, first);
    expect(swarm.state.delayed.heap.map((entry) => entry.task_id)).toEqual([second]);
  });

  test('tasks that are due together all become ready, even when the clock moves on between their events', () => {
    const swarm = swarmWith('s1');
    const tasks = [1, 2, 3].map(() => swarm.add({ max_attempts: 2 }));
    for (const task of tasks) {
      swarm.finish('s1', task, 'failed');
      swarm.now += 1;
    }
    swarm.onEvent = () => (swarm.now += 1);
    swarm.pass(3.748);
    swarm.pass(0.01);
    expect(tasks.map((task) => swarm.task(task).due_at)).toEqual([0, 0, 0]);
  });
});

function claimed(swarm: TestSwarm, session: string): string {
  const task = swarm.add();
  swarm.claim(session, task);
  return task;
}

function ended(swarm: TestSwarm, status: 'completed' | 'failed', task: object = {}): string {
  const id = swarm.add(task);
  swarm.finish('s2', id, status);
  return id;
}

function retired(swarm: TestSwarm, status: 'completed' | 'failed' = 'completed'): string {
  const id = ended(swarm, status);
  retireAll(swarm);
  return id;
}

function retireAll(swarm: TestSwarm): void {
  swarm.record([{ type: 'tasks_retired', data: { count: swarm.state.finished.size } }]);
}

/** The right number in the wrong hands. */
function foreignLease(swarm: TestSwarm): { task_id: string; lease: number } {
  const task_id = swarm.add();
  return { task_id, lease: swarm.claim('s2', task_id) };
}

/** A lease that ended; nobody holds the task. */
function staleLease(swarm: TestSwarm): { task_id: string; lease: number } {
  const task_id = swarm.add();
  swarm.dispatch('s1');
  const lease = swarm.task(task_id).lease?.number ?? 0;
  swarm.passAlive(301, 's1', 's2');
  return { task_id, lease };
}

/** A lease that ended; the same session holds the task under another one. */
function replacedLease(swarm: TestSwarm): { task_id: string; lease: number } {
  const stale = staleLease(swarm);
  swarm.claim('s1', stale.task_id);
  return stale;
}
