/** Who gets which task (A15): the policies greedy and fifo, and the order of the ready queue. */
import { describe, expect, test } from 'vitest';
import { greedyTerms } from '../../src/domain/dispatch/greedy.ts';
import type { LogEvent } from '../../src/contract/event.ts';
import { dataOf, TestSwarm } from '../support/test-swarm.ts';

function pairsOf(events: readonly LogEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'task_assigned' ? [`${event.data.task_id} → ${event.data.session_id}`] : []));
}

/** Gives a session this many completed and failed tasks. */
function achieve(swarm: TestSwarm, session: string, completed: number, failed: number): void {
  for (let number = 0; number < completed; number += 1) swarm.finish(session, swarm.add({ type: 'past' }));
  for (let number = 0; number < failed; number += 1) swarm.finish(session, swarm.add({ type: 'past' }), 'failed');
}

/** A swarm that gives out work by the policy `greedy`. */
function greedySwarm(): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ policy: 'greedy', breaker_failures: 1000 });
  return swarm;
}

describe('A15: greedy', () => {
  // 0.5 + 0.3·success_rate + 0.2·score + 0.2·specialty + 0.3·idle, with score = (completed + 2) ÷ (ended + 3).
  test.each([
    ['new and idle, capped', [0, 0], { specialist: false, idle: true }, 1],
    ['new and busy: 0.5 + 0.3 + 0.2·2/3', [0, 0], { specialist: false, idle: false }, 0.5 + 0.3 + 0.4 / 3],
    ['1 of 4 done, idle: 0.5 + 0.075 + 0.2·3/7 + 0.3', [1, 3], { specialist: false, idle: true }, 0.875 + 0.6 / 7],
    ['1 of 4 done, busy: 0.5 + 0.075 + 0.2·3/7', [1, 3], { specialist: false, idle: false }, 0.575 + 0.6 / 7],
    ['none of 5 done, busy: 0.5 + 0 + 0.2·2/8', [0, 5], { specialist: false, idle: false }, 0.55],
    ['none of 5 done, busy specialist', [0, 5], { specialist: true, idle: false }, 0.75],
    ['none of 5 done, idle specialist, capped', [0, 5], { specialist: true, idle: true }, 1],
    ['none of 5 done, idle', [0, 5], { specialist: false, idle: true }, 0.85],
  ] as const)('A15: %s', (_what, [completed, failed], { specialist, idle }, expected) => {
    const swarm = greedySwarm();
    const specialties = specialist ? ['build'] : ['other'];
    swarm.must('session.register', { session_id: 's1', capabilities: [], specialties, max_concurrent_tasks: 2 });
    achieve(swarm, 's1', completed, failed);
    if (!idle) swarm.claim('s1', swarm.add());
    const task = swarm.add();
    expect(greedyTerms(swarm.task(task), swarm.session('s1')).total).toBeCloseTo(expected, 12);
    expect(dataOf(swarm.dispatch('s1'), 'task_assigned')).toMatchObject({ policy: 'greedy', started: false });
    expect(swarm.task(task).lease?.score).toBeCloseTo(expected, 12);
  });

  test('A15: a specialty is a type or a capability', () => {
    const swarm = greedySwarm();
    swarm.must('session.register', { session_id: 's1', capabilities: ['deploy'], specialties: ['deploy'], max_concurrent_tasks: 2 });
    swarm.must('session.register', { session_id: 's2', capabilities: ['deploy'], specialties: ['build'], max_concurrent_tasks: 2 });
    for (const session of ['s1', 's2']) {
      achieve(swarm, session, 0, 20);
      swarm.claim(session, swarm.add({ type: 'other' }));
    }
    const task = swarm.task(swarm.add({ type: 'ship', required_capability: 'deploy' }));
    expect(greedyTerms(task, swarm.session('s1')).total - greedyTerms(task, swarm.session('s2')).total).toBeCloseTo(0.2, 12);
  });

  test('A15: the best session gets the task, the one that asked first among equals', () => {
    const swarm = greedySwarm();
    for (const session of ['s1', 's2', 's3']) swarm.register(session);
    achieve(swarm, 's1', 0, 4);
    swarm.add();
    expect(pairsOf(swarm.dispatch('s1', 's3', 's2'))).toEqual(['build-001 → s3']);
  });

  test('A15: only capable sessions with a free slot, which show demand', () => {
    const swarm = greedySwarm();
    swarm.register('capable', ['build']);
    swarm.register('full', ['build']);
    swarm.register('other', ['test']);
    swarm.claim('full', swarm.add({ priority: 1 }));
    for (let number = 0; number < 3; number += 1) swarm.add({ required_capability: 'build' });
    expect(pairsOf(swarm.dispatch('full', 'other'))).toEqual([]);
    expect(pairsOf(swarm.dispatch('full', 'other', 'capable', 'nobody'))).toEqual(['build-002 → capable']);
  });

  test('invariant 1: several sessions get different tasks; a session with slots gets as many', () => {
    const swarm = greedySwarm();
    swarm.register('s1', [], 2);
    swarm.register('s2');
    for (let number = 0; number < 5; number += 1) swarm.add();
    expect(pairsOf(swarm.dispatch('s1', 's2'))).toEqual(['build-001 → s1', 'build-002 → s2', 'build-003 → s1']);
  });
});

describe('fifo', () => {
  test('A15: fifo: the first who asked gets the next task, whatever its merits', () => {
    const swarm = new TestSwarm();
    swarm.configure({ policy: 'fifo' });
    for (const session of ['s1', 's2']) swarm.register(session);
    achieve(swarm, 's1', 0, 4);
    swarm.add();
    const events = swarm.dispatch('s1', 's2');
    expect(dataOf(events, 'task_assigned')).toMatchObject({ session_id: 's1', policy: 'fifo', score: 1 });
  });

  test('A15: fifo: one who cannot do the next task lets the other have it', () => {
    const swarm = new TestSwarm();
    swarm.configure({ policy: 'fifo' });
    swarm.register('s1', ['test']);
    swarm.register('s2', ['build']);
    swarm.add({ required_capability: 'build' });
    expect(pairsOf(swarm.dispatch('s1', 's2'))).toEqual(['build-001 → s2']);
  });
});

describe.each(['greedy', 'fifo'] as const)('which task is next (%s)', (policy) => {
  function ready(): TestSwarm {
    const swarm = new TestSwarm();
    swarm.configure({ policy });
    swarm.register('s1', ['build', 'test'], 10);
    return swarm;
  }

  test('A4: highest priority first, then the one added first', () => {
    const swarm = ready();
    for (const priority of [3, 10, 5, 10, 1]) swarm.add({ priority });
    const order = pairsOf(swarm.dispatch('s1')).map((pair) => pair.slice(0, 9));
    expect(order).toEqual(['build-002', 'build-004', 'build-003', 'build-001', 'build-005']);
  });

  test('A4: whatever capability they need', () => {
    const swarm = ready();
    for (const [required_capability, priority] of [
      ['build', 5],
      [null, 5],
      ['test', 9],
      ['other', 10],
      ['test', 5],
    ] as const) {
      swarm.add({ required_capability, priority });
      swarm.now += 1;
    }
    const order = pairsOf(swarm.dispatch('s1')).map((pair) => pair.slice(0, 9));
    expect(order).toEqual(['build-003', 'build-001', 'build-002', 'build-005']);
  });

  test('A14: a task that was taken back is next among its equals', () => {
    const swarm = ready();
    const [first] = [swarm.add(), swarm.add()];
    swarm.register('s2');
    swarm.claim('s2', first);
    swarm.add();
    swarm.must('session.deregister', { session_id: 's2' });
    expect(pairsOf(swarm.dispatch('s1'))[0]).toBe(`${first} → s1`);
  });

  test('A4: a task leaves the queue from anywhere in it', () => {
    const swarm = ready();
    const tasks = [1, 2, 3, 4, 5].map(() => swarm.add());
    for (const place of [2, 0, 4]) swarm.must('task.cancel', { task_id: tasks[place] });
    expect(pairsOf(swarm.dispatch('s1'))).toEqual([`${tasks[1]} → s1`, `${tasks[3]} → s1`]);
    expect(swarm.state.ready.size).toBe(0);
  });
});
