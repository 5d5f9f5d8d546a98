/** A15: tasks that each need something of their own cost no more than tasks that need the same. */
import { expect, test } from 'vitest';
import { Dispatcher } from '../../src/domain/dispatch/dispatch.ts';
import { estimateOf } from '../../src/domain/learning/estimate.ts';
import { dataOf, TestSwarm } from '../support/test-swarm.ts';

const KINDS_OF_NEEDS = 300;

test.each([
  ['a group', (each: number) => ({ group: `g${each}` })],
  ['an amount of a resource', (each: number) => ({ resources: { licence: each + 1 } })],
  ['a key', (each: number) => ({ concurrency: { key: `k${each}`, limit: 1 } })],
])('A15: what the end of a task teaches is asked once for all tasks of its kind, although each has %s of its own', (_, needs) => {
  const swarm = new TestSwarm();
  let asked = 0;
  const dispatcher = new Dispatcher((state, session, kind, now) => {
    asked += 1;
    return estimateOf(state.kinds, session.performance.learned, kind, now);
  });
  Object.defineProperty(swarm, 'dispatcher', { value: dispatcher });
  for (const id of ['s1', 's2', 's3']) swarm.register(id);
  swarm.must('resource.set', { resource: 'licence', capacity: 1000 });
  for (let each = 0; each < KINDS_OF_NEEDS; each += 1) swarm.add(needs(each));
  const { task_id } = dataOf(swarm.dispatch('s1'), 'task_assigned');
  asked = 0;
  swarm.must('work.complete', { session_id: 's1', task_id, status: 'completed' });
  expect(asked).toBeLessThanOrEqual(3);
});
