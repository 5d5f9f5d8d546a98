/** Dispatch through the engine (A13, A15): conservation, slots, and a log that needs no board to be replayed. */
import { expect, test } from 'vitest';
import type { SwarmState } from '../../src/domain/state.ts';
import { seededRandom } from '../../src/scheduling/random.ts';
import { rest } from './manual-clock.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { TestEngine } from './test-engine.ts';

const POLICIES = ['optimal', 'greedy', 'fifo'] as const;

function stateOf(swarm: TestEngine): Promise<SwarmState> {
  return swarm.engine.read((state) => state);
}

test.each(POLICIES)(
  'A15, invariants 1–4: %s: nothing is lost or doubled, slots == running, and the log alone gives the same state',
  async (policy) => {
    const swarm = await TestEngine.open('memory', { settings: { policy } });
    const random = seededRandom(7);
    const sessions = Array.from({ length: 6 }, (_, index) => ({ id: `s-${index}`, slots: 1 + (index % 3) }));
    for (const { id, slots } of sessions) {
      await swarm.call('session.register', {
        session_id: id,
        capabilities: index(id) % 2 === 0 ? ['a', 'b'] : ['a'],
        max_concurrent_tasks: slots,
      });
    }
    const added: string[] = [];
    for (let round = 0; round < 150; round += 1) {
      const dependencies = added.length > 3 && random() < 0.5 ? [added[Math.floor(random() * added.length)] as string] : [];
      const required_capability = ['a', 'b', null][Math.floor(random() * 3)] ?? null;
      const { task_id } = await swarm.call('work.add', {
        type: 'build',
        title: 'x',
        dependencies,
        required_capability,
        max_attempts: 3,
        backoff_seconds: 0,
      });
      added.push(task_id);
      const { id } = sessions[Math.floor(random() * sessions.length)] as { id: string };
      const { assignment } = await swarm.call('work.request', { session_id: id });
      const state = await stateOf(swarm);
      expect(brokenInvariants(state)).toEqual([]);
      for (const session of state.sessions.values()) {
        const leased = [...state.tasks.values()].filter((task) => task.lease?.session_id === session.id);
        expect(session.held.toSorted()).toEqual(leased.map((task) => task.id).toSorted());
      }
      if (assignment !== null && random() < 0.8) {
        const status = random() < 0.8 ? 'completed' : 'failed';
        await swarm.call('work.complete', { session_id: id, task_id: assignment.task_id, lease: assignment.lease, status });
      }
    }
    const before = snapshotOf(await stateOf(swarm));
    const log = await swarm.engine.feed.after(0, 10_000);
    const assigned = log.filter((event) => event.type === 'task_assigned');
    expect(assigned.length).toBeGreaterThan(100);
    for (const { data } of assigned)
      expect(data).toMatchObject({ policy, why: { rule: expect.any(String), candidates: expect.any(Array) } });
    await swarm.reopen();
    const after = snapshotOf(await stateOf(swarm)) as Record<string, unknown>;
    const changedByTakeover = new Set(['seq', 'time', 'recovered_at', 'activity']);
    for (const [field, value] of Object.entries(before as object))
      if (!changedByTakeover.has(field)) expect([field, after[field]]).toEqual([field, value]);
    await swarm.call('work.request', { session_id: 's-0' });
    expect(brokenInvariants(await stateOf(swarm))).toEqual([]);
  },
);

test('A13, A15: a parked request is answered by the command that makes its task ready, under the default policy', async () => {
  const swarm = await TestEngine.open('memory');
  await swarm.call('session.register', { session_id: 's1', capabilities: [] });
  await swarm.call('session.register', { session_id: 's2', capabilities: [], wants_work: false });
  const { task_ids } = await swarm.call('work.add', {
    tasks: [
      { id: 'first', type: 'build', title: 'x', required_capability: 'none' },
      { id: 'second', type: 'build', title: 'x', dependencies: ['first'], on_dependency_failure: 'ignore' },
    ],
  });
  expect(task_ids).toHaveLength(2);
  const parked = swarm.call('work.request', { session_id: 's1', wait: 30 });
  await swarm.call('task.cancel', { task_id: 'first' });
  expect((await parked).assignment).toMatchObject({ task_id: 'second', session_id: 's1', reason: expect.stringContaining('optimal') });
});

test('F10: the operations explain a waiting task and an idle session of a running engine', async () => {
  const swarm = await TestEngine.open('memory');
  await swarm.call('session.register', { session_id: 's1', capabilities: [] });
  await swarm.call('work.add', { id: 'gpu-1', type: 'train', title: 'x', required_capability: 'gpu' });
  const why = await swarm.call('explain.task', { task_id: 'gpu-1' });
  expect(why.reasons.map(({ code }) => code)).toEqual(['no_capable_session']);
  expect(why.candidates).toEqual([{ session_id: 's1', obstacle: 'not_capable', terms: {} }]);
  const parked = swarm.call('work.request', { session_id: 's1', wait: 30 });
  const idle = await swarm.call('explain.session', { session_id: 's1' });
  expect(idle.reasons.map(({ code }) => code)).toEqual(['no_task_for_it']);
  await swarm.call('session.deregister', { session_id: 's1' });
  expect((await parked).task).toBeNull();
});

function index(id: string): number {
  return Number(id.slice(2));
}

test.each(POLICIES)('B9: %s: the only session, failing again and again, is tried as soon as its pause is over', async (policy) => {
  const swarm = await TestEngine.open('memory', { settings: { policy, breaker_failures: 2, breaker_pause: 3 } });
  await swarm.call('session.register', { session_id: 's1', capabilities: [] });
  for (let number = 0; number < 2; number += 1) {
    const { task_id } = await swarm.call('work.add', { type: 'build', title: 'x' });
    await swarm.call('work.claim', { session_id: 's1', task_id });
    await swarm.call('work.complete', { session_id: 's1', task_id, status: 'failed' });
  }
  const { task_id } = await swarm.call('work.add', { type: 'build', title: 'x' });
  const parked = swarm.call('work.request', { session_id: 's1', wait: 30 });
  const before = swarm.engine.feed.head;
  await swarm.clock.advance(2999);
  expect(await swarm.types(before)).toEqual([]);
  await swarm.clock.advance(1);
  await rest();
  expect(await swarm.types(before)).toEqual(['task_assigned']);
  expect((await parked).task?.id).toBe(task_id);
});

test('A15: a task that was kept for a faster session goes to a free one at the moment when that one should have been free', async () => {
  const swarm = await TestEngine.open('memory', { settings: { offline_after: 100_000, task_claim_timeout: 100_000 } });
  for (const session_id of ['fast', 'slow']) await swarm.call('session.register', { session_id, capabilities: [], wants_work: false });
  for (let number = 0; number < 6; number += 1) {
    for (const [session_id, duration_minutes] of [
      ['fast', 0.2],
      ['slow', 6],
    ] as const) {
      const { task_id } = await swarm.call('work.add', { type: 'build', title: 'x', estimated_hours: 0.1 });
      await swarm.call('work.claim', { session_id, task_id });
      await swarm.call('work.complete', { session_id, task_id, status: 'completed', duration_minutes });
    }
  }
  await swarm.call('work.add', { id: 'first', type: 'build', title: 'x', estimated_hours: 0.1 });
  await swarm.call('work.request', { session_id: 'fast' });
  await swarm.call('work.add', { id: 'kept', type: 'build', title: 'x', estimated_hours: 0.1 });
  const parked = swarm.call('work.request', { session_id: 'slow', wait: 300 });
  expect((await swarm.call('explain.task', { task_id: 'kept' })).reasons.map(({ code }) => code)).toEqual(['reserved']);
  const before = swarm.engine.feed.head;
  const began = swarm.clock.now();
  for (let second = 0; second < 299 && (await swarm.types(before)).length === 0; second += 1) {
    await swarm.clock.advance(1000);
    await rest();
  }
  expect((await parked).task?.id).toBe('kept');
  const { task } = await swarm.call('task.show', { task_id: 'first' });
  expect(task.status).toBe('assigned');
  expect((swarm.clock.now() - began) / 1000).toBeLessThan(299);
});
