/** What the queue promises beside adding and working: keys, times, reasons, changes of many, groups. */
import { describe, expect, test } from 'vitest';
import type { OutputOf } from '../../src/contract/operations.ts';
import { tasksIn } from '../../src/domain/task/task-list.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { dataOf, type Outcome, TestSwarm, typesOf } from '../support/test-swarm.ts';

const HOUR = 3600;

function swarmWith(...sessions: string[]): TestSwarm {
  const swarm = new TestSwarm();
  for (const session of sessions) swarm.register(session, ['build']);
  return swarm;
}

function iso(swarm: TestSwarm, seconds: number): string {
  return new Date(swarm.now + seconds * 1000).toISOString();
}

function settled(swarm: TestSwarm): void {
  expect(brokenInvariants(swarm.state)).toEqual([]);
  expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
}

describe('A8: idempotency keys', () => {
  const task = { type: 'build', title: 'once', spec: { run: 'make' }, idempotency_key: 'order-7' };

  test('A8: the same key and content is the same task, however often and in whichever request', async () => {
    const swarm = swarmWith();
    const first = await swarm.answer('work.add', task);
    expect(await swarm.answer('work.add', task)).toMatchObject({ task_id: first.task_id });
    const many = await swarm.answer('work.add', { tasks: [{ type: 'build', title: 'other' }, task, task] });
    expect(many.task_ids).toEqual(['build-002', first.task_id, first.task_id]);
    expect(swarm.state.added).toBe(2);
    settled(swarm);
  });

  test('A8: the same key with other content is refused, and nothing of its request is added', () => {
    const swarm = swarmWith();
    swarm.must('work.add', task);
    expect(typesOf(swarm.run('work.add', { ...task, title: 'twice' }))).toBe('idempotency_conflict');
    expect(typesOf(swarm.run('work.add', { ...task, id: 'named' }))).toBe('idempotency_conflict');
    expect(
      typesOf(
        swarm.run('work.add', {
          tasks: [
            { type: 'a', title: 'b' },
            { ...task, priority: 9 },
          ],
        }),
      ),
    ).toBe('idempotency_conflict');
    const two = {
      tasks: [
        { ...task, idempotency_key: 'k' },
        { ...task, idempotency_key: 'k', priority: 9 },
      ],
    };
    expect(typesOf(swarm.run('work.add', two))).toBe('idempotency_conflict');
    expect(swarm.state.added).toBe(1);
  });

  test('A8: a key is known for 24 hours, and for as long as its task is in memory', () => {
    const swarm = swarmWith('s1');
    const id = swarm.add(task);
    swarm.now += 48 * HOUR * 1000;
    expect(typesOf(swarm.run('work.add', task))).toEqual([]);
    swarm.register('s1');
    swarm.finish('s1', id);
    swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
    expect(typesOf(swarm.run('work.add', task))).toEqual(['task_added']);
  });
});

describe('A8: delays and deadlines', () => {
  test('a delayed task is not given out before its time, by delay or by time, the later of both', () => {
    const swarm = swarmWith('s1');
    const id = swarm.add({ delay: 60, not_before: iso(swarm, 30) });
    expect(swarm.dispatch('s1')).toEqual([]);
    expect(typesOf(swarm.run('work.claim', { session_id: 's1', task_id: id }))).toBe('task_not_ready');
    expect(swarm.view(id)).toMatchObject({ not_before: iso(swarm, 60), waiting: { code: 'delayed' } });
    expect(typesOf(swarm.passAlive(59, 's1'))).toEqual([]);
    expect(typesOf(swarm.passAlive(1, 's1'))).toEqual(['task_due']);
    expect(typesOf(swarm.dispatch('s1'))).toEqual(['task_assigned']);
    expect(swarm.view(id).not_before).toBeNull();
    settled(swarm);
  });

  test('a time that has passed delays nothing', () => {
    const swarm = swarmWith('s1');
    const id = swarm.add({ not_before: iso(swarm, -5), delay: 0 });
    expect(dataOf(swarm.dispatch('s1'), 'task_assigned').task_id).toBe(id);
  });

  test.each(['greedy', 'fifo', 'optimal'] as const)('a missed deadline is an event, is seen, and comes before its equals: %s', (policy) => {
    const swarm = swarmWith('s1');
    swarm.configure({ policy });
    const [first, late, urgent] = [swarm.add(), swarm.add({ deadline: iso(swarm, 100) }), swarm.add({ priority: 6 })];
    swarm.passAlive(99, 's1');
    expect(swarm.view(late).overdue).toBe(false);
    expect(dataOf(swarm.passAlive(1, 's1'), 'task_overdue')).toMatchObject({ task_id: late });
    expect(swarm.view(late).overdue).toBe(true);
    const order: string[] = [];
    for (let given = swarm.dispatch('s1'); given.length > 0; given = swarm.dispatch('s1')) {
      const { task_id } = dataOf(given, 'task_assigned');
      order.push(task_id);
      swarm.must('work.complete', { session_id: 's1', task_id, status: 'completed' });
    }
    // fifo goes by priority, too: overdue is first among its equals, not before a higher priority.
    expect(order).toEqual([urgent, late, first]);
    settled(swarm);
  });

  test('status and lists tell what is overdue, until it has ended; in time or cancelled there is no event', async () => {
    const swarm = swarmWith('s1');
    const [late, inTime] = [swarm.add({ deadline: iso(swarm, 10) }), swarm.add({ deadline: iso(swarm, 10) })];
    swarm.finish('s1', inTime);
    swarm.passAlive(20, 's1');
    expect((await swarm.ask('swarm.status', {})).tasks.overdue).toBe(1);
    expect((await swarm.ask('task.list', { overdue: true })).tasks.map(({ id }) => id)).toEqual([late]);
    swarm.finish('s1', late);
    expect((await swarm.ask('swarm.status', {})).tasks.overdue).toBe(0);
    expect(swarm.log.filter(({ type }) => type === 'task_overdue')).toHaveLength(1);
    settled(swarm);
  });

  test('B1: the priority is computed when none is given', () => {
    const swarm = swarmWith();
    const all = { critical: true, infinite_scale: true, roi: 'high' as const, dependencies_met: true };
    const given = [{}, { critical: true }, { infinite_scale: true }, { roi: 'high' as const }, { dependencies_met: true }, all];
    expect(given.map((task) => swarm.task(swarm.add(task)).priority)).toEqual([5, 8, 7, 6, 6, 10]);
    expect(swarm.task(swarm.add({ ...all, priority: 2 })).priority).toBe(2);
  });
});

describe('A7: reasons of failure', () => {
  function failed(task: object, report: object): { readonly swarm: TestSwarm; readonly id: string; readonly outcome: Outcome } {
    const swarm = swarmWith('s1');
    const id = swarm.add({ max_attempts: 3, ...task });
    const outcome = swarm.finish('s1', id, 'failed', report);
    return { swarm, id, outcome };
  }

  test.each([
    ['timed_out', 'pending'],
    ['checks_failed', 'pending'],
    ['invalid_spec', 'failed'],
    ['not_permitted', 'failed'],
  ] as const)('%s leaves it %s', (reason, status) => {
    const { swarm, id, outcome } = failed({}, { reason, message: 'because' });
    expect(dataOf(outcome, 'task_failed')).toMatchObject({ reason, message: 'because' });
    expect(swarm.view(id)).toMatchObject({ status, failure: reason, failure_message: 'because' });
  });

  test('rate_limited is tried again after five minutes, or when the session says, also by a task with one attempt', () => {
    const one = failed({ max_attempts: 1 }, { reason: 'rate_limited' });
    expect(one.swarm.view(one.id)).toMatchObject({ status: 'pending', not_before: iso(one.swarm, 300) });
    const told = failed({ max_attempts: 1 }, { reason: 'rate_limited', retry_after: 7 });
    expect(told.swarm.view(told.id)).toMatchObject({ not_before: iso(told.swarm, 7) });
  });

  test('a task may say otherwise for each reason', () => {
    const never = failed({ retry: { timed_out: { retry: 'never' } } }, { reason: 'timed_out' });
    expect(never.swarm.view(never.id).status).toBe('failed');
    const after = failed({ retry: { invalid_spec: { retry: 'after', after_seconds: 9 } } }, { reason: 'invalid_spec' });
    expect(after.swarm.view(after.id)).toMatchObject({ status: 'pending', not_before: iso(after.swarm, 9) });
    const once = failed({ retry: { rate_limited: { max_attempts: 1 } } }, { reason: 'rate_limited' });
    expect(once.swarm.view(once.id).status).toBe('failed');
  });

  test('A7: a failure reported again is the same; one that was cancelled is refused with its own code', () => {
    const { swarm, id } = failed({ max_attempts: 1 }, { reason: 'crashed' });
    expect(typesOf(swarm.run('work.complete', { session_id: 's1', task_id: id, status: 'failed' }))).toEqual([]);
    const other = swarm.add();
    const lease = swarm.claim('s1', other);
    swarm.must('task.cancel', { task_id: other, reason: 'wrong branch' });
    for (const status of ['completed', 'failed'] as const) {
      const late = swarm.run('work.complete', { session_id: 's1', task_id: other, status, lease });
      expect(late).toMatchObject({ refused: 'task_cancelled', params: { reason: 'wrong branch' } });
    }
  });

  test('dead letters: listed with reason, message and what they hold up; put back by reason; kept when others leave memory', async () => {
    const swarm = swarmWith('s1');
    const [a, b] = [swarm.add({ labels: ['x'] }), swarm.add()];
    swarm.add({ dependencies: [a] });
    swarm.finish('s1', a, 'failed', { reason: 'invalid_spec', message: 'no such file' });
    swarm.finish('s1', b, 'failed', { reason: 'crashed' });
    const dead = await swarm.ask('task.dead', {});
    expect(dead.tasks.map(({ task, reason, message, unblocks }) => [task.id, reason, message, unblocks])).toEqual([
      [a, 'invalid_spec', 'no such file', 1],
      [b, 'crashed', null, 0],
    ]);
    expect(dead.by_reason).toEqual({ invalid_spec: 1, crashed: 1 });
    expect((await swarm.ask('task.dead', { limit: 1 })).next_cursor).not.toBeNull();
    expect((await swarm.ask('task.dead', { label: 'x' })).tasks).toHaveLength(1);
    swarm.configure({ finished_in_memory: 0 });
    for (let number = 0; number < 70; number += 1) swarm.finish('s1', swarm.add());
    swarm.retire();
    expect([...tasksIn(swarm.state.dead)].map(({ id }) => id)).toEqual([a, b]);
    await swarm.answer('task.retry_many', { filter: { status: 'failed', reason: 'crashed' } });
    expect([swarm.task(a).status, swarm.task(b).status]).toEqual(['failed', 'pending']);
    settled(swarm);
  });

  test('dead letters that are too many leave memory as well, the oldest first', () => {
    const swarm = swarmWith('s1');
    swarm.configure({ dead_in_memory: 0 });
    const ids = Array.from({ length: 70 }, () => swarm.add());
    for (const id of ids) swarm.finish('s1', id, 'failed');
    expect(dataOf(swarm.retire(), 'tasks_retired')).toEqual({ count: 70, of: 'failed' });
    settled(swarm);
  });
});

describe('A8: changes of many tasks', () => {
  type Bulk = OutputOf<'task.cancel_many'>;
  const told = ({ results }: Bulk): unknown[] => results.map(({ task_id, ok, changed, code }) => [task_id, ok, changed, code]);

  function board(): TestSwarm {
    const swarm = swarmWith('s1');
    for (const id of ['a', 'b', 'c', 'd']) swarm.add({ id, group: id < 'c' ? 'web' : 'db', labels: [id], max_attempts: 1 });
    swarm.finish('s1', 'c');
    swarm.finish('s1', 'd', 'failed');
    return swarm;
  }

  test('cancel: each is answered for itself, whatever becomes of the others', async () => {
    const swarm = board();
    const answer = await swarm.answer('task.cancel_many', { task_ids: ['a', 'c', 'none', 'b'], reason: 'enough' });
    expect(told(answer)).toEqual([
      ['a', true, true, null],
      ['c', false, false, 'task_terminal'],
      ['none', false, false, 'task_unknown'],
      ['b', true, true, null],
    ]);
    expect(answer.changed).toBe(2);
    const again = await swarm.answer('task.cancel_many', { task_ids: ['a'] });
    expect(told(again)).toEqual([['a', true, false, null]]);
    settled(swarm);
  });

  test('by a filter: only what can be changed; a dry run changes nothing and says the same', async () => {
    const swarm = board();
    const input = { filter: { group: 'web' } };
    const length = swarm.log.length;
    const dry = await swarm.answer('task.cancel_many', { ...input, dry_run: true });
    expect(swarm.log).toHaveLength(length);
    expect(told(dry)).toEqual([
      ['a', true, true, null],
      ['b', true, true, null],
    ]);
    expect(told(await swarm.answer('task.cancel_many', input))).toEqual(told(dry));
  });

  test('a filter that names nothing, both, or nothing at all is refused', () => {
    const swarm = board();
    for (const input of [{}, { filter: {} }, { filter: { status: 'pending' }, task_ids: ['a'] }]) {
      for (const name of ['task.cancel_many', 'task.retry_many'] as const) expect(typesOf(swarm.run(name, input))).toBe('nothing_chosen');
      expect(typesOf(swarm.run('task.reprioritise_many', { ...input, priority: 3 }))).toBe('nothing_chosen');
    }
  });

  test('at most a thousand at once, and it says that there are more', async () => {
    const swarm = swarmWith();
    swarm.must('work.add', { tasks: Array.from({ length: 1500 }, () => ({ type: 'a', title: 'b' })) });
    const first = await swarm.answer('task.cancel_many', { filter: { type: 'a' } });
    expect([first.changed, first.more]).toEqual([1000, true]);
    const second = await swarm.answer('task.cancel_many', { filter: { type: 'a' } });
    expect([second.changed, second.more]).toEqual([500, false]);
    settled(swarm);
  });

  test('retry: tasks that depend on each other are put back so that they wait for each other again', async () => {
    const swarm = swarmWith('s1');
    swarm.add({ id: 'top' });
    swarm.add({ id: 'cascading', dependencies: ['top'], on_dependency_failure: 'cascade' });
    swarm.add({ id: 'ignoring', dependencies: ['cascading'], on_dependency_failure: 'ignore' });
    swarm.finish('s1', 'top', 'failed');
    swarm.must('task.cancel', { task_id: 'ignoring' });
    const answer = await swarm.answer('task.retry_many', { task_ids: ['ignoring', 'cascading', 'top', 'ignoring'] });
    expect(answer.changed).toBe(3);
    expect(['top', 'cascading', 'ignoring'].map((id) => swarm.task(id).waiting_for)).toEqual([0, 1, 1]);
    for (const id of ['top', 'cascading', 'ignoring']) swarm.finish('s1', id);
    settled(swarm);
  });

  test('cancel: what cascades fails once, and what is cancelled itself does not', async () => {
    const swarm = swarmWith();
    swarm.add({ id: 'a' });
    for (const id of ['b', 'c']) swarm.add({ id, dependencies: ['a'], on_dependency_failure: 'cascade' });
    await swarm.answer('task.cancel_many', { task_ids: ['a', 'b'] });
    expect(['a', 'b', 'c'].map((id) => swarm.task(id).status)).toEqual(['cancelled', 'cancelled', 'failed']);
    settled(swarm);
  });

  test('A15: reprioritise: what waits is served by its new priority, in every policy, and ended tasks are refused', async () => {
    for (const policy of ['greedy', 'fifo', 'optimal'] as const) {
      const swarm = board();
      swarm.configure({ policy });
      expect(typesOf(swarm.run('task.reprioritise', { task_id: 'c', priority: 9 }))).toBe('task_terminal');
      expect(typesOf(swarm.run('task.reprioritise', { task_id: 'none', priority: 9 }))).toBe('task_unknown');
      swarm.must('task.reprioritise', { task_id: 'b', priority: 9 });
      expect(typesOf(swarm.run('task.reprioritise', { task_id: 'b', priority: 9 }))).toEqual([]);
      expect(dataOf(swarm.dispatch('s1'), 'task_assigned').task_id).toBe('b');
      const answer = await swarm.answer('task.reprioritise_many', { filter: { label: 'a' }, priority: 10 });
      expect([answer.changed, swarm.task('a').priority]).toEqual([1, 10]);
      settled(swarm);
    }
  });
});

describe('A8: groups', () => {
  test('a group ends when its last task does, once, and begins anew when one is added or retried', async () => {
    const swarm = swarmWith('s1');
    const [a, b, c] = ['a', 'b', 'c'].map((id) => swarm.add({ id, group: 'release' }));
    swarm.finish('s1', a ?? '');
    swarm.finish('s1', b ?? '', 'failed');
    expect(swarm.log.filter(({ type }) => type === 'group_ended')).toEqual([]);
    swarm.must('task.cancel', { task_id: c });
    const ends = (): unknown[] => swarm.log.flatMap((event) => (event.type === 'group_ended' ? [event.data] : []));
    expect(ends()).toEqual([{ group: 'release', completed: 1, failed: 1, cancelled: 1 }]);
    expect((await swarm.ask('group.show', { group: 'release' })).group).toMatchObject({ open: 0, ended_at: expect.any(String) as string });
    swarm.must('task.retry', { task_id: b });
    expect((await swarm.ask('group.list', { open: true })).groups).toMatchObject([
      { group: 'release', open: 1, failed: 0, ended_at: null },
    ]);
    swarm.finish('s1', b ?? '');
    expect(ends().at(-1)).toEqual({ group: 'release', completed: 2, failed: 0, cancelled: 1 });
    await expect(async () => await swarm.ask('group.show', { group: 'none' })).rejects.toMatchObject({ code: 'group_unknown' });
    settled(swarm);
  });

  test('of ended groups the newest 10,000 are kept', async () => {
    const swarm = swarmWith();
    for (let number = 0; number < 10_010; number += 1) {
      const id = swarm.add({ group: `g${number}` });
      swarm.must('task.cancel', { task_id: id });
    }
    expect(swarm.state.groups.by_name.size).toBe(10_000);
    expect((await swarm.ask('group.list', { limit: 1 })).groups[0]?.group).toBe('g10');
  });
});
