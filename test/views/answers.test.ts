/** What commands and lists answer (A1–A8), from the state right after them. */
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { dataOf, TestSwarm } from '../support/test-swarm.ts';

describe('answers of commands', () => {
  test('A1: register answers with the incarnation, the rhythm and the work that waits', async () => {
    const swarm = new TestSwarm();
    const task_id = swarm.add();
    const answer = await swarm.answer('session.register', { session_id: 's1', capabilities: [] }, ['s1']);
    expect(answer).toMatchObject({ status: 'registered', session_id: 's1', incarnation: 2, heartbeat_interval: 60 });
    expect([answer.assigned_task?.id, answer.assignment?.lease]).toEqual([task_id, 3]);
    expect(OPERATIONS['session.register'].output.parse(answer)).toEqual(answer);
    expect((await new TestSwarm().answer('session.register', { session_id: 's1', capabilities: [] })).assigned_task).toBeNull();
  });

  test('A2: a heartbeat hears of new work, and not of the work that it names', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 2);
    const [first, second] = [swarm.add(), swarm.add()];
    const idle = await swarm.answer('session.heartbeat', { session_id: 's1', status: 'idle' }, ['s1']);
    expect([idle.acknowledged, idle.new_assignment?.id, idle.revoked, idle.probed]).toEqual([true, first, [], []]);
    const busy = await swarm.answer('session.heartbeat', { session_id: 's1', status: 'busy', current_task: first });
    expect(busy.new_assignment?.id).toBe(second);
  });

  test.each([
    ['cancelled', 'the task is cancelled', (swarm: TestSwarm, task_id: string) => swarm.must('task.cancel', { task_id })],
    ['given to another', 'the lease ended', taken],
    [
      'held under a newer lease',
      'the lease ended',
      (swarm: TestSwarm, task_id: string) => (taken(swarm, task_id), swarm.register('s2'), swarm.claim('s1', task_id)),
    ],
    [
      'gone from memory',
      'no longer known',
      (swarm: TestSwarm, task_id: string) => (
        swarm.must('task.cancel', { task_id }),
        swarm.record([{ type: 'tasks_retired', data: { count: 1 } }])
      ),
    ],
  ])('A2: a heartbeat hears that its task is %s', async (_what, reason, end) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    const lease = swarm.claim('s1', task_id);
    end(swarm, task_id);
    const { revoked } = await swarm.answer('session.heartbeat', { session_id: 's1', status: 'busy', current_task: task_id, lease });
    expect(revoked).toEqual([{ task_id, reason: expect.stringContaining(reason) as string }]);
  });

  test('A14: a heartbeat hears which of its tasks are probed', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    swarm.claim('s1', task_id);
    swarm.passAlive(600, 's1');
    expect((await swarm.answer('session.heartbeat', { session_id: 's1', status: 'busy', current_task: task_id })).probed).toEqual([
      task_id,
    ]);
    await swarm.answer('work.update', { session_id: 's1', task_id });
    expect((await swarm.answer('session.heartbeat', { session_id: 's1', status: 'busy', current_task: task_id })).probed).toEqual([]);
  });

  test('A3: deregister names the tasks that went back', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    swarm.claim('s1', task_id);
    expect(await swarm.answer('session.deregister', { session_id: 's1' })).toEqual({
      status: 'deregistered',
      session_id: 's1',
      released: [task_id],
    });
  });

  test('A4: without work the answer is null; an assignment is repeated until it starts', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    expect(await swarm.answer('work.request', { session_id: 's1' }, ['s1'])).toEqual({ task: null, assignment: null });
    const task_id = swarm.add();
    for (let times = 0; times < 2; times += 1) {
      expect((await swarm.answer('work.request', { session_id: 's1' }, ['s1'])).task?.id).toBe(task_id);
    }
    await swarm.answer('work.claim', { session_id: 's1', task_id });
    expect((await swarm.answer('work.request', { session_id: 's1' }, ['s1'])).task).toBeNull();
  });

  test('A5, A6, A7: claim, update and complete answer with lease, status and progress', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add({ max_attempts: 2, backoff_seconds: 0 });
    const claim = await swarm.answer('work.claim', { session_id: 's1', task_id });
    expect(claim).toMatchObject({ status: 'claimed', session_id: 's1', task_id, lease: 3, attempt: 1, task: { status: 'in_progress' } });
    const update = await swarm.answer('work.update', { session_id: 's1', task_id, progress: 0.3 });
    expect(update).toEqual({ acknowledged: true, task_id, status: 'in_progress', progress: 0.3, lease: 3 });
    const end = { session_id: 's1', task_id, status: 'failed' as const };
    expect(await swarm.answer('work.complete', end)).toEqual({ task_id, status: 'pending', repeated: false });
    expect(await swarm.answer('work.complete', end)).toEqual({ task_id, status: 'pending', repeated: true });
  });

  test('A8: add answers with the id of every task of the request, in its order', async () => {
    const swarm = new TestSwarm();
    const known = { type: 'build', title: 'a task', id: 'known' };
    expect(await swarm.answer('work.add', known)).toEqual({ status: 'added', task_id: 'known', task_ids: ['known'] });
    expect(await swarm.answer('work.add', known)).toEqual({ status: 'added', task_id: 'known', task_ids: ['known'] });
    const tasks = [{ type: 'build', title: 'x' }, known, { type: 'build', title: 'y', id: 'y' }, { type: 'test', title: 'z' }, known];
    expect((await swarm.answer('work.add', { tasks })).task_ids).toEqual(['build-001', 'known', 'y', 'test-001', 'known']);
  });

  test('cancel, retry and config.apply answer with what is now', async () => {
    const swarm = new TestSwarm();
    const task_id = swarm.add();
    expect(await swarm.answer('task.cancel', { task_id })).toEqual({ task_id, status: 'cancelled' });
    expect(await swarm.answer('task.retry', { task_id })).toEqual({ task_id, status: 'pending' });
    const { settings } = await swarm.answer('config.apply', { settings: { offline_after: 7 } });
    expect(settings).toEqual((await swarm.ask('config.get', {})).settings);
    expect(settings.offline_after).toBe(7);
    expect(swarm.must('config.apply', { settings: { offline_after: 7 } })).toEqual([]);
    const changed = swarm.must('config.apply', { settings: { offline_after: 7, policy: 'fifo' } });
    expect(dataOf(changed, 'config_applied')).toEqual({ settings: { policy: 'fifo' } });
  });
});

describe('lists', () => {
  function filled(): TestSwarm {
    const swarm = new TestSwarm();
    swarm.register('s1', ['build']);
    swarm.register('s2', ['test']);
    swarm.register('s3', ['build']);
    swarm.must('session.deregister', { session_id: 's3' });
    for (let number = 0; number < 5; number += 1) swarm.add({ type: number % 2 === 0 ? 'even' : 'odd', required_capability: 'build' });
    swarm.claim('s1', 'odd-001');
    swarm.must('task.cancel', { task_id: 'even-002' });
    return swarm;
  }

  test.each([
    [{}, ['even-001', 'odd-001', 'even-002', 'odd-002', 'even-003']],
    [{ status: 'cancelled' }, ['even-002']],
    [{ type: 'odd' }, ['odd-001', 'odd-002']],
    [{ assigned_to: 's1' }, ['odd-001']],
    [{ required_capability: 'test' }, []],
    [{ type: 'odd', status: 'pending' }, ['odd-002']],
  ] as const)('task.list %j', async (input, expected) => {
    expect((await filled().ask('task.list', input)).tasks.map((task) => task.id)).toEqual(expected);
  });

  test.each([1, 2, 3, 5])('task.list pages of %i hold every task once', async (limit) => {
    const swarm = filled();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { tasks: { id: string }[]; next_cursor: string | null } = await swarm.ask('task.list', {
        limit,
        ...(cursor === '' ? {} : { cursor }),
      });
      expect(page.tasks.length).toBeLessThanOrEqual(limit);
      seen.push(...page.tasks.map((task) => task.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual([...swarm.state.tasks.keys()]);
  });

  test('task.list goes on where it was even when the last task that it showed has left memory', async () => {
    const swarm = filled();
    const { next_cursor } = await swarm.ask('task.list', { limit: 3 });
    swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
    const rest = await swarm.ask('task.list', { cursor: next_cursor ?? '' });
    expect(rest.tasks.map((task) => task.id)).toContain('even-003');
  });

  test('task.list pages by size as well: a page of long specs ends early, and none is lost', async () => {
    const swarm = new TestSwarm();
    for (let number = 0; number < 50; number += 1) swarm.add({ spec: 'x'.repeat(240_000) });
    const first = await swarm.ask('task.list', { limit: 1000 });
    expect(first.tasks).toHaveLength(18);
    const second = await swarm.ask('task.list', { limit: 1000, cursor: first.next_cursor ?? '' });
    const third = await swarm.ask('task.list', { limit: 1000, cursor: second.next_cursor ?? '' });
    expect([second.tasks.length, third.tasks.length, third.next_cursor]).toEqual([18, 14, null]);
  });

  test('session.list shows a session that registered again once, at its newer place', async () => {
    const swarm = new TestSwarm();
    for (const id of ['s1', 's2', 's1']) swarm.register(id);
    const first = await swarm.ask('session.list', { limit: 1 });
    expect(first.sessions.map(({ id }) => id)).toEqual(['s2']);
    const rest = await swarm.ask('session.list', { cursor: first.next_cursor ?? '' });
    expect([rest.sessions.map(({ id }) => id), rest.next_cursor]).toEqual([['s1'], null]);
  });

  test('a cursor of something else is refused', async () => {
    await expect(async () => await filled().ask('task.list', { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test.each([
    [{}, ['s1', 's2']],
    [{ ended: true }, ['s1', 's2', 's3']],
    [{ capability: 'build' }, ['s1']],
    [{ status: 'busy' }, ['s1']],
  ] as const)('B3: session.list %j', async (input, expected) => {
    expect((await filled().ask('session.list', input)).sessions.map((session) => session.id)).toEqual(expected);
  });

  test('what is not there is unknown', async () => {
    const swarm = filled();
    await expect(swarm.ask('task.show', { task_id: 'none' })).rejects.toMatchObject({ code: 'task_unknown' });
    await expect(async () => await swarm.ask('session.show', { session_id: 'none' })).rejects.toMatchObject({ code: 'session_unknown' });
    expect((await swarm.ask('session.show', { session_id: 's3' })).session).toMatchObject({
      status: 'offline',
      deregistered_at: expect.any(String) as string,
    });
  });

  test.each([
    [{ since: 0 }, 'all'],
    [{ since: 3, limit: 2 }, '4 5'],
    [{ limit: 2 }, 'newest 2'],
    [{ type: 'task_cancelled' }, 'task_cancelled'],
    [{ task_id: 'odd-001', since: 0 }, 'odd-001'],
    [{ session_id: 's2', since: 0 }, 's2'],
    [{ since: 10_000 }, 'none'],
  ] as const)('event.list %j: %s', async (input, what) => {
    const swarm = filled();
    const { events, head, next } = await swarm.ask('event.list', input);
    const expected = swarm.log.filter((event) => {
      if (what === 'all') return true;
      if (what === '4 5') return event.seq === 4 || event.seq === 5;
      if (what === 'newest 2') return event.seq > swarm.log.length - 2;
      if (what === 'task_cancelled') return event.type === what;
      return JSON.stringify(event.data).includes(`"${what}"`);
    });
    expect(events.map((event) => event.seq)).toEqual(expected.map((event) => event.seq));
    expect(head).toBe(swarm.log.length);
    expect(next).toBe(what === '4 5' ? 5 : null);
  });
});

function taken(swarm: TestSwarm, task_id: string): void {
  swarm.must('session.deregister', { session_id: 's1' });
  swarm.register('s1');
  swarm.register('s2');
  swarm.claim('s2', task_id);
}
