/** Tasks as they are shown: the fields of A12, why a task waits (F10), its history, and the context of an assignment (A4). */
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { TestSwarm } from '../support/test-swarm.ts';

describe('A12: a task', () => {
  test('A12: through its life, every field as it stands', async () => {
    const swarm = new TestSwarm();
    const start = new Date(swarm.now).toISOString();
    swarm.register('s1', ['build']);
    const id = swarm.add({ title: 'compile', spec: { run: 'make' }, required_capability: 'build', estimated_hours: 0.5, priority: 7 });
    expect(swarm.view(id)).toEqual({
      id,
      type: 'build',
      title: 'compile',
      spec: { run: 'make' },
      priority: 7,
      status: 'pending',
      progress: 0,
      assigned_to: null,
      required_capability: 'build',
      estimated_hours: 0.5,
      resources: {},
      ports: {},
      concurrency: null,
      group: null,
      dependencies: [],
      on_dependency_failure: 'block',
      labels: [],
      parent: null,
      not_before: null,
      deadline: null,
      overdue: false,
      attempt: 0,
      max_attempts: 1,
      lease: null,
      created_at: start,
      assigned_at: null,
      started_at: null,
      completed_at: null,
      result: null,
      failure: null,
      waiting_for_person: [],
      failure_message: null,
      waiting: { code: 'ready', text: expect.stringContaining('has a free slot') as string },
    });
    swarm.now += 1000;
    swarm.dispatch('s1');
    const assigned_at = new Date(swarm.now).toISOString();
    expect(swarm.view(id)).toMatchObject({
      status: 'assigned',
      assigned_to: 's1',
      attempt: 1,
      lease: 3,
      assigned_at,
      started_at: null,
      waiting: null,
    });
    swarm.now += 1000;
    const started_at = new Date(swarm.now).toISOString();
    swarm.must('work.update', { session_id: 's1', task_id: id, progress: 0.5 });
    expect(swarm.view(id)).toMatchObject({ status: 'in_progress', progress: 0.5, started_at });
    swarm.now += 1000;
    const completed_at = new Date(swarm.now).toISOString();
    swarm.must('work.complete', { session_id: 's1', task_id: id, status: 'completed', result: { ok: true } });
    const shown = swarm.view(id);
    expect(shown).toMatchObject({
      status: 'completed',
      progress: 1,
      assigned_to: 's1',
      lease: null,
      assigned_at,
      started_at,
      completed_at,
    });
    expect(shown.result).toEqual({ ok: true });
    swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
    const retired = await swarm.ask('task.show', { task_id: id });
    expect(retired.task).toEqual(shown);
    expect(OPERATIONS['task.show'].output.parse(retired)).toEqual(retired);
  });

  test('A12: a task that was cancelled while it waited again is shown the same from the log alone', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add({ max_attempts: 3 });
    swarm.finish('s1', task_id, 'failed');
    swarm.must('task.cancel', { task_id });
    const shown = swarm.view(task_id);
    expect(shown).toMatchObject({ assigned_to: null, assigned_at: null, started_at: null, attempt: 1, failure: 'cancelled' });
    swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
    expect((await swarm.ask('task.show', { task_id })).task).toEqual(shown);
  });

  test('A12: an assignment says who, what, how good and why', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    const { assignment } = await swarm.answer('work.request', { session_id: 's1' }, ['s1']);
    expect(assignment).toMatchObject({
      session_id: 's1',
      task_id,
      task: { id: task_id },
      score: 1,
      reason: 'optimal: score 1.00',
      lease: 3,
    });
  });

  test('A12: the history of a task, from its first event to its last', async () => {
    const swarm = new TestSwarm();
    const actions: string[][] = [];
    swarm.register('s1');
    const task_id = swarm.add({ max_attempts: 3, backoff_seconds: 4 });
    swarm.claim('s1', task_id);
    swarm.now += 90_000;
    swarm.must('work.update', { session_id: 's1', task_id, progress: 0.5, details: { step: 2 } });
    swarm.now += 30_000;
    swarm.must('work.complete', { session_id: 's1', task_id, status: 'failed', result: 'exit 1' });
    swarm.passAlive(4, 's1');
    swarm.dispatch('s1');
    swarm.now += 60_000;
    const contact = swarm.contacts.get('s1') ?? 0;
    swarm.pass(120);
    swarm.must('session.heartbeat', { session_id: 's1', status: 'idle' });
    swarm.claim('s1', task_id);
    swarm.now += 6000;
    swarm.must('task.cancel', { task_id, reason: 'enough' });
    swarm.must('task.retry', { task_id });
    swarm.finish('s1', task_id, 'completed', { result: { ok: true }, duration_minutes: 2 });
    const { history } = await swarm.ask('task.show', { task_id });
    for (const entry of history) actions.push([entry.action, entry.session_id ?? '-', String(entry.duration ?? '-')]);
    expect(actions).toEqual([
      ['added', '-', '-'],
      ['assigned', 's1', '-'],
      ['progressed', '-', '-'],
      ['failed', 's1', '2'],
      ['due', '-', '-'],
      ['assigned', 's1', '-'],
      ['released', 's1', '-'],
      ['assigned', 's1', '-'],
      ['cancelled', 's1', '0.1'],
      ['retried', '-', '-'],
      ['assigned', 's1', '-'],
      ['completed', 's1', '2'],
    ]);
    expect(history[1]).toMatchObject({ details: { policy: 'claim', score: 1, attempt: 1 }, lease: history[1]?.seq });
    expect(history[2]).toMatchObject({ details: { progress: 0.5, details: { step: 2 } }, lease: history[1]?.seq });
    expect(history[3]).toMatchObject({ result: 'exit 1', details: { reason: 'reported' } });
    expect(history[6]?.details).toEqual({ reason: 'session_offline', last_contact: new Date(contact).toISOString() });
    expect(history[8]?.details).toEqual({ reason: 'enough' });
    expect(history.at(-1)?.result).toEqual({ ok: true });
    expect(OPERATIONS['task.show'].output.shape.history.parse(history)).toEqual(history);
  });

  test('A4: an assignment comes with the results of its dependencies and what earlier attempts left', async () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const [near, gone] = [swarm.add(), swarm.add()];
    swarm.finish('s1', gone, 'completed', { result: 'from the log' });
    swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
    swarm.finish('s1', near, 'completed', { result: { from: 'memory' } });
    const task_id = swarm.add({ dependencies: [near, gone], max_attempts: 2, backoff_seconds: 0 });
    swarm.claim('s1', task_id);
    swarm.must('work.update', { session_id: 's1', task_id, details: 'half way' });
    swarm.must('work.complete', { session_id: 's1', task_id, status: 'failed', result: 'exit 1' });
    swarm.pass(1);
    const { task } = await swarm.answer('work.request', { session_id: 's1' }, ['s1']);
    expect(task?.context.dependencies).toEqual([
      { id: near, status: 'completed', result: { from: 'memory' } },
      { id: gone, status: 'completed', result: 'from the log' },
    ]);
    expect(task?.context.attempts.map((attempt) => [attempt.action, attempt.details])).toEqual([
      ['progressed', { progress: 0, details: 'half way' }],
      ['failed', 'exit 1'],
    ]);
  });
});

describe('F10: why a pending task is not running', () => {
  test.each([
    ['dependency', 'build-001 (pending)', (swarm) => swarm.add({ dependencies: [swarm.add()] })],
    ['dependency_failed', 'build-001 (failed)', (swarm) => swarm.add({ dependencies: [failed(swarm)] })],
    ['dependency_failed', 'build-001. Cancel it', (swarm) => swarm.add({ dependencies: [forgotten(swarm)] })],
    ['delayed', 'begins at 2023-11-14T22:13:24Z', (swarm) => failed(swarm, { max_attempts: 2 })],
    ['no_capable_session', 'capability design', (swarm) => swarm.add({ required_capability: 'design' })],
    ['no_free_session', 'The only session that could do it is busy: s1.', (swarm) => (swarm.claim('s1', swarm.add()), swarm.add())],
    ['ready', 'the only session that could do it has a free slot', (swarm) => swarm.add()],
  ] satisfies [string, string, (swarm: TestSwarm) => string][])('F10: %s: "… %s …"', (code, text, given) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    expect(swarm.view(given(swarm)).waiting).toEqual({ code, text: expect.stringContaining(text) as string });
  });

  test('F10: nobody is there at all', () => {
    const swarm = new TestSwarm();
    expect(swarm.view(swarm.add()).waiting).toMatchObject({
      code: 'no_capable_session',
      text: expect.stringContaining('No session is there') as string,
    });
  });

  test('F10: sessions that are offline or have left cannot do it', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.pass(180);
    swarm.register('s2');
    swarm.must('session.deregister', { session_id: 's2' });
    expect(swarm.view(swarm.add()).waiting?.code).toBe('no_capable_session');
  });

  test('F10: of many dependencies the first five are named', () => {
    const swarm = new TestSwarm();
    const dependencies = Array.from({ length: 8 }, () => swarm.add());
    const { waiting } = swarm.view(swarm.add({ dependencies }));
    expect(waiting?.text).toContain('build-005 (pending) and 3 more');
  });

  test('F10: one that ignores failures names only what it waits for', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const [bad, open] = [failed(swarm), swarm.add()];
    const { waiting } = swarm.view(swarm.add({ dependencies: [bad, open], on_dependency_failure: 'ignore' }));
    expect(waiting).toEqual({
      code: 'dependency',
      text: 'It waits for 1 of its dependencies: build-002 (pending).',
    });
  });

  test.each(['assigned', 'in_progress', 'completed', 'failed', 'cancelled'])('F10: a task that is %s waits for nothing', (status) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task_id = swarm.add();
    if (status === 'assigned') swarm.dispatch('s1');
    else if (status === 'in_progress') swarm.claim('s1', task_id);
    else if (status === 'cancelled') swarm.must('task.cancel', { task_id });
    else swarm.finish('s1', task_id, status === 'failed' ? 'failed' : 'completed');
    expect(swarm.view(task_id)).toMatchObject({ status, waiting: null });
  });
});

function failed(swarm: TestSwarm, task: object = {}): string {
  const id = swarm.add(task);
  swarm.finish('s1', id, 'failed');
  return id;
}

function forgotten(swarm: TestSwarm): string {
  const id = failed(swarm);
  swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
  return id;
}
