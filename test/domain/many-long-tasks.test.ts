/** R18: whoever looks for what is silent looks at everything, however much there is that it need not touch. */
import { expect, test } from 'vitest';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

/** More than any page of the system holds. */
const MANY = 1200;

const nameOf = (index: number): string => `s-${index}`;

/** As many sessions as long tasks that run, the newest last, a minute old. */
function busySwarm(): { readonly swarm: TestSwarm; readonly sessions: readonly string[] } {
  const swarm = new TestSwarm();
  const sessions = Array.from({ length: MANY }, (_, index) => nameOf(index));
  for (const session of sessions) {
    swarm.register(session);
    const task_id = swarm.add({ title: `long task of ${session}` });
    const lease = swarm.claim(session, task_id);
    swarm.must('work.update', { session_id: session, task_id, lease, status: 'in_progress', progress: 0.1 });
  }
  return { swarm, sessions };
}

test('R18: behind more long tasks than a page, the one task whose session is silent is found and given on', () => {
  const { swarm, sessions } = busySwarm();
  const [silent = '', ...alive] = sessions.toReversed();
  const [task_id = ''] = swarm.session(silent).held;
  expect(swarm.passAlive(170, ...alive)).toEqual([]);
  const events = swarm.passAlive(10, ...alive);
  expect(typesOf(events)).toEqual(['task_released', 'session_offline']);
  expect(dataOf(events, 'task_released')).toMatchObject({ task_id, session_id: silent });
  swarm.register('fresh');
  expect(dataOf(swarm.dispatch('fresh'), 'task_assigned')).toMatchObject({ task_id, session_id: 'fresh' });
});

test('R18: behind more long tasks than a page, the one that stalls is asked about, and taken back when nobody answers', () => {
  const { swarm, sessions } = busySwarm();
  const last = sessions.at(-1) ?? '';
  const [stalled = ''] = swarm.session(last).held;
  const progress = (): void => {
    for (const session_id of sessions.slice(0, -1)) {
      const [task_id = ''] = swarm.session(session_id).held;
      swarm.must('work.update', { session_id, task_id, details: { alive: true } });
    }
  };
  for (let minute = 0; minute < 9; minute += 1) {
    progress();
    expect(swarm.passAlive(60, ...sessions)).toEqual([]);
  }
  progress();
  const asked = swarm.passAlive(60, ...sessions);
  expect(typesOf(asked)).toEqual(['task_probed']);
  expect(dataOf(asked, 'task_probed')).toMatchObject({ task_id: stalled });
  expect(dataOf(swarm.passAlive(60, ...sessions), 'task_released')).toMatchObject({ task_id: stalled, reason: 'stalled' });
});

test('R18: behind more delayed tasks than a page, the one whose delay is over comes back', () => {
  const swarm = new TestSwarm();
  swarm.register('s1');
  const delay = (backoff_seconds: number): string => {
    const task_id = swarm.add({ max_attempts: 2, backoff_seconds });
    swarm.finish('s1', task_id, 'failed');
    return task_id;
  };
  for (let index = 0; index < MANY; index += 1) delay(3600);
  const soon = delay(1);
  expect(swarm.pass(2).flatMap(({ type, data }) => (type === 'task_due' ? [data.task_id] : []))).toEqual([soon]);
});
