/** Who gets a task that somebody got nowhere with (A14, A15, F10): another who is idle, then another who works, then the same. */
import { expect, test } from 'vitest';
import { dataOf, TestSwarm } from '../support/test-swarm.ts';

const PROBED = 600;
const REVOKED = 60;

/** `slow` has just lost its lease on a task for showing no progress; `other` may hold something else. */
function stalledAt(slow: string, others: readonly string[], busy: readonly string[] = []): { swarm: TestSwarm; id: string } {
  const swarm = new TestSwarm();
  for (const session of [slow, ...others]) swarm.register(session, ['build']);
  const id = swarm.add({ required_capability: 'build' });
  swarm.claim(slow, id);
  swarm.passAlive(PROBED, slow, ...others);
  for (const session of busy) swarm.claim(session, swarm.add({ type: 'other', estimated_hours: 8 }));
  swarm.passAlive(REVOKED + 0.001, slow, ...others);
  expect(swarm.task(id)).toMatchObject({ status: 'pending', lost: 1 });
  return { swarm, id };
}

test('A14, A15: who lost a lease on a task does not get it again while another is idle, and the decision says so', () => {
  const { swarm, id } = stalledAt('a-slow', ['b-other']);
  const given = dataOf(swarm.dispatch('a-slow', 'b-other'), 'task_assigned');
  expect(given).toMatchObject({ task_id: id, session_id: 'b-other', why: { rule: 'elsewhere' } });
  expect(given.why?.candidates.find(({ session_id }) => session_id === 'a-slow')?.terms).toMatchObject({ set_back: 1 });
});

test('A14, F10: while others work, it waits for them for as long as was lost, says so, and starts by itself then', async () => {
  const { swarm, id } = stalledAt('a-slow', ['b-other'], ['b-other']);
  swarm.wanting.add('a-slow');
  expect(swarm.dispatch('a-slow')).toEqual([]);
  const { reasons, candidates } = await swarm.ask('explain.task', { task_id: id });
  expect(reasons[0]).toMatchObject({ code: 'reserved', text: expect.stringMatching(/^a-slow was too slow for it, so until .* it waits/) });
  expect(candidates[0]).toMatchObject({ session_id: 'a-slow', obstacle: 'set_back' });
  const demand = { sessions: () => ['a-slow'], has: (session: string) => session === 'a-slow' };
  expect(swarm.dispatcher.nextTime(swarm.state, demand, swarm.now)).toBe(swarm.now + 300_000);
  swarm.passAlive(299, 'a-slow', 'b-other');
  expect(swarm.dispatch('a-slow')).toEqual([]);
  swarm.passAlive(1, 'a-slow', 'b-other');
  expect(dataOf(swarm.dispatch('a-slow'), 'task_assigned')).toMatchObject({ task_id: id, session_id: 'a-slow', why: { rule: 'list' } });
});

test('A14: who works and could do it gets it as soon as it is free', () => {
  const { swarm, id } = stalledAt('a-slow', ['b-other'], ['b-other']);
  expect(swarm.dispatch('a-slow')).toEqual([]);
  const [held = ''] = swarm.state.sessions.get('b-other')?.held ?? [];
  swarm.must('work.complete', { session_id: 'b-other', task_id: held, status: 'completed' });
  expect(dataOf(swarm.dispatch('a-slow', 'b-other'), 'task_assigned')).toMatchObject({ task_id: id, session_id: 'b-other' });
});

test('A14: who is alone, or beside others that could not do it, gets it again at once', () => {
  const { swarm, id } = stalledAt('only', []);
  swarm.register('painter', ['paint']);
  swarm.claim('painter', swarm.add({ required_capability: 'paint' }));
  expect(dataOf(swarm.dispatch('only', 'painter'), 'task_assigned')).toMatchObject({ task_id: id, session_id: 'only' });
});

test('A15: who failed at a task tries it again only when nobody else is idle; nothing is remembered once it ends or is retried', () => {
  const swarm = new TestSwarm();
  swarm.register('a');
  swarm.register('b');
  const id = swarm.add({ max_attempts: 4, backoff_seconds: 0 });
  for (const expected of ['a', 'b', 'a']) {
    swarm.pass(1);
    const given = dataOf(swarm.dispatch('a', 'b'), 'task_assigned');
    expect(given).toMatchObject({ task_id: id, session_id: expected });
    swarm.must('work.complete', { session_id: given.session_id, task_id: id, status: 'failed' });
  }
  expect([...swarm.state.setbacks.keys()]).toEqual([id]);
  swarm.pass(1);
  expect(dataOf(swarm.dispatch('b'), 'task_assigned')).toMatchObject({ session_id: 'b' });
  swarm.must('work.complete', { session_id: 'b', task_id: id, status: 'failed' });
  expect(swarm.task(id).status).toBe('failed');
  expect(swarm.state.setbacks.size).toBe(0);
});
