/**
 * Behaviours of the swarm over HTTP, on a server with a real clock: priorities, dependencies, what is taken back, sessions
 * that fail, work that moves, and why.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskView } from '../../src/contract/views/task-view.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { callsTo } from './operation-calls.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ settings: { assignment_interval: 0.1, health_interval: 0.1 } });
});
afterAll(() => server.close());

const { add, ask, claim, complete, register, requestWork, show } = callsTo(() => server);

/** Adds a task that only sessions of one test can do. */
async function addFor(capability: string, more: object = {}): Promise<string> {
  return (await add({ type: capability, required_capability: capability, ...more })).task_id ?? '';
}

async function taskOf(id: string): Promise<TaskView> {
  return (await show(id)).task;
}

async function configure(settings: object): Promise<void> {
  await ask('config.apply', '/config', { body: { settings } });
}

test('B1: the priority is computed where none is given, and again when the last dependency completes', async () => {
  await register('p1', { capabilities: ['p'], wants_work: false });
  const flags = [{}, { critical: true }, { infinite_scale: true }, { roi: 'high' }, { critical: true, infinite_scale: true, roi: 'high' }];
  const priorities: number[] = [];
  for (const each of flags) priorities.push((await taskOf(await addFor('p', each))).priority);
  expect(priorities).toEqual([5, 8, 7, 6, 10]);
  expect((await taskOf(await addFor('p', { critical: true, priority: 2 }))).priority).toBe(2);
  const first = await addFor('p');
  const [computed, explicit] = [await addFor('p', { dependencies: [first] }), await addFor('p', { dependencies: [first], priority: 5 })];
  expect((await taskOf(computed)).priority).toBe(5);
  await claim('p1', first);
  await complete({ session_id: 'p1', task_id: first, status: 'completed' });
  expect([(await taskOf(computed)).priority, (await taskOf(explicit)).priority]).toEqual([6, 5]);
});

test('B2: a task waits for all it depends on; when one of them fails it blocks, fails too, or goes on, as it says', async () => {
  await register('d1', { capabilities: ['d'], wants_work: false });
  const [good, bad] = [await addFor('d'), await addFor('d')];
  const dependencies = [good, bad];
  const after: Record<string, string> = {};
  for (const on_dependency_failure of ['block', 'cascade', 'ignore'])
    after[on_dependency_failure] = await addFor('d', { dependencies, on_dependency_failure });
  await claim('d1', good);
  await complete({ session_id: 'd1', task_id: good, status: 'completed' });
  for (const id of Object.values(after)) expect((await taskOf(id)).waiting?.code).toBe('dependency');
  await claim('d1', bad);
  await complete({ session_id: 'd1', task_id: bad, status: 'failed' });
  const become = async (name: string): Promise<unknown> => {
    const { status, failure, waiting } = await taskOf(after[name] ?? '');
    return [status, failure ?? waiting?.code];
  };
  expect(await become('block')).toEqual(['pending', 'dependency_failed']);
  expect(await become('cascade')).toEqual(['failed', 'dependency_failed']);
  expect(await become('ignore')).toEqual(['pending', 'ready']);
  await ask('task.retry', `/task/${bad}/retry`, { body: {} });
  await claim('d1', bad);
  await complete({ session_id: 'd1', task_id: bad, status: 'completed' });
  expect(await become('block')).toEqual(['pending', 'ready']);
});

test('A14: what is assigned and not started is taken back, and given to another who asks', async () => {
  await configure({ task_claim_timeout: 0.5 });
  const id = await addFor('t');
  expect((await register('t1', { capabilities: ['t'] })).assigned_task?.id).toBe(id);
  await register('t2', { capabilities: ['t'], wants_work: false });
  const { task } = await ask('work.request', '/work/request?session_id=t2&wait=60');
  expect(task).toMatchObject({ id, attempt: 2 });
  await configure({ task_claim_timeout: 300 });
});

test('B9: a session that fails again and again gets nothing for a while, then one task to try, and recovers by completing it', async () => {
  await configure({ breaker_failures: 2, breaker_pause: 1 });
  await register('f1', { capabilities: ['f'], max_concurrent_tasks: 3, wants_work: false });
  // That others complete this kind shows that it is the session's fault.
  await register('f2', { capabilities: ['f'], wants_work: false });
  for (const [session_id, status] of [
    ['f2', 'completed'],
    ['f1', 'failed'],
    ['f1', 'failed'],
  ] as const) {
    const task_id = await addFor('f');
    await claim(session_id, task_id);
    await complete({ session_id, task_id, status });
  }
  const stateOf = async (): Promise<string> => (await ask('session.show', '/session/f1')).session.breaker.state;
  // On a machine that is slow the pause may be over already.
  expect(['open', 'half_open']).toContain(await stateOf());
  const tasks = [await addFor('f'), await addFor('f')];
  const { task } = await ask('work.request', '/work/request?session_id=f1&wait=60');
  expect(tasks).toContain(task?.id);
  expect((await ask('explain.session', '/why/session/f1')).reasons.map(({ code }) => code)).toContain('half_open');
  await complete({ session_id: 'f1', task_id: task?.id, status: 'completed' });
  expect(await stateOf()).toBe('closed');
  expect((await requestWork('f1')).task).not.toBeNull();
  await configure({ breaker_failures: 5 });
});

test('B9, F1: what lies unstarted at a full session goes to one that is idle, and the assignment says why', async () => {
  await configure({ idle_threshold: 0.3 });
  await register('r1', { capabilities: ['r'], max_concurrent_tasks: 2, wants_work: false });
  const [works, lies] = [await addFor('r'), await addFor('r')];
  await claim('r1', works);
  expect((await requestWork('r1')).task?.id).toBe(lies);
  await register('r2', { capabilities: ['r'], wants_work: false });
  const { task } = await ask('work.request', '/work/request?session_id=r2&wait=60');
  expect(task?.id).toBe(lies);
  const { assignment } = await ask('explain.task', `/why/task/${lies}`);
  expect(assignment).toMatchObject({ session_id: 'r2', rule: 'rebalance', order: { utilisation: 1 } });
  expect((await taskOf(works)).assigned_to).toBe('r1');
});

test('F1: an assignment shows who could have had the task, each with the terms of the policy', async () => {
  for (const session of ['e1', 'e2', 'e3']) await register(session, { capabilities: ['e'], wants_work: false });
  const id = await addFor('e');
  const { candidates } = await ask('explain.task', `/why/task/${id}`);
  expect(candidates.filter(({ obstacle }) => obstacle !== 'not_capable').map(({ session_id }) => session_id)).toEqual(['e1', 'e2', 'e3']);
  await requestWork('e2');
  const { assignment } = await ask('explain.task', `/why/task/${id}`);
  expect(assignment).toMatchObject({
    session_id: 'e2',
    policy: 'optimal',
    candidates: [{ session_id: 'e2', terms: { expected_seconds: expect.any(Number), success: expect.any(Number) } }],
  });
});
