/** The rules of sessions (A1–A3): register, heartbeat, deregister, and who may speak for a session. */
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/contract/caller.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

function credentialOf(session_id: string, incarnation: number): Caller {
  return { actor: 'test', credential: { session_id, incarnation } };
}

describe('A1: register', () => {
  test('A1: a session registers with its capabilities, each once, and the slots that it names', () => {
    const swarm = new TestSwarm();
    const capabilities = ['build', 'test', 'build'];
    const events = swarm.must('session.register', { session_id: 's1', capabilities, max_concurrent_tasks: 3, role: 'engineer' });
    expect(dataOf(events, 'session_registered')).toMatchObject({
      session_id: 's1',
      capabilities: ['build', 'test'],
      specialties: [],
      max_concurrent_tasks: 3,
      role: 'engineer',
      host: null,
    });
    expect(swarm.session('s1')).toMatchObject({ status: 'idle', incarnation: 1, slots: 3 });
  });

  test('B5: a session that names no slots gets max_concurrent_tasks', () => {
    const swarm = new TestSwarm();
    swarm.must('session.register', { session_id: 's1', capabilities: [] });
    expect(swarm.session('s1').slots).toBe(1);
    swarm.configure({ max_concurrent_tasks: 4 });
    swarm.must('session.register', { session_id: 's2', capabilities: [] });
    expect(swarm.session('s2').slots).toBe(4);
  });

  test('A1, R16: registering again is a new incarnation; the leases of the old one end and its tasks can be given out at once', () => {
    const swarm = new TestSwarm();
    const first = swarm.register('s1', [], 2);
    const [a, b] = [swarm.add(), swarm.add()];
    const lease = swarm.claim('s1', a);
    swarm.dispatch('s1');
    const events = swarm.must('session.register', { session_id: 's1', capabilities: [] });
    expect(typesOf(events)).toEqual(['task_released', 'task_released', 'session_registered']);
    expect(events[1]?.data).toMatchObject({ task_id: a, lease, reason: 'replaced' });
    expect(swarm.session('s1').incarnation).toBeGreaterThan(first);
    expect(swarm.session('s1')).toMatchObject({ held: [], status: 'idle' });
    expect(swarm.dispatch('s1').map((event) => 'task_id' in event.data && event.data.task_id)).toEqual([a]);
    expect(swarm.task(b).status).toBe('pending');
  });

  test('A1: what a session achieved stays with its id', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.finish('s1', swarm.add());
    swarm.register('s1');
    expect(swarm.session('s1').performance.completed).toBe(1);
  });

  test('A1: it may come back after it deregistered, and after it went offline', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.must('session.deregister', { session_id: 's1' });
    swarm.register('s1');
    expect(swarm.session('s1').status).toBe('idle');
    swarm.pass(200);
    expect(swarm.session('s1').status).toBe('offline');
    swarm.register('s1');
    expect(swarm.session('s1').status).toBe('idle');
    expect(swarm.state.session_counts).toEqual({ idle: 1, busy: 0, offline: 0 });
  });
});

describe('A2: heartbeat', () => {
  test('A2: a heartbeat that says nothing new makes no event', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    expect(swarm.must('session.heartbeat', { session_id: 's1', status: 'idle' })).toEqual([]);
  });

  test('A6: a busy heartbeat on a task starts it, and its progress is kept', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    swarm.dispatch('s1');
    const beat = { session_id: 's1', status: 'busy', current_task: task, progress: 0.25 };
    expect(typesOf(swarm.must('session.heartbeat', beat))).toEqual(['session_reported', 'task_started', 'task_progressed']);
    expect(swarm.task(task)).toMatchObject({ status: 'in_progress', progress: 0.25 });
    expect(swarm.must('session.heartbeat', beat)).toEqual([]);
  });

  test.each([
    ['a hundredth', 0.51, ['task_progressed']],
    ['less than a hundredth', 0.509, []],
    ['the end', 1, ['task_progressed']],
    ['back to nothing', 0, ['task_progressed']],
  ])('A2: from 0.5, a step of progress by %s', (_step, progress, expected) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    swarm.claim('s1', task);
    swarm.must('session.heartbeat', { session_id: 's1', status: 'busy', current_task: task, progress: 0.5 });
    const events = swarm.must('session.heartbeat', { session_id: 's1', status: 'busy', current_task: task, progress });
    expect(typesOf(events)).toEqual(expected);
  });

  test('A2: small steps add up to an event', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    swarm.claim('s1', task);
    const steps = [0.004, 0.008, 0.012].map((progress) =>
      typesOf(swarm.must('session.heartbeat', { session_id: 's1', status: 'busy', current_task: task, progress })),
    );
    expect(steps).toEqual([['session_reported'], [], ['task_progressed']]);
  });

  test.each([
    ['idle', {}],
    ['of another lease', { status: 'busy', lease: 999 }],
    ['about a task it does not hold', { status: 'busy', current_task: 'build-002' }],
    ['about a task that is not there', { status: 'busy', current_task: 'none' }],
  ])('A2: a heartbeat %s starts nothing', (_what, more) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    swarm.dispatch('s1');
    swarm.add();
    swarm.must('session.heartbeat', { session_id: 's1', status: 'idle', current_task: task, progress: 0.5, ...more });
    expect(swarm.task(task)).toMatchObject({ status: 'assigned', progress: 0 });
  });

  test('A11: a session is busy while it says so or holds a task, and idle otherwise', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const task = swarm.add();
    const statuses = [swarm.session('s1').status];
    const record = (): number => statuses.push(swarm.session('s1').status);
    swarm.must('session.heartbeat', { session_id: 's1', status: 'busy' });
    record();
    swarm.must('session.heartbeat', { session_id: 's1', status: 'idle' });
    record();
    swarm.claim('s1', task);
    record();
    swarm.must('work.complete', { session_id: 's1', task_id: task, status: 'completed' });
    record();
    expect(statuses).toEqual(['idle', 'busy', 'idle', 'busy', 'idle']);
  });

  test.each([
    ['session.heartbeat', { status: 'idle' }],
    ['work.request', {}],
    ['work.claim', { task_id: 'build-001' }],
  ] as const)('A14: an offline session is back with its next %s', (name, more) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.add();
    swarm.pass(180);
    expect(swarm.session('s1').status).toBe('offline');
    const events = swarm.must(name, { session_id: 's1', ...more });
    expect(typesOf(events)[0]).toBe('session_returned');
    expect(swarm.session('s1').offline).toBe(false);
  });
});

describe('A3: deregister', () => {
  test('A3: its unfinished tasks go back to the queue at once, in their order and ahead of what waits there', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 2);
    const [a, b, c] = [swarm.add(), swarm.add(), swarm.add()];
    swarm.claim('s1', a);
    swarm.claim('s1', b);
    const events = swarm.must('session.deregister', { session_id: 's1' });
    expect(typesOf(events)).toEqual(['task_released', 'task_released', 'session_deregistered']);
    swarm.register('s2', [], 3);
    const order = swarm.dispatch('s2').map((event) => ('task_id' in event.data ? event.data.task_id : ''));
    expect(order).toEqual([a, b, c]);
    expect(swarm.state.session_counts).toEqual({ idle: 0, busy: 1, offline: 0 });
  });

  test('A3: leaving by itself is not the fault of the task', () => {
    const swarm = new TestSwarm();
    swarm.configure({ max_lost_attempts: 1 });
    swarm.register('s1');
    const task = swarm.add();
    swarm.claim('s1', task);
    swarm.must('session.deregister', { session_id: 's1' });
    expect(swarm.task(task)).toMatchObject({ status: 'pending', lost: 0 });
  });

  test('of many that left, the last thousand are still shown', () => {
    const swarm = new TestSwarm();
    for (let number = 0; number < 1002; number += 1) {
      swarm.register(`s${number}`);
      swarm.must('session.deregister', { session_id: `s${number}` });
    }
    expect([swarm.state.sessions.has('s1'), swarm.state.sessions.has('s2'), swarm.state.sessions.size]).toEqual([false, true, 1000]);
  });
});

describe('who may speak for a session', () => {
  const commands = [
    ['session.heartbeat', { status: 'idle' }],
    ['session.deregister', {}],
    ['work.request', {}],
    ['work.claim', { task_id: 'build-001' }],
    ['work.update', { task_id: 'build-001' }],
    ['work.complete', { task_id: 'build-001', status: 'completed' }],
  ] as const;

  test.each(commands)('%s: unknown, ended, foreign and replaced sessions are refused, each with its code', (name, more) => {
    const swarm = new TestSwarm();
    swarm.add();
    const outcomeOf = (session_id: string, caller?: Caller): unknown => typesOf(swarm.run(name, { session_id, ...more }, caller));
    expect(outcomeOf('nobody')).toBe('session_unknown');
    swarm.register('gone');
    swarm.must('session.deregister', { session_id: 'gone' });
    expect(outcomeOf('gone')).toBe('session_ended');
    const old = swarm.register('s1');
    swarm.register('s1');
    const before = swarm.log.length;
    expect(outcomeOf('s1', credentialOf('s2', old))).toBe('credential_invalid');
    expect(outcomeOf('s1', credentialOf('s1', old))).toBe('incarnation_stale');
    expect(swarm.log.length).toBe(before);
  });

  test('A7: work that an earlier incarnation began cannot be ended with its credential', () => {
    const swarm = new TestSwarm();
    const old = swarm.register('s1');
    const task = swarm.add();
    swarm.claim('s1', task);
    const now = swarm.register('s1');
    const lease = swarm.claim('s1', task);
    const end = { session_id: 's1', task_id: task, status: 'completed', lease };
    expect(typesOf(swarm.run('work.complete', end, credentialOf('s1', old)))).toBe('incarnation_stale');
    expect(typesOf(swarm.run('work.complete', end, credentialOf('s1', now)))).toEqual(['task_completed']);
  });
});
