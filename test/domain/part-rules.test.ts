/** Tasks that add parts and wait for them without holding a slot. */
import { describe, expect, test } from 'vitest';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

function swarmOf(policy: 'greedy' | 'fifo' | 'optimal' = 'optimal'): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ policy });
  swarm.register('s1');
  return swarm;
}

function settled(swarm: TestSwarm): void {
  expect(brokenInvariants(swarm.state)).toEqual([]);
  expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
}

/** Gives the only session its next task; returns its id. */
function next(swarm: TestSwarm): string {
  return dataOf(swarm.dispatch('s1'), 'task_assigned').task_id;
}

describe.each(['greedy', 'fifo', 'optimal'] as const)('%s', (policy) => {
  test('R22, B7: parts of parts on one session with one slot all complete, each parent after its parts', () => {
    const swarm = swarmOf(policy);
    const depth = 12;
    swarm.add({ id: 'p0' });
    for (let level = 0; level < depth; level += 1) {
      const task_id = next(swarm);
      expect(task_id).toBe(`p${level}`);
      swarm.add({ id: `p${level + 1}`, parent: task_id });
      swarm.must('work.suspend', { session_id: 's1', task_id, wait_for: [`p${level + 1}`], checkpoint: { level } });
      expect(swarm.session('s1').held).toEqual([]);
      settled(swarm);
    }
    for (let level = depth; level >= 0; level -= 1) {
      const task_id = next(swarm);
      expect(task_id).toBe(`p${level}`);
      swarm.must('work.complete', { session_id: 's1', task_id, status: 'completed', result: `${level}` });
      settled(swarm);
    }
    expect(swarm.state.task_counts).toMatchObject({ pending: 0, completed: depth + 1 });
  });
});

test('the next attempt knows what the one before left and what its parts came to', async () => {
  const swarm = swarmOf();
  const parent = swarm.add();
  swarm.claim('s1', parent);
  const part = swarm.add({ parent });
  const answer = await swarm.answer('work.suspend', { session_id: 's1', task_id: parent, wait_for: [part], checkpoint: 'half' });
  expect(answer).toEqual({ task_id: parent, status: 'pending', waiting_for: 1 });
  expect(swarm.view(parent)).toMatchObject({ status: 'pending', waiting: { code: 'dependency' } });
  swarm.finish('s1', part, 'completed', { result: { found: 3 } });
  const { task } = await swarm.answer('work.request', { session_id: 's1' }, ['s1']);
  expect(task).toMatchObject({ id: parent, attempt: 2 });
  expect(task?.context.dependencies).toEqual([{ id: part, status: 'completed', result: { found: 3 } }]);
  expect(task?.context.attempts).toMatchObject([{ action: 'suspended', details: { checkpoint: 'half' } }]);
});

test.each([
  ['ignore', 'failed', 'pending', 0],
  ['block', 'failed', 'pending', 1],
  ['cascade', 'failed', 'failed', 1],
  ['ignore', 'cancelled', 'pending', 0],
] as const)('B2: policy %s: a part that is %s leaves its parent %s', (on_dependency_failure, how, status, waiting) => {
  const swarm = swarmOf();
  const parent = swarm.add();
  swarm.claim('s1', parent);
  const part = swarm.add({ parent });
  swarm.must('work.suspend', { session_id: 's1', task_id: parent, wait_for: [part], on_dependency_failure });
  if (how === 'failed') swarm.finish('s1', part, 'failed');
  else swarm.must('task.cancel', { task_id: part });
  expect(swarm.task(parent)).toMatchObject({ status, waiting_for: waiting });
  settled(swarm);
});

test('B2: waiting for what has failed already fails at once under cascade, and goes on under ignore', () => {
  for (const [policy, status] of [
    ['cascade', 'failed'],
    ['ignore', 'pending'],
  ] as const) {
    const swarm = swarmOf();
    const [failed, parent] = [swarm.add(), swarm.add()];
    swarm.finish('s1', failed, 'failed');
    swarm.claim('s1', parent);
    swarm.must('work.suspend', { session_id: 's1', task_id: parent, wait_for: [failed], on_dependency_failure: policy });
    expect(swarm.task(parent).status).toBe(status);
    settled(swarm);
  }
});

test('nobody waits for itself, through whomever; only the holder suspends, and only for what is there', () => {
  const swarm = swarmOf();
  swarm.register('s2');
  const [a, b] = [swarm.add(), swarm.add()];
  swarm.claim('s1', a);
  swarm.claim('s2', b);
  const part = swarm.add({ parent: a, dependencies: [b] });
  swarm.must('work.suspend', { session_id: 's1', task_id: a, wait_for: [part] });
  const wait = (wait_for: string[], more: object = {}): unknown =>
    typesOf(swarm.run('work.suspend', { session_id: 's2', task_id: b, wait_for, ...more }));
  expect(wait([a])).toBe('dependency_cycle');
  expect(wait([b])).toBe('dependency_cycle');
  expect(wait(['none'])).toBe('dependency_unknown');
  expect(wait([part], { session_id: 's1' })).toBe('not_holder');
  expect(wait([part], { lease: 1 })).toBe('lease_stale');
  expect(wait([swarm.add()], { checkpoint: 'x'.repeat(260_000) })).toBe('event_too_large');
});

test('a part needs an unfinished parent, and parts go a hundred deep', () => {
  const swarm = swarmOf();
  const ended = swarm.add();
  swarm.finish('s1', ended);
  expect(typesOf(swarm.run('work.add', { type: 'a', title: 'b', parent: ended }))).toBe('parent_ended');
  expect(typesOf(swarm.run('work.add', { type: 'a', title: 'b', parent: 'none' }))).toBe('task_unknown');
  let parent = swarm.add();
  for (let depth = 0; depth < 100; depth += 1) parent = swarm.add({ parent });
  expect(typesOf(swarm.run('work.add', { type: 'a', title: 'b', parent }))).toBe('parts_too_deep');
});

test('a parent that is cancelled takes its unfinished parts with it, running or suspended', async () => {
  const swarm = swarmOf();
  const parent = swarm.add();
  swarm.claim('s1', parent);
  const [done, open] = [swarm.add({ parent }), swarm.add({ parent })];
  const below = swarm.add({ parent: open });
  swarm.must('work.suspend', { session_id: 's1', task_id: parent, wait_for: [done, open] });
  swarm.finish('s1', done);
  const lease = swarm.claim('s1', open);
  swarm.must('task.cancel', { task_id: parent, reason: 'enough' });
  expect([parent, done, open, below].map((id) => swarm.task(id).status)).toEqual(['cancelled', 'completed', 'cancelled', 'cancelled']);
  expect(swarm.view(below).failure).toBe(`its parent ${open} was cancelled: enough`);
  expect(typesOf(swarm.run('work.update', { session_id: 's1', task_id: open, lease }))).toBe('task_cancelled');
  expect((await swarm.ask('task.list', { parent })).tasks.map(({ id }) => id)).toEqual([done, open]);
  settled(swarm);
});
