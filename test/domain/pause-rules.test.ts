/** Pausing and resuming: what runs goes on, nothing new begins. */
import { describe, expect, test } from 'vitest';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const POLICIES = ['greedy', 'fifo', 'optimal'] as const;
const HELD = [
  ['the swarm', {}],
  ['its capability', { capability: 'build' }],
  ['the session', { session: 's1' }],
] as const;

function swarmOf(policy: (typeof POLICIES)[number] = 'optimal'): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ policy });
  swarm.register('s1', ['build'], 2);
  return swarm;
}

function settled(swarm: TestSwarm): void {
  expect(brokenInvariants(swarm.state)).toEqual([]);
  expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
}

describe.each(POLICIES)('%s', (policy) => {
  test.each(HELD)('A15: while %s is paused nothing is given out or claimed, what runs completes, and resuming goes on', (_what, where) => {
    const swarm = swarmOf(policy);
    const [runs, waits, later] = [swarm.add({ required_capability: 'build' }), swarm.add({ required_capability: 'build' }), ''];
    swarm.claim('s1', runs);
    swarm.must('swarm.pause', { ...where, reason: 'release' });
    expect(swarm.dispatch('s1')).toEqual([]);
    expect(typesOf(swarm.run('work.claim', { session_id: 's1', task_id: waits }))).toBe('work_paused');
    const added = swarm.add({ required_capability: 'build' });
    expect([swarm.dispatch('s1'), later]).toEqual([[], '']);
    expect(typesOf(swarm.must('work.complete', { session_id: 's1', task_id: runs, status: 'completed' }))).toEqual(['task_completed']);
    settled(swarm);
    swarm.must('swarm.resume', where);
    expect(swarm.dispatch('s1').map((event) => (event.type === 'task_assigned' ? event.data.task_id : ''))).toEqual([waits, added]);
    settled(swarm);
  });

  test('a paused capability holds up nothing else, and its tasks keep their turn', () => {
    const swarm = swarmOf(policy);
    const [gpu, other] = [swarm.add({ required_capability: 'build', priority: 9 }), swarm.add({ priority: 1 })];
    swarm.must('swarm.pause', { capability: 'build' });
    expect(dataOf(swarm.dispatch('s1'), 'task_assigned').task_id).toBe(other);
    swarm.must('task.reprioritise', { task_id: gpu, priority: 8 });
    expect(swarm.dispatch('s1')).toEqual([]);
    swarm.must('swarm.resume', { capability: 'build' });
    expect(dataOf(swarm.dispatch('s1'), 'task_assigned').task_id).toBe(gpu);
    settled(swarm);
  });
});

test('a paused session stays paused when it registers again, and another one gets its work', () => {
  const swarm = swarmOf();
  swarm.must('swarm.pause', { session: 's1' });
  swarm.register('s1', ['build']);
  swarm.register('s2', ['build']);
  swarm.add();
  expect(dataOf(swarm.dispatch('s1', 's2'), 'task_assigned').session_id).toBe('s2');
  settled(swarm);
});

test('pausing again and resuming what is not paused change nothing; what is paused is shown, with who and why', async () => {
  const swarm = swarmOf();
  swarm.must('swarm.pause', { reason: 'lunch' });
  expect(typesOf(swarm.run('swarm.pause', {}))).toEqual([]);
  expect(typesOf(swarm.run('swarm.resume', { capability: 'gpu' }))).toEqual([]);
  expect(typesOf(swarm.run('swarm.pause', { session: 'none' }))).toBe('session_unknown');
  expect(typesOf(swarm.run('swarm.pause', { session: 's1', capability: 'gpu' }))).toBe('invalid_input');
  await swarm.answer('swarm.pause', { session: 's1' });
  const { paused } = await swarm.answer('swarm.pause', { capability: 'gpu' });
  expect(paused.map(({ scope, target, reason, by }) => [scope, target, reason, by])).toEqual([
    ['swarm', '', 'lunch', 'test'],
    ['capability', 'gpu', null, 'test'],
    ['session', 's1', null, 'test'],
  ]);
  expect((await swarm.ask('swarm.status', {})).paused).toEqual(paused);
  expect((await swarm.ask('session.show', { session_id: 's1' })).session.paused).toBe(true);
});

test('F10: a pause is the first reason why a task does not run, and a reason of the session', async () => {
  const swarm = swarmOf();
  const id = swarm.add({ required_capability: 'build' });
  swarm.must('swarm.pause', { capability: 'build', reason: 'the compiler is broken' });
  const why = await swarm.ask('explain.task', { task_id: id });
  expect(why.reasons[0]).toMatchObject({ code: 'paused', unblock: 'Resume it: tutti resume --capability build' });
  expect(why.text).toContain('the compiler is broken');
  expect(swarm.view(id).waiting?.code).toBe('paused');
  swarm.must('swarm.pause', { session: 's1' });
  expect((await swarm.ask('explain.session', { session_id: 's1' })).reasons[0]?.code).toBe('paused');
  expect((await swarm.ask('explain.task', { task_id: id })).candidates[0]?.obstacle).toBe('paused');
});

test('at most a thousand capabilities are paused at once', () => {
  const swarm = swarmOf();
  for (let number = 0; number < 1000; number += 1) swarm.must('swarm.pause', { capability: `c${number}` });
  expect(typesOf(swarm.run('swarm.pause', { capability: 'one-more' }))).toBe('pause_limit');
});
