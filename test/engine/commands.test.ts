/** A command under an id: repeated, it repeats its outcome and has no second effect, now and after a restart. */
import { describe, expect, test } from 'vitest';
import type { InputOf } from '../../src/contract/operations.ts';
import { JOURNALS, TestEngine } from './test-engine.ts';

const add: InputOf<'work.add'> = { type: 'build', title: 'a task', command_id: 'c1' };

describe.each(JOURNALS)('command ids on the %s journal', (kind) => {
  test('repeated after its answer, before its answer, and after a restart, it has one effect and one outcome', async () => {
    const swarm = await TestEngine.open(kind);
    const [first, second] = await Promise.all([swarm.call('work.add', add), swarm.call('work.add', add)]);
    const third = await swarm.call('work.add', add);
    await swarm.reopen();
    const fourth = await swarm.call('work.add', add);
    expect([second, third, fourth]).toEqual([first, first, first]);
    expect(await swarm.types()).toEqual(['task_added']);
  });

  test('a batch is repeated with all its ids', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.add({ id: 'known' });
    const tasks = [
      { type: 'build', title: 'a' },
      { type: 'build', title: 'a task', id: 'known' },
      { type: 'test', title: 'b', id: 'x' },
    ];
    const outcome = await swarm.call('work.add', { tasks, command_id: 'c1' });
    expect(outcome.task_ids).toEqual(['build-001', 'known', 'x']);
    await swarm.reopen();
    expect(await swarm.call('work.add', { tasks, command_id: 'c1' })).toEqual(outcome);
  });

  test('a completion under an id is not reported as repeated, for it is the same answer', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const task_id = await swarm.add();
    await swarm.call('work.claim', { session_id: 's1', task_id });
    const end: InputOf<'work.complete'> = { session_id: 's1', task_id, status: 'completed', command_id: 'c1' };
    const outcome = await swarm.call('work.complete', end);
    expect(outcome).toEqual({ task_id, status: 'completed', repeated: false });
    expect(await swarm.call('work.complete', end)).toEqual(outcome);
    expect((await swarm.types()).filter((type) => type === 'task_completed')).toHaveLength(1);
  });

  test('what was refused is decided again', async () => {
    const swarm = await TestEngine.open(kind);
    const cancel = { task_id: 'build-001', command_id: 'c1' };
    await expect(swarm.call('task.cancel', cancel)).rejects.toMatchObject({ code: 'task_unknown' });
    await swarm.add();
    expect(await swarm.call('task.cancel', cancel)).toEqual({ task_id: 'build-001', status: 'cancelled' });
  });

  test.each(['at once', 'after a restart'])('command_reused: the id of another command is refused %s', async (when) => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    await swarm.call('work.add', add);
    await swarm.call('work.claim', { session_id: 's1', task_id: 'build-001', command_id: 'c2' });
    await swarm.add();
    if (when === 'after a restart') await swarm.reopen();
    const before = swarm.engine.feed.head;
    const reuses = [
      swarm.call('task.cancel', { task_id: 'build-001', command_id: 'c1' }),
      swarm.call('work.add', { ...add, id: 'other' }),
      swarm.call('work.claim', { session_id: 's1', task_id: 'build-002', command_id: 'c2' }),
      swarm.call('work.complete', { session_id: 's1', task_id: 'build-001', status: 'completed', command_id: 'c2' }),
    ];
    const outcomes = await Promise.allSettled(reuses);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code)).toEqual(
      reuses.map(() => 'command_reused'),
    );
    expect(swarm.engine.feed.head).toBe(before);
  });

  test('A1: a repeated registration answers for its own incarnation, not for the one that replaced it', async () => {
    const swarm = await TestEngine.open(kind);
    const register = { session_id: 's1', capabilities: [], command_id: 'c1' };
    const first = await swarm.call('session.register', register);
    const second = await swarm.register('s1');
    await swarm.add();
    await swarm.call('work.request', { session_id: 's1' });
    const repeated = await swarm.call('session.register', register);
    expect(repeated).toMatchObject({ incarnation: first.incarnation, assigned_task: null });
    expect(second).toBeGreaterThan(first.incarnation);
  });

  test('A5: a repeated claim never answers with a lease that it did not get', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    await swarm.register('s2');
    const task_id = await swarm.add();
    const claim = { session_id: 's1', task_id, command_id: 'c1' };
    const first = await swarm.call('work.claim', claim);
    expect(await swarm.call('work.claim', claim)).toMatchObject({ lease: first.lease, attempt: 1 });
    await swarm.register('s1');
    await swarm.call('work.claim', { session_id: 's2', task_id });
    await expect(swarm.call('work.claim', claim)).rejects.toMatchObject({ code: 'lease_stale', params: { lease: first.lease } });
  });

  test('what it answers again is durable as well', async () => {
    const swarm = await TestEngine.open(kind);
    await swarm.register('s1');
    const task_id = await swarm.add();
    const request = { session_id: 's1', status: 'busy' as const, command_id: 'c1' };
    await swarm.call('session.heartbeat', request);
    swarm.gate.hold();
    const given = swarm.call('work.request', { session_id: 's1' });
    const repeated = swarm.call('session.heartbeat', request);
    let answered = false;
    repeated.then(
      () => (answered = true),
      () => undefined,
    );
    await swarm.clock.advance(1);
    expect(answered).toBe(false);
    swarm.gate.release();
    expect((await given).task?.id).toBe(task_id);
    expect((await repeated).new_assignment?.id).toBe(task_id);
  });
});

test('an id is forgotten after a day', async () => {
  const swarm = await TestEngine.open('memory');
  await swarm.call('work.add', add);
  await swarm.clock.advance(86_400_000);
  expect((await swarm.call('work.add', add)).task_id).toBe('build-001');
  await swarm.clock.advance(1);
  expect((await swarm.call('work.add', add)).task_id).toBe('build-002');
});
