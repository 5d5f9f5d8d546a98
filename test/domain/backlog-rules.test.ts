/** The rules of the backlog: what happens to dependents (B2), cancel, retry, and what leaves memory. */
import { describe, expect, test } from 'vitest';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import { arrivedAfter } from '../../src/domain/arrival-order.ts';
import { snapshotOf } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

type Policy = NonNullable<TaskInput['on_dependency_failure']>;

/** A swarm with one session and these tasks: their dependencies and their policy. */
function graph(tasks: Readonly<Record<string, readonly [readonly string[], Policy?]>>): TestSwarm {
  const swarm = new TestSwarm();
  swarm.register('s1');
  swarm.must('work.add', {
    tasks: Object.entries(tasks).map(([id, [dependencies, on_dependency_failure = 'block']]) => ({
      id,
      type: 'build',
      title: id,
      dependencies,
      on_dependency_failure,
    })),
  });
  return swarm;
}

/** Each task with its status, and `ready` for a pending one that could start. */
function statusesOf(swarm: TestSwarm): Record<string, string> {
  return Object.fromEntries([...swarm.state.tasks.values()].map((task) => [task.id, task.queued ? 'ready' : task.status]));
}

describe('B2: what a dependency does to those who wait for it', () => {
  test('B2: a task is ready when all it depends on have completed', () => {
    const swarm = graph({ a: [[]], b: [[]], c: [['a', 'b']] });
    expect(statusesOf(swarm)).toEqual({ a: 'ready', b: 'ready', c: 'pending' });
    swarm.finish('s1', 'a');
    expect(swarm.task('c')).toMatchObject({ waiting_for: 1, queued: false });
    swarm.finish('s1', 'b');
    expect(statusesOf(swarm)['c']).toBe('ready');
  });

  test.each([
    ['block', 'pending'],
    ['cascade', 'failed'],
    ['ignore', 'ready'],
  ] as const)('B2: when it fails, policy %s: %s; the same when it is cancelled', (policy, expected) => {
    const failing = graph({ a: [[]], b: [['a'], policy] });
    failing.finish('s1', 'a', 'failed');
    expect(statusesOf(failing)).toEqual({ a: 'failed', b: expected });
    const cancelled = graph({ a: [[]], b: [['a'], policy] });
    cancelled.must('task.cancel', { task_id: 'a' });
    expect(statusesOf(cancelled)).toEqual({ a: 'cancelled', b: expected });
  });

  test('B2: an attempt that will be repeated fails nobody', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const first = swarm.add({ max_attempts: 2 });
    const next = swarm.add({ dependencies: [first], on_dependency_failure: 'cascade' });
    swarm.finish('s1', first, 'failed');
    expect(swarm.task(next).status).toBe('pending');
  });

  test('B2: a chain fails link by link, up to one that blocks or ignores', () => {
    const swarm = graph({
      a: [[]],
      b: [['a'], 'cascade'],
      c: [['b'], 'cascade'],
      blocked: [['c'], 'block'],
      runs: [['c'], 'ignore'],
      after: [['blocked'], 'cascade'],
    });
    const events = swarm.finish('s1', 'a', 'failed');
    expect(events.map((event) => 'task_id' in event.data && event.data.task_id)).toEqual(['a', 'b', 'c']);
    expect(events[2]?.data).toMatchObject({ reason: 'dependency_failed', session_id: null, lease: null });
    expect(statusesOf(swarm)).toMatchObject({ blocked: 'pending', runs: 'ready', after: 'pending' });
  });

  test('B2: in a diamond, what both sides lead to fails once', () => {
    const swarm = graph({ a: [[]], left: [['a'], 'cascade'], right: [['a'], 'cascade'], end: [['left', 'right'], 'cascade'] });
    const events = swarm.finish('s1', 'a', 'failed');
    expect(events.map((event) => 'task_id' in event.data && event.data.task_id)).toEqual(['a', 'left', 'right', 'end']);
  });

  test('B2: two leases lost at once fail what waits for both once', () => {
    const swarm = graph({ a: [[]], b: [[]], end: [['a', 'b'], 'cascade'] });
    swarm.configure({ max_lost_attempts: 1 });
    swarm.register('s1', [], 2);
    swarm.claim('s1', 'a');
    swarm.claim('s1', 'b');
    const events = swarm.must('session.register', { session_id: 's1', capabilities: [] });
    expect(typesOf(events)).toEqual(['task_failed', 'task_failed', 'task_failed', 'session_registered']);
    expect(statusesOf(swarm)).toEqual({ a: 'failed', b: 'failed', end: 'failed' });
  });

  test('B2: two sessions lost in one pass fail what waits for both once', () => {
    const swarm = graph({ a: [[]], b: [[]], end: [['a', 'b'], 'cascade'] });
    swarm.configure({ max_lost_attempts: 1 });
    swarm.register('s2');
    swarm.claim('s1', 'a');
    swarm.claim('s2', 'b');
    expect(swarm.pass(180).filter((event) => event.type === 'task_failed')).toHaveLength(3);
  });

  test('B2: what ignores failures waits for all that it depends on to end, however they end', () => {
    const swarm = graph({ a: [[]], b: [[]], c: [['a', 'b'], 'ignore'] });
    swarm.finish('s1', 'a', 'failed');
    expect(statusesOf(swarm)['c']).toBe('pending');
    swarm.must('task.retry', { task_id: 'a' });
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)['c']).toBe('pending');
    swarm.finish('s1', 'b');
    expect(statusesOf(swarm)['c']).toBe('ready');
  });

  test('B2: what ignores failures and runs again waits for a dependency that runs again', () => {
    const swarm = graph({ a: [[]], c: [['a'], 'ignore'] });
    swarm.finish('s1', 'a', 'failed');
    swarm.finish('s1', 'c', 'failed');
    swarm.must('task.retry', { task_id: 'a' });
    swarm.must('task.retry', { task_id: 'c' });
    swarm.must('work.add', { id: 'd', type: 'build', title: 'd', dependencies: ['a'], on_dependency_failure: 'ignore' });
    expect(statusesOf(swarm)).toEqual({ a: 'ready', c: 'pending', d: 'pending' });
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)).toEqual({ a: 'completed', c: 'ready', d: 'ready' });
  });

  test('B2: added after its dependency failed: block waits, cascade fails at once, ignore is ready', () => {
    const swarm = graph({ a: [[]] });
    swarm.finish('s1', 'a', 'failed');
    const events = swarm.must('work.add', {
      tasks: [
        { id: 'below', type: 'build', title: 't', dependencies: ['fails'], on_dependency_failure: 'cascade' },
        { id: 'fails', type: 'build', title: 't', dependencies: ['a'], on_dependency_failure: 'cascade' },
        { id: 'waits', type: 'build', title: 't', dependencies: ['a'] },
        { id: 'runs', type: 'build', title: 't', dependencies: ['a'], on_dependency_failure: 'ignore' },
      ],
    });
    expect(typesOf(events)).toEqual([...Array(4).fill('task_added'), 'task_failed', 'task_failed']);
    expect(statusesOf(swarm)).toMatchObject({ below: 'failed', fails: 'failed', waits: 'pending', runs: 'ready' });
  });

  test('B2: a retried dependency that completes lets those run who blocked on it', () => {
    const swarm = graph({ a: [[]], b: [['a']] });
    swarm.finish('s1', 'a', 'failed');
    swarm.must('task.retry', { task_id: 'a' });
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)['b']).toBe('ready');
  });
});

describe('cancel', () => {
  test('a pending task is cancelled with its reason', () => {
    const swarm = graph({ a: [[]] });
    expect(dataOf(swarm.must('task.cancel', { task_id: 'a', reason: 'not needed' }), 'task_cancelled')).toMatchObject({
      reason: 'not needed',
      lease: null,
      session_id: null,
    });
    expect(statusesOf(swarm)).toEqual({ a: 'cancelled' });
    expect(swarm.dispatch('s1')).toEqual([]);
  });

  test('a running task loses its lease, its session is free, and its reports are refused', () => {
    const swarm = graph({ a: [[]] });
    const lease = swarm.claim('s1', 'a');
    expect(dataOf(swarm.must('task.cancel', { task_id: 'a' }), 'task_cancelled')).toMatchObject({ lease, session_id: 's1' });
    expect(swarm.session('s1')).toMatchObject({ held: [], status: 'idle' });
    expect(typesOf(swarm.run('work.update', { session_id: 's1', task_id: 'a', lease }))).toBe('task_cancelled');
  });

  test('cancelling again changes nothing; what has ended otherwise cannot be cancelled', () => {
    const swarm = graph({ a: [[]], b: [[]], c: [[]] });
    swarm.must('task.cancel', { task_id: 'a' });
    expect(swarm.must('task.cancel', { task_id: 'a' })).toEqual([]);
    swarm.finish('s1', 'b');
    swarm.finish('s1', 'c', 'failed');
    expect(typesOf(swarm.run('task.cancel', { task_id: 'b' }))).toBe('task_terminal');
    expect(typesOf(swarm.run('task.cancel', { task_id: 'c' }))).toBe('task_terminal');
    expect(typesOf(swarm.run('task.cancel', { task_id: 'none' }))).toBe('task_unknown');
  });

  test('what left memory cannot be cancelled, unless it was', () => {
    const swarm = graph({ a: [[]], b: [[]] });
    swarm.must('task.cancel', { task_id: 'a' });
    swarm.finish('s1', 'b');
    swarm.record([{ type: 'tasks_retired', data: { count: 2 } }]);
    expect(swarm.must('task.cancel', { task_id: 'a' })).toEqual([]);
    expect(typesOf(swarm.run('task.cancel', { task_id: 'b' }))).toBe('task_terminal');
  });
});

function retire(swarm: TestSwarm, count = 1): void {
  swarm.record([{ type: 'tasks_retired', data: { count } }]);
}

describe('retry', () => {
  test('a failed task gets all its attempts again', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add({ max_attempts: 2, backoff_seconds: 0 });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      swarm.finish('s1', task_id, 'failed');
      swarm.pass(1);
    }
    expect(dataOf(swarm.must('task.retry', { task_id }), 'task_retried')).toMatchObject({ waiting_for: 0 });
    expect(swarm.task(task_id)).toMatchObject({ status: 'pending', queued: true, failures: 0, ending: null, progress: 0, attempt: 2 });
    swarm.finish('s1', task_id, 'failed');
    expect(swarm.task(task_id)).toMatchObject({ status: 'pending', attempt: 3 });
  });

  test.each([
    ['cancelled', 'retried', (swarm: TestSwarm) => swarm.must('task.cancel', { task_id: 'a' })],
    ['pending', 'task_not_terminal', () => undefined],
    ['running', 'task_not_terminal', (swarm: TestSwarm) => swarm.claim('s1', 'a')],
    ['completed', 'task_terminal', (swarm: TestSwarm) => swarm.finish('s1', 'a')],
    [
      'completed and gone from memory',
      'task_terminal',
      (swarm: TestSwarm) => {
        swarm.finish('s1', 'a');
        retire(swarm);
      },
    ],
    [
      'failed, gone and no longer told by the log',
      'task_retired',
      (swarm: TestSwarm) => {
        swarm.finish('s1', 'a', 'failed');
        retire(swarm);
        const record = swarm.retired.get('a');
        if (record !== undefined) swarm.retired.set('a', { ...record, story: record.story.slice(1) });
      },
    ],
  ] as const)('a %s task: %s', (_what, expected, given) => {
    const swarm = graph({ a: [[]] });
    given(swarm);
    expect(typesOf(swarm.run('task.retry', { task_id: 'a' }))).toEqual(expected === 'retried' ? ['task_retried'] : expected);
  });

  test('one that has left memory comes back as it was, in its place, and runs again', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.must('resource.set', { resource: 'gpu', capacity: 1 });
    const asked = { priority: 3, max_attempts: 2, backoff_seconds: 0, labels: ['night'], group: 'g', resources: { gpu: 1 } };
    const [before, id, after] = [swarm.add(), swarm.add(asked), swarm.add()];
    swarm.must('task.reprioritise', { task_id: id, priority: 8 });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      swarm.finish('s1', id, 'failed', { result: 'broken' });
      swarm.pass(1);
    }
    const { queued: _queued, ...ended } = swarm.task(id);
    const counts = { ...swarm.state.task_counts };
    retire(swarm);
    expect(swarm.state.tasks.has(id)).toBe(false);
    expect(typesOf(swarm.must('task.retry', { task_id: id }))).toEqual(['task_recalled']);
    const rest = { ready_at: swarm.now, failures: 0, ending: null, progress: 0, last_seq: swarm.state.seq, due_at: 0 };
    expect(swarm.task(id)).toMatchObject({ ...ended, ...rest, status: 'pending', needs: { amounts: [[{ name: 'gpu' }, 1]] } });
    expect(swarm.state.task_counts).toEqual({ ...counts, failed: counts.failed - 1, pending: counts.pending + 1 });
    expect([swarm.state.retired, swarm.state.groups.by_name.get('g')?.open]).toEqual([0, 1]);
    const listed = [...arrivedAfter(swarm.state.task_order, 0)].map(([, each]) => each);
    expect(listed).toEqual([before, id, after]);
    swarm.finish('s1', id);
    expect(swarm.task(id)).toMatchObject({ status: 'completed', attempt: 3 });
    expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
  });

  test('of several that have left memory, each waits for those of them that it depends on; one that completed is left alone', () => {
    const swarm = graph({ a: [[]], b: [['a'], 'cascade'], c: [[]] });
    swarm.finish('s1', 'a', 'failed');
    swarm.finish('s1', 'c');
    retire(swarm, 3);
    const events = swarm.must('task.retry_many', { task_ids: ['b', 'c', 'a', 'none'] });
    expect(events.map(({ data }) => ('waiting_for' in data ? [data.task_id, data.waiting_for] : []))).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)['b']).toBe('ready');
    retire(swarm, 1);
  });

  test('one that has left memory waits for a dependency that failed and left it too', () => {
    const swarm = graph({ a: [[]], b: [['a'], 'cascade'] });
    swarm.finish('s1', 'a', 'failed');
    retire(swarm, 2);
    expect(dataOf(swarm.must('task.retry', { task_id: 'b' }), 'task_recalled')).toMatchObject({ waiting_for: 1, dependencies: ['a'] });
    swarm.must('task.retry', { task_id: 'a' });
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)['b']).toBe('ready');
  });

  test('an unknown task cannot be retried', () => {
    expect(typesOf(new TestSwarm().run('task.retry', { task_id: 'none' }))).toBe('task_unknown');
  });

  test('it waits for those of its dependencies that are not over now', () => {
    const swarm = graph({ a: [[]], b: [[]], c: [['a', 'b'], 'cascade'] });
    swarm.finish('s1', 'a', 'failed');
    expect(statusesOf(swarm)['c']).toBe('failed');
    swarm.finish('s1', 'b');
    expect(dataOf(swarm.must('task.retry', { task_id: 'c' }), 'task_retried')).toMatchObject({ waiting_for: 1 });
    swarm.must('task.retry', { task_id: 'a' });
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)['c']).toBe('ready');
  });

  test('its dependency may complete while it lies there as failed', () => {
    const swarm = graph({ a: [[]], c: [['a'], 'cascade'] });
    swarm.finish('s1', 'a', 'failed');
    swarm.must('task.retry', { task_id: 'a' });
    swarm.finish('s1', 'a');
    expect(statusesOf(swarm)['c']).toBe('failed');
    swarm.must('task.retry', { task_id: 'c' });
    expect(statusesOf(swarm)['c']).toBe('ready');
  });
});

describe('what leaves memory', () => {
  test('the oldest finished tasks leave once there are 64 too many, and at most a thousand at once', () => {
    const swarm = new TestSwarm();
    swarm.configure({ finished_in_memory: 5 });
    swarm.register('s1');
    const tasks = Array.from({ length: 1105 }, () => swarm.add());
    for (const task of tasks.slice(0, 68)) swarm.finish('s1', task);
    expect(swarm.retire()).toEqual([]);
    swarm.finish('s1', tasks[68] ?? '');
    expect(dataOf(swarm.retire(), 'tasks_retired')).toEqual({ count: 64, of: 'others' });
    expect([...swarm.state.tasks.keys()]).toEqual(tasks.slice(64));
    for (const task of tasks.slice(69)) swarm.finish('s1', task);
    expect(dataOf(swarm.retire(), 'tasks_retired')).toEqual({ count: 1000, of: 'others' });
    expect(swarm.state).toMatchObject({ added: 1105, retired: 1064, task_counts: { completed: 1105 } });
    expect(swarm.retire()).toEqual([]);
  });

  test('half of them leave when their results are too large together', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const result = 'x'.repeat(240_000);
    const finished = (): number => swarm.finish('s1', swarm.add(), 'completed', { result }).length;
    while (swarm.state.finished_bytes <= 64 * 1_048_576) finished();
    const { size } = swarm.state.finished;
    expect(dataOf(swarm.retire(), 'tasks_retired')).toEqual({ count: Math.ceil(size / 2), of: 'others' });
    expect(swarm.state.finished_bytes).toBeLessThan(33 * 1_048_576);
    expect(swarm.retire()).toEqual([]);
  });

  test('a failed task that others wait for stays, so that it can be retried', () => {
    const swarm = graph({ a: [[]], b: [['a']], c: [[]] });
    swarm.finish('s1', 'a', 'failed');
    swarm.finish('s1', 'c');
    swarm.record([{ type: 'tasks_retired', data: { count: 2 } }]);
    expect([...swarm.state.tasks.keys()]).toEqual(['a', 'b']);
    swarm.must('task.cancel', { task_id: 'b' });
    swarm.record([{ type: 'tasks_retired', data: { count: 2 } }]);
    expect([...swarm.state.tasks.keys()]).toEqual([]);
    expect(swarm.state.dependents.size).toBe(0);
  });

  test('a dependency that left memory counts as it ended', () => {
    const swarm = graph({ done: [[]], failed: [[]] });
    swarm.finish('s1', 'done');
    swarm.finish('s1', 'failed', 'failed');
    swarm.record([{ type: 'tasks_retired', data: { count: 2 } }]);
    const ready = swarm.add({ dependencies: ['done'] });
    const blocked = swarm.add({ dependencies: ['done', 'failed'] });
    const runs = swarm.add({ dependencies: ['failed'], on_dependency_failure: 'ignore' });
    const fails = swarm.add({ dependencies: ['failed'], on_dependency_failure: 'cascade' });
    expect([ready, blocked, runs, fails].map((id) => statusesOf(swarm)[id])).toEqual(['ready', 'pending', 'ready', 'failed']);
    expect(swarm.task(blocked).waiting_for).toBe(1);
    for (const id of [ready, runs]) swarm.finish('s1', id);
    swarm.must('task.cancel', { task_id: blocked });
    swarm.record([{ type: 'tasks_retired', data: { count: 4 } }]);
    expect(swarm.state.dependents.size).toBe(0);
  });
});
