/** Why a task is not running, why it runs where it does, why a session is idle (F1, F10). */
import { expect, test } from 'vitest';
import { TestSwarm } from '../support/test-swarm.ts';

async function codesOf(swarm: TestSwarm, task_id: string): Promise<string[]> {
  const { reasons } = await swarm.ask('explain.task', { task_id });
  expect(reasons.every(({ text }) => text.length > 0)).toBe(true);
  return reasons.map(({ code }) => code);
}

async function sessionCodes(swarm: TestSwarm, session_id: string): Promise<string[]> {
  return (await swarm.ask('explain.session', { session_id })).reasons.map(({ code }) => code);
}

test('F10: a waiting task names every reason in order', async () => {
  const swarm = new TestSwarm();
  const first = swarm.add();
  const second = swarm.add({ dependencies: [first], required_capability: 'gpu' });
  expect(await codesOf(swarm, first)).toEqual(['no_capable_session']);
  expect(await codesOf(swarm, second)).toEqual(['dependency', 'no_capable_session']);
  swarm.register('s1', [], 1);
  expect(await codesOf(swarm, first)).toEqual(['ready']);
  swarm.finish('s1', first, 'failed');
  expect(await codesOf(swarm, second)).toEqual(['dependency_failed', 'no_capable_session']);
  expect((await swarm.ask('explain.task', { task_id: second })).reasons[0]?.unblock).toBe(`Retry them: tutti task retry ${first}`);
  const delayed = swarm.add({ max_attempts: 2, backoff_seconds: 100 });
  swarm.finish('s1', delayed, 'failed');
  expect(await codesOf(swarm, delayed)).toEqual(['delayed']);
  const waiting = swarm.add();
  swarm.claim('s1', swarm.add());
  expect(await codesOf(swarm, waiting)).toEqual(['no_free_session']);
});

test('F10, B9: a task that only a session on pause could do says until when', async () => {
  const swarm = new TestSwarm();
  swarm.configure({ breaker_failures: 1 });
  swarm.register('s1');
  swarm.finish('s1', swarm.add(), 'failed');
  const task = swarm.add();
  expect(await codesOf(swarm, task)).toEqual(['breaker_open']);
  expect(swarm.view(task).waiting?.code).toBe('breaker_open');
  expect((await swarm.ask('explain.task', { task_id: task })).candidates).toMatchObject([{ session_id: 's1', obstacle: 'breaker_open' }]);
});

test('F10: every pause that holds a task back is told: the swarm, its capability, the only session that could do it', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1', ['build']);
  const task = swarm.add({ required_capability: 'build' });
  swarm.must('swarm.pause', { session: 's1' });
  expect((await swarm.ask('explain.task', { task_id: task })).reasons).toMatchObject([
    { code: 'paused', unblock: 'Resume one: tutti resume --session s1' },
  ]);
  swarm.must('swarm.pause', { capability: 'build' });
  swarm.must('swarm.pause', {});
  const { reasons } = await swarm.ask('explain.task', { task_id: task });
  expect(reasons.map(({ unblock }) => unblock)).toEqual([
    'Resume it: tutti resume',
    'Resume it: tutti resume --capability build',
    'Resume one: tutti resume --session s1',
  ]);
  expect((await swarm.ask('explain.session', { session_id: 's1' })).reasons.map(({ unblock }) => unblock)).toEqual([
    'Resume it: tutti resume',
    'Resume it: tutti resume --session s1',
    expect.stringContaining('heartbeat'),
    'Resume it: tutti resume --capability build',
    expect.stringContaining('tutti task list'),
  ]);
});

test('F10: all that is short is told at once, and what nobody can give back already before the task is ready', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1', [], 4);
  for (const resource of ['gpu', 'licence']) swarm.must('resource.set', { resource, capacity: 2 });
  swarm.must('limit.set', { key: 'type:build', rate: { count: 1, per_seconds: 3600 } });
  const first = swarm.add();
  const task = swarm.add({ resources: { gpu: 2, licence: 1 }, dependencies: [first] });
  expect(await codesOf(swarm, task)).toEqual(['dependency']);
  swarm.must('limit.set', { key: 'type:build', concurrency: 0, rate: { count: 1, per_seconds: 3600 } });
  swarm.must('resource.set', { resource: 'gpu', capacity: 1 });
  swarm.must('swarm.pause', { session: 's1' });
  const reasons = async () => (await swarm.ask('explain.task', { task_id: task })).reasons.map(({ code, unblock }) => [code, unblock]);
  const lasting = [
    ['limit_reached', 'Raise it: tutti limit set type:build --concurrency 1 --rate 1/3600'],
    ['resource_busy', 'Raise it: tutti resource set gpu 2; or cancel the task and add it with less.'],
    ['paused', 'Resume one: tutti resume --session s1'],
  ];
  expect(await reasons()).toEqual([['dependency', `See what holds them up: tutti why task ${first}`], ...lasting]);
  swarm.must('limit.set', { key: 'type:build', concurrency: 1, rate: { count: 1, per_seconds: 3600 } });
  swarm.must('swarm.resume', { session: 's1' });
  swarm.finish('s1', first);
  swarm.must('resource.set', { resource: 'licence', capacity: 0 });
  expect((await reasons()).map(([code]) => code)).toEqual(['rate_limited', 'resource_busy', 'resource_busy']);
  swarm.must('resource.set', { resource: 'db', capacity: 4 });
  swarm.claim('s1', swarm.add({ type: 'other', resources: { db: 4 } }));
  const drained = swarm.add({ type: 'other', resources: { db: 1 } });
  swarm.must('resource.set', { resource: 'db', capacity: 2 });
  expect((await swarm.ask('explain.task', { task_id: drained })).reasons[0]?.unblock).toMatch(/tutti resource set db 5$/);
});

test('F10: how a cascade runs again names all of it from where it began, and doing that lets it run', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const [first, other] = [swarm.add(), swarm.add()];
  const middle = swarm.add({ dependencies: [first], on_dependency_failure: 'cascade' });
  const end = swarm.add({ dependencies: [middle, other], on_dependency_failure: 'cascade' });
  const last = swarm.add({ dependencies: [end] });
  for (const task of [first, other]) swarm.finish('s1', task, 'failed');
  const unblock = async (task_id: string): Promise<string> => (await swarm.ask('explain.task', { task_id })).reasons[0]?.unblock ?? '';
  const all = [first, middle, other, end];
  expect(await unblock(last)).toBe(`Retry them: tutti task retry ${all.join(' ')}`);
  expect((await swarm.ask('explain.task', { task_id: middle })).text).toContain(`To try it again: tutti task requeue ${first} ${middle}`);
  swarm.must('task.retry_many', { task_ids: all });
  for (const task of all) swarm.finish('s1', task);
  expect(await codesOf(swarm, last)).toEqual(['ready']);
});

test('F10: of a long cascade the beginning is named, and the rest by why it failed', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const cascade = async (length: number): Promise<[string, string, string]> => {
    const first = swarm.add();
    let end = first;
    for (let each = 0; each < length; each += 1) end = swarm.add({ dependencies: [end], on_dependency_failure: 'cascade' });
    const last = swarm.add({ dependencies: [end] });
    swarm.finish('s1', first, 'failed');
    return [first, end, (await swarm.ask('explain.task', { task_id: last })).reasons[0]?.unblock ?? ''];
  };
  const [first, , unblock] = await cascade(30);
  expect(unblock).toBe(`Retry them: tutti task retry ${first}, then: tutti task requeue --failed-for dependency_failed`);
  const [root, end, longer] = await cascade(150);
  expect(longer).toBe(`Retry them: tutti why task ${end} says what`);
  expect((await swarm.ask('explain.task', { task_id: end })).text).toContain(
    `To try it again: tutti task requeue ${root}, then: tutti task requeue --failed-for dependency_failed`,
  );
});

test('F10: a claim that comes too early says what the task really waits for', () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const task = swarm.add();
  swarm.must('decision.ask', { question: 'Which port?', task_id: task });
  expect(swarm.run('work.claim', { session_id: 's1', task_id: task })).toMatchObject({
    refused: 'task_not_ready',
    params: { reason: 'a person has to answer decision-001' },
  });
});

test.each(['optimal', 'greedy', 'fifo'] as const)(
  'F1: %s: an assignment shows its candidates as they were when it was decided',
  async (policy) => {
    const swarm = new TestSwarm();
    swarm.configure({ policy });
    for (const session of ['s1', 's2', 's3']) swarm.register(session, session === 's3' ? [] : ['build']);
    const task = swarm.add({ required_capability: 'build' });
    swarm.dispatch('s3', 's2', 's1');
    const before = await swarm.ask('explain.task', { task_id: task });
    expect(before.reasons).toEqual([]);
    expect(before.assignment).toMatchObject({ policy, session_id: before.assignment?.candidates[0]?.session_id, more: 0 });
    expect(before.assignment?.candidates.map(({ session_id }) => session_id).toSorted()).toEqual(['s1', 's2']);
    swarm.must('session.deregister', { session_id: before.assignment?.session_id === 's1' ? 's2' : 's1' });
    expect((await swarm.ask('explain.task', { task_id: task })).assignment).toEqual(before.assignment);
  },
);

test('F1: a waiting task lists who could do it, the best first, with the terms of the policy', async () => {
  const swarm = new TestSwarm();
  for (const session of ['slow', 'fast', 'other']) swarm.register(session, session === 'other' ? [] : ['build']);
  for (let number = 0; number < 5; number += 1) {
    swarm.finish('slow', swarm.add({ required_capability: 'build' }), 'completed', { duration_minutes: 60 });
    swarm.finish('fast', swarm.add({ required_capability: 'build' }), 'completed', { duration_minutes: 6 });
  }
  const task = swarm.add({ required_capability: 'build' });
  const { candidates, order } = await swarm.ask('explain.task', { task_id: task });
  expect(candidates.map(({ session_id, obstacle }) => [session_id, obstacle])).toEqual([
    ['fast', 'not_asking'],
    ['slow', 'not_asking'],
    ['other', 'not_capable'],
  ]);
  expect(candidates[0]?.terms).toMatchObject({ success: expect.any(Number), cost_seconds: expect.any(Number) });
  expect(order).toMatchObject({ priority: 5, rank_seconds: expect.any(Number) });
});

/** `slow` asks and gets nothing: the task is kept for `fast`, which is at work. */
function taskKeptForAFaster(): { readonly swarm: TestSwarm; readonly task: string } {
  const swarm = new TestSwarm();
  swarm.configure({ offline_after: 100_000 });
  for (const session of ['slow', 'fast']) swarm.register(session);
  for (let number = 0; number < 8; number += 1) {
    swarm.finish('slow', swarm.add(), 'completed', { duration_minutes: 200 });
    swarm.finish('fast', swarm.add(), 'completed', { duration_minutes: 10 });
  }
  swarm.claim('fast', swarm.add());
  const task = swarm.add();
  expect(swarm.dispatch('slow')).toEqual([]);
  swarm.wanting.add('slow');
  return { swarm, task };
}

test('F10: a task that is kept for a faster session says so, and starts elsewhere once waiting no longer pays', async () => {
  const { swarm, task } = taskKeptForAFaster();
  expect(await codesOf(swarm, task)).toEqual(['reserved']);
  swarm.now += 3_600_000;
  expect(swarm.dispatch('slow')).toHaveLength(1);
});

test('F10: an idle session that asks says for whom the ready work is kept', async () => {
  const { swarm, task } = taskKeptForAFaster();
  expect(await sessionCodes(swarm, 'slow')).toEqual(['reserved']);
  expect((await swarm.ask('explain.session', { session_id: 'slow' })).text).toContain(task);
});

test('F10: sessions that are kept from a task for different reasons are told apart', async () => {
  const swarm = new TestSwarm();
  swarm.configure({ breaker_failures: 1 });
  for (const session of ['busy', 'failing', 'paused']) swarm.register(session);
  swarm.claim('busy', swarm.add());
  swarm.finish('failing', swarm.add(), 'failed');
  swarm.must('swarm.pause', { session: 'paused' });
  const { reasons } = await swarm.ask('explain.task', { task_id: swarm.add() });
  expect(reasons.map(({ code }) => code)).toEqual(['no_free_session', 'breaker_open', 'paused']);
  expect(reasons.map(({ text }) => text)).toEqual([
    '1 of the 3 sessions that could do it is busy: busy.',
    expect.stringMatching(/^failing failed again and again, and gets nothing until /),
    'Paused: paused.',
  ]);
});

test('F10: a session on trial is not said to wait for a time that has passed', async () => {
  const swarm = new TestSwarm();
  swarm.configure({ breaker_failures: 1, breaker_pause: 5 });
  swarm.register('s1', [], 4);
  swarm.finish('s1', swarm.add(), 'failed');
  swarm.now += 6000;
  swarm.add();
  expect(swarm.dispatch('s1')).toHaveLength(1);
  const { reasons } = await swarm.ask('explain.task', { task_id: swarm.add() });
  expect(reasons).toMatchObject([{ code: 'breaker_open', text: 's1 failed again and again, and is on trial with one task.' }]);
});

test('F10: what can never be had is not said to come by itself', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1', [], 4);
  swarm.must('resource.set', { resource: 'gpu', capacity: 2 });
  swarm.must('resource.set', { resource: 'web', ports: { from: 65_534, to: 65_535 } });
  const big = swarm.add({ resources: { gpu: 2 } });
  const ports = swarm.add({ resources: { web: 2 } });
  const none = swarm.add({ type: 'deploy' });
  swarm.must('resource.set', { resource: 'gpu', capacity: 1 });
  swarm.must('resource.set', { resource: 'web', ports: { from: 65_535, to: 65_535 } });
  swarm.must('limit.set', { key: 'type:deploy', concurrency: 0 });
  const first = async (task_id: string): Promise<unknown> => (await swarm.ask('explain.task', { task_id })).reasons[0];
  expect(await first(big)).toEqual({
    code: 'resource_busy',
    text: 'It asks for 2 of gpu, of which there are 1 in all.',
    unblock: 'Raise it: tutti resource set gpu 2; or cancel the task and add it with less.',
  });
  expect(await first(ports)).toMatchObject({ unblock: expect.stringContaining('tutti resource set web --ports 65534-65535;') });
  expect(await first(none)).toEqual({
    code: 'limit_reached',
    text: 'No task of type:deploy may start: its limit is 0.',
    unblock: 'Raise it: tutti limit set type:deploy --concurrency 1',
  });
  swarm.must('resource.set', { resource: 'gpu', capacity: 2 });
  swarm.must('resource.set', { resource: 'web', ports: { from: 65_534, to: 65_535 } });
  swarm.must('limit.set', { key: 'type:deploy', concurrency: 1 });
  for (const task of [big, ports, none]) expect(await codesOf(swarm, task)).toEqual(['ready']);
});

test('F10: a task that failed with another one names it, and what is said to run both again does', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const first = swarm.add();
  const second = swarm.add({ dependencies: [first], on_dependency_failure: 'cascade' });
  swarm.finish('s1', first, 'failed');
  const { text } = await swarm.ask('explain.task', { task_id: second });
  expect(text).toContain(`dependency_failed: ${first}. To try it again: tutti task requeue ${first} ${second}`);
  swarm.must('task.retry_many', { task_ids: [first, second] });
  expect(await codesOf(swarm, second)).toEqual(['dependency']);
  swarm.finish('s1', first);
  expect(await codesOf(swarm, second)).toEqual(['ready']);
});

test('F10: a ready task is not promised to the first that asks while others are ready too', async () => {
  const swarm = new TestSwarm();
  for (const session of ['s1', 's2']) swarm.register(session);
  const task = swarm.add({ priority: 2 });
  const text = async (): Promise<string> => (await swarm.ask('explain.task', { task_id: task })).text;
  expect(await text()).toBe('It is ready; 2 of 2 sessions that could do it have a free slot, and the first that asks gets it.');
  swarm.add({ priority: 9 });
  expect(await text()).toBe(
    'It is ready; 2 of 2 sessions that could do it have a free slot. 1 other task is ready too: who asks gets the most urgent one that it can do.',
  );
});

test('F10: a session says why it gets nothing', async () => {
  const swarm = new TestSwarm();
  swarm.configure({ breaker_failures: 1 });
  swarm.register('s1');
  expect(await sessionCodes(swarm, 's1')).toEqual(['not_asking', 'no_ready_task']);
  swarm.wanting.add('s1');
  expect(await sessionCodes(swarm, 's1')).toEqual(['no_ready_task']);
  swarm.add({ required_capability: 'gpu' });
  expect(await sessionCodes(swarm, 's1')).toEqual(['no_task_for_it']);
  const task = swarm.add();
  expect(await sessionCodes(swarm, 's1')).toEqual([]);
  swarm.claim('s1', task);
  expect(await sessionCodes(swarm, 's1')).toEqual(['no_free_slot', 'no_task_for_it']);
  swarm.must('work.complete', { session_id: 's1', task_id: task, status: 'failed' });
  expect(await sessionCodes(swarm, 's1')).toEqual(['breaker_open', 'no_task_for_it']);
  swarm.must('session.deregister', { session_id: 's1' });
  expect(await sessionCodes(swarm, 's1')).toEqual(['left']);
  await expect(swarm.ask('explain.task', { task_id: 'nobody-1' })).rejects.toMatchObject({ code: 'task_unknown' });
});

test('F1: the estimates of each kind are judged by what was expected before each outcome', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  expect(await swarm.ask('explain.estimates', {})).toEqual({ kinds: [], more: 0 });
  swarm.finish('s1', swarm.add({ type: 'docs' }), 'completed', { duration_minutes: 15 });
  for (let number = 0; number < 60; number += 1) {
    const status = number % 10 === 9 ? 'failed' : 'completed';
    swarm.finish('s1', swarm.add(), status, { duration_minutes: 20 + (number % 3) });
  }
  const { kinds } = await swarm.ask('explain.estimates', {});
  expect(kinds.map(({ kind, attempts }) => [kind, attempts])).toEqual([
    ['build', 60],
    ['docs', 1],
  ]);
  const [build, docs] = kinds;
  expect(build?.success_rate).toBeGreaterThan(0.8);
  expect(build?.median_factor).toBeCloseTo(0.7, 1);
  // Durations that hardly differ lie inside intervals that are too wide for them: that is said, not hidden.
  expect(build).toMatchObject({ coverage_90: 1, durations_trusted: false, success_trusted: expect.any(Boolean) });
  expect(docs).toMatchObject({ coverage_50: null, brier: null, durations_trusted: null, success_trusted: null });
});

test('F10: a task that has ended says how, why, and how it runs again', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const [done, failed, cancelled] = [swarm.add(), swarm.add({ max_attempts: 2, backoff_seconds: 0 }), swarm.add()];
  swarm.finish('s1', done);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    swarm.passAlive(1, 's1');
    swarm.finish('s1', failed, 'failed', { reason: 'checks_failed', message: '3 of 40 tests fail' });
  }
  swarm.must('task.cancel', { task_id: cancelled, reason: 'not needed' });
  const textOf = async (task_id: string): Promise<string> => (await swarm.ask('explain.task', { task_id })).text;
  const said = async (): Promise<string[]> => [await textOf(done), await textOf(failed), await textOf(cancelled)];
  expect(await said()).toEqual([
    expect.stringMatching(/^s1 completed it at 2023-11-14T22:13:\d\dZ\.$/),
    expect.stringMatching(
      /^It failed at .* after 2 attempts: checks_failed: 3 of 40 tests fail\. To try it again: tutti task requeue build-002$/,
    ),
    expect.stringMatching(/^It was cancelled at .*: not needed\. To run it after all: tutti task retry build-003$/),
  ]);
  const inMemory = await said();
  swarm.record([{ type: 'tasks_retired', data: { count: 3 } }]);
  expect(swarm.state.tasks.size).toBe(0);
  expect(await said()).toEqual(inMemory);
});

test('F10: an overdue task says that it goes before its equals, until it has ended', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const task = swarm.add({ deadline: new Date(swarm.now + 60_000).toISOString() });
  const textOf = async (): Promise<string> => (await swarm.ask('explain.task', { task_id: task })).text;
  expect(await textOf()).not.toContain('deadline');
  swarm.passAlive(61, 's1');
  expect(await textOf()).toMatch(/Its deadline passed at 2023-11-14T22:14:20Z, so it goes before others of its priority\.$/);
  swarm.finish('s1', task);
  expect(await textOf()).not.toContain('deadline');
});

test('F10: a session names the paused capabilities that it has', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1', ['build', 'test']);
  swarm.wanting.add('s1');
  swarm.add({ required_capability: 'build' });
  swarm.must('swarm.pause', { capability: 'build' });
  const { reasons } = await swarm.ask('explain.session', { session_id: 's1' });
  expect(reasons).toMatchObject([{ code: 'paused', unblock: 'Resume it: tutti resume --capability build' }, { code: 'no_ready_task' }]);
});

test('F10: what a reason says would unblock a task does: a resource is raised by as much as is missing', async () => {
  const swarm = new TestSwarm();
  swarm.register('s1', [], 5);
  swarm.must('resource.set', { resource: 'gpu', capacity: 3 });
  swarm.must('resource.set', { resource: 'web', ports: { from: 80, to: 81 } });
  swarm.claim('s1', swarm.add({ resources: { gpu: 2, web: 1 } }));
  const [gpu, web] = [swarm.add({ resources: { gpu: 3 } }), swarm.add({ resources: { web: 2 } })];
  const unblockOf = async (task_id: string): Promise<string | undefined> =>
    (await swarm.ask('explain.task', { task_id })).reasons[0]?.unblock.split('raise it: ')[1];
  expect([await unblockOf(gpu), await unblockOf(web)]).toEqual(['tutti resource set gpu 5', 'tutti resource set web --ports 80-82']);
  swarm.must('resource.set', { resource: 'gpu', capacity: 5 });
  swarm.must('resource.set', { resource: 'web', ports: { from: 80, to: 82 } });
  expect([await codesOf(swarm, gpu), await codesOf(swarm, web)]).toEqual([['ready'], ['ready']]);
});
