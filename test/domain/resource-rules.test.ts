/** Named resources, port ranges, limits per key and rates: what a lease holds, what keeps a task from starting, and that no bound is ever passed. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { TestSwarm, typesOf } from '../support/test-swarm.ts';

/** Sessions with a slot each, and resources. */
function swarmWith(sessions: number, resources: Readonly<Record<string, number>> = {}, policy: 'optimal' | 'fifo' = 'optimal'): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ policy });
  for (const [resource, capacity] of Object.entries(resources)) swarm.must('resource.set', { resource, capacity });
  for (let index = 1; index <= sessions; index += 1) swarm.register(`w${index}`, ['build']);
  return swarm;
}

function given(events: readonly LogEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'task_assigned' ? [event.data.task_id] : []));
}

function all(swarm: TestSwarm): string[] {
  return [...swarm.state.sessions.keys()];
}

function reasonOf(swarm: TestSwarm, task: string): string {
  return `${swarm.view(task).waiting?.code}: ${swarm.view(task).waiting?.text}`;
}

describe('A15: named resources', () => {
  test.each(['optimal', 'fifo'] as const)('%s: a task holds its amount with its lease; others start when it is given back', (policy) => {
    const swarm = swarmWith(4, { gpu: 3 }, policy);
    const [a, b, c] = [swarm.add({ resources: { gpu: 2 } }), swarm.add({ resources: { gpu: 2 } }), swarm.add({ resources: { gpu: 1 } })];
    expect(given(swarm.dispatch(...all(swarm)))).toEqual([a, c]);
    expect(swarm.state.resources.by_name.get('gpu')?.in_use).toBe(3);
    expect(reasonOf(swarm, b)).toMatch(/^resource_busy: It asks for 2 of gpu; 0 of 3 are free\. Held by build-001, build-003\./);
    swarm.must('work.complete', { session_id: swarm.task(c).lease?.session_id, task_id: c, status: 'completed' });
    expect(given(swarm.dispatch(...all(swarm)))).toEqual([]);
    swarm.must('work.complete', { session_id: swarm.task(a).lease?.session_id, task_id: a, status: 'failed' });
    expect(given(swarm.dispatch(...all(swarm)))).toEqual([b]);
  });

  test.each([
    ['deregisters', (swarm: TestSwarm) => swarm.must('session.deregister', { session_id: 'w1' })],
    ['is replaced', (swarm: TestSwarm) => swarm.must('session.register', { session_id: 'w1', capabilities: [] })],
    ['goes offline', (swarm: TestSwarm) => swarm.pass(200)],
    ['does not start it', (swarm: TestSwarm) => swarm.passAlive(301, 'w1', 'w2')],
    ['loses it to a cancel', (swarm: TestSwarm) => swarm.must('task.cancel', { task_id: 'build-001' })],
  ])('what a lease held is free when its session %s', (_what, end) => {
    const swarm = swarmWith(1, { db: 1 });
    swarm.add({ resources: { db: 1 } });
    swarm.dispatch('w1');
    end(swarm);
    expect(swarm.state.resources.by_name.get('db')).toMatchObject({ in_use: 0 });
    expect(brokenInvariants(swarm.state)).toEqual([]);
  });

  test('what starts and ends looks only at combinations that wait, not at all that there are', () => {
    const swarm = swarmWith(2, { gpu: 900, disk: 900 });
    const first = swarm.add({ resources: { gpu: 900 } });
    const waiting = [1, 2].map((amount) => swarm.add({ resources: { gpu: amount, disk: 1 } }));
    for (let amount = 1; amount <= 60; amount += 1) swarm.add({ resources: { gpu: 10, disk: amount }, dependencies: [first] });
    const gpu = swarm.state.resources.by_name.get('gpu');
    let walks = 0;
    Object.assign(gpu?.classes ?? {}, { forEach: () => (walks += 1), [Symbol.iterator]: () => ((walks += 1), [][Symbol.iterator]()) });
    expect([gpu?.classes.size, gpu?.waiting.size]).toEqual([63, 3]);
    expect(given(swarm.dispatch('w1'))).toEqual([first]);
    expect(gpu?.waiting.size).toBe(2);
    swarm.must('work.complete', { session_id: 'w1', task_id: first, status: 'completed' });
    expect(gpu?.waiting.size).toBe(62);
    expect(given(swarm.dispatch('w1', 'w2'))).toHaveLength(2);
    expect(waiting.every((id) => swarm.task(id).queued || swarm.task(id).lease !== null)).toBe(true);
    expect(walks).toBe(0);
  });

  test('a range of ports gives a task its numbers, the lowest that are free; nobody else has them', async () => {
    const swarm = swarmWith(3);
    swarm.must('resource.set', { resource: 'web', ports: { from: 8001, to: 8004 } });
    const [a, b, c] = [swarm.add({ resources: { web: 2 } }), swarm.add({ resources: { web: 1 } }), swarm.add({ resources: { web: 2 } })];
    swarm.claim('w1', a);
    swarm.claim('w2', b);
    expect([swarm.view(a).ports, swarm.view(b).ports, swarm.view(c).ports]).toEqual([{ web: [8001, 8002] }, { web: [8003] }, {}]);
    expect(swarm.run('work.claim', { session_id: 'w3', task_id: c })).toMatchObject({ refused: 'task_not_ready' });
    swarm.must('work.complete', { session_id: 'w1', task_id: a, status: 'completed' });
    swarm.claim('w3', c);
    expect(swarm.view(c).ports).toEqual({ web: [8001, 8002] });
    swarm.must('resource.set', { resource: 'web', ports: { from: 8003, to: 8010 } });
    const { resource } = await swarm.ask('resource.show', { resource: 'web' });
    expect(resource).toMatchObject({
      capacity: 8,
      in_use: 3,
      free: 7,
      held_by: [
        { task_id: b, ports: [8003] },
        { task_id: c, ports: [8001, 8002] },
      ],
    });
  });

  test('a capacity lowered below what is in use drains: nothing is taken away, nothing starts until enough is given back', async () => {
    const swarm = swarmWith(3, { gpu: 3 });
    const tasks = [swarm.add({ resources: { gpu: 1 } }), swarm.add({ resources: { gpu: 1 } }), swarm.add({ resources: { gpu: 1 } })];
    for (const [index, task] of tasks.entries()) swarm.claim(`w${index + 1}`, task);
    const next = swarm.add({ resources: { gpu: 1 } });
    expect((await swarm.answer('resource.set', { resource: 'gpu', capacity: 1 })).resource).toMatchObject({
      in_use: 3,
      free: 0,
      draining: true,
      waiting: 1,
    });
    for (const [index, task] of tasks.entries()) {
      expect(given(swarm.dispatch(...all(swarm)))).toEqual([]);
      swarm.must('work.complete', { session_id: `w${index + 1}`, task_id: task, status: 'completed' });
    }
    expect(given(swarm.dispatch(...all(swarm)))).toEqual([next]);
    swarm.must('resource.set', { resource: 'gpu', capacity: 0 });
    expect(swarm.task(next).lease).not.toBeNull();
  });

  test('an unknown resource, or more than there is, is refused with what to do', () => {
    const swarm = swarmWith(0, { gpu: 2 });
    expect(swarm.run('work.add', { type: 'x', title: 't', resources: { gpuu: 1 } })).toMatchObject({
      refused: 'resource_unknown',
      params: { resource: 'gpuu', suggestion: 'Did you mean gpu?' },
    });
    expect(swarm.run('work.add', { type: 'x', title: 't', resources: { gpu: 3 } })).toMatchObject({
      refused: 'resource_too_small',
      params: { amount: 3, capacity: 2 },
    });
    const task = swarm.add({ resources: { gpu: 1 } });
    expect(swarm.run('resource.remove', { resource: 'gpu' })).toMatchObject({ refused: 'resource_in_use', params: { tasks: 1 } });
    expect(swarm.run('resource.set', { resource: 'gpu', ports: { from: 1, to: 2 } })).toMatchObject({ refused: 'resource_invalid' });
    swarm.must('task.cancel', { task_id: task });
    swarm.must('resource.remove', { resource: 'gpu' });
    expect(swarm.run('task.retry', { task_id: task })).toMatchObject({ refused: 'resource_unknown' });
  });

  test('no more than 1,000', () => {
    const swarm = new TestSwarm();
    for (let index = 0; index < 1000; index += 1) swarm.must('resource.set', { resource: `r${index}`, capacity: 1 });
    expect(swarm.run('resource.set', { resource: 'more', capacity: 1 })).toMatchObject({ refused: 'resource_limit' });
  });

  test('starvation: a task that asks for much starts after max_wait, however many ask for little', () => {
    const swarm = swarmWith(3, { gpu: 2 });
    swarm.configure({ max_wait: 3600, stall_after: 100_000, offline_after: 100_000 });
    const big = swarm.add({ resources: { gpu: 2 } });
    const running: string[] = [];
    for (let index = 0; index < 2; index += 1) running.push(swarm.add({ resources: { gpu: 1 }, priority: 9 }));
    swarm.claim('w1', running[0] ?? '');
    swarm.claim('w2', running[1] ?? '');
    let started = 0;
    for (let minute = 0; minute < 180 && started === 0; minute += 1) {
      swarm.add({ resources: { gpu: 1 }, priority: 9 });
      swarm.now += 60_000;
      const held = [...swarm.state.tasks.values()].filter(({ lease }) => lease !== null);
      const ends = held[minute % Math.max(1, held.length)];
      if (ends !== undefined && ends.lease !== null)
        swarm.must('work.complete', { session_id: ends.lease.session_id, task_id: ends.id, status: 'completed' });
      if (given(swarm.dispatch(...all(swarm))).includes(big)) started = minute;
      expect(brokenInvariants(swarm.state)).toEqual([]);
    }
    expect(started).toBeGreaterThanOrEqual(59);
    expect(started).toBeLessThanOrEqual(64);
  });

  test('a backlog of thousands behind one resource: the most urgent starts first, and the queue stays short', () => {
    const swarm = swarmWith(1, { db: 1 });
    for (let index = 0; index < 3000; index += 1) swarm.add({ resources: { db: 1 }, priority: 1 + (index % 5) });
    expect(swarm.state.ready.size).toBe(64);
    const urgent = swarm.add({ resources: { db: 1 }, priority: 10 });
    expect(given(swarm.dispatch('w1'))).toEqual([urgent]);
    expect(swarm.state.ready.size).toBe(0);
    expect(reasonOf(swarm, 'build-005')).toContain('0 of 1 are free');
    swarm.must('work.complete', { session_id: 'w1', task_id: urgent, status: 'completed' });
    expect(reasonOf(swarm, 'build-001')).toMatch(/^resource_busy: 64 tasks that need the same stand before it/);
    expect(swarm.task(given(swarm.dispatch('w1'))[0] ?? '').priority).toBe(5);
  });
});

describe('A15: limits', () => {
  test('tasks of a key: no more run at the same time than each of them allows', () => {
    const swarm = swarmWith(4);
    const concurrency = { key: 'staging', limit: 2 };
    const tasks = [1, 2, 3].map(() => swarm.add({ concurrency }));
    expect(given(swarm.dispatch(...all(swarm)))).toHaveLength(2);
    const waiting = tasks.find((task) => swarm.task(task).lease === null) ?? '';
    expect(reasonOf(swarm, waiting)).toMatch(/^limit_reached: 2 tasks of staging run/);
    const strict = swarm.add({ concurrency: { key: 'staging', limit: 1 } });
    swarm.finish('w3', swarm.add());
    for (const task of tasks) if (swarm.task(task).lease !== null) swarm.must('task.cancel', { task_id: task });
    expect(given(swarm.dispatch(...all(swarm)))).toContain(waiting);
    expect(swarm.task(strict).lease === null || swarm.task(waiting).lease === null).toBe(true);
  });

  test.each([
    ['type:build', {}],
    ['group:nightly', { group: 'nightly' }],
    ['capability:build', { required_capability: 'build' }],
    ['api', { concurrency: { key: 'api', limit: 100 } }],
  ])('a limit that is set for %s binds tasks that are there, that run, and that come', async (key, task) => {
    const swarm = swarmWith(4);
    const [a, b] = [swarm.add(task), swarm.add(task)];
    swarm.claim('w1', a);
    expect((await swarm.answer('limit.set', { key, concurrency: 2 })).limit).toMatchObject({ running: 1, waiting: 1 });
    const c = swarm.add(task);
    swarm.add({ type: 'other', priority: 1 });
    expect(given(swarm.dispatch(...all(swarm))).toSorted()).toEqual([b, 'other-001'].toSorted());
    expect(reasonOf(swarm, c)).toContain('limit_reached');
    expect(typesOf(swarm.must('limit.set', { key, concurrency: 2 }))).toEqual([]);
    swarm.must('limit.remove', { key });
    expect(swarm.run('limit.remove', { key })).toMatchObject({ refused: 'limit_unknown' });
    expect(given(swarm.dispatch(...all(swarm)))).toEqual([c]);
    expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
  });

  test('A15: a limit that is set, changed or removed leaves the waits of its tasks as long as they are', () => {
    const swarm = swarmWith(0);
    const [first, later] = [swarm.add(), swarm.add({ delay: 10 })];
    const since = swarm.now;
    const waits = (): readonly number[] => [first, later].map((task) => swarm.task(task).ready_at - since);
    swarm.pass(10);
    expect(waits()).toEqual([0, 10_000]);
    for (const change of [{ concurrency: 1 }, { concurrency: 3 }, { rate: { count: 1, per_seconds: 60 } }, null]) {
      swarm.pass(600);
      if (change === null) swarm.must('limit.remove', { key: 'type:build' });
      else swarm.must('limit.set', { key: 'type:build', ...change });
      expect(waits()).toEqual([0, 10_000]);
      expect(brokenInvariants(swarm.state)).toEqual([]);
    }
  });

  test('a rate: so many start at once, then one each time the bucket has a token again, by the time of the events', () => {
    const swarm = swarmWith(5);
    swarm.must('limit.set', { key: 'type:build', rate: { count: 2, per_seconds: 60 } });
    for (let index = 0; index < 4; index += 1) swarm.add();
    expect(given(swarm.dispatch(...all(swarm)))).toHaveLength(2);
    expect(reasonOf(swarm, 'build-003')).toMatch(
      /^rate_limited: Tasks of type:build may start 2 times in 60 s\. The next one may start at /,
    );
    expect(swarm.passAlive(29, ...all(swarm))).toEqual([]);
    expect(typesOf(swarm.passAlive(1, ...all(swarm)))).toEqual(['limit_refilled']);
    expect(given(swarm.dispatch(...all(swarm)))).toHaveLength(1);
    expect(given(swarm.dispatch(...all(swarm)))).toEqual([]);
    swarm.passAlive(30, ...all(swarm));
    expect(given(swarm.dispatch(...all(swarm)))).toHaveLength(1);
    expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
  });

  test('a rate also holds for claims by name', () => {
    const swarm = swarmWith(2);
    swarm.must('limit.set', { key: 'type:build', rate: { count: 1, per_seconds: 10 } });
    const [a, b] = [swarm.add(), swarm.add()];
    swarm.claim('w1', a);
    expect(swarm.run('work.claim', { session_id: 'w2', task_id: b })).toMatchObject({ refused: 'task_not_ready' });
    swarm.now += 10_000;
    swarm.claim('w2', b);
  });
});

test('B5, invariants: whatever happens, resources in use == sum of leases, slots in use == running work, no limit is passed', () => {
  const step = fc.record({
    kind: fc.constantFrom(
      'add',
      'add',
      'dispatch',
      'dispatch',
      'end',
      'end',
      'claim',
      'pass',
      'set',
      'limit',
      'unlimit',
      'cancel',
      'retry',
      'leave',
    ),
    at: fc.nat(1000),
    amount: fc.integer({ min: 1, max: 3 }),
  });
  let reached = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 40, maxLength: 120, size: 'max' }),
      fc.constantFrom('optimal' as const, 'fifo' as const),
      (steps, policy) => {
        const swarm = swarmWith(3, { gpu: 3, db: 1 }, policy);
        swarm.must('resource.set', { resource: 'web', ports: { from: 1, to: 4 } });
        const starts: number[] = [];
        let rate: { count: number; per_seconds: number; since: number } | null = null;
        swarm.onEvent = (event) => {
          expect(brokenInvariants(swarm.state)).toEqual([]);
          if (event.type === 'limit_removed' && event.data.key === 'type:a') rate = null;
          if (event.type === 'limit_set' && event.data.key === 'type:a') {
            rate = event.data.rate === null ? null : { ...event.data.rate, since: event.time };
            starts.length = 0;
          }
          if (event.type !== 'task_assigned') return;
          reached += 1;
          for (const { capacity, in_use, name, ports, held_ports } of swarm.state.resources.by_name.values()) {
            const task = swarm.task(event.data.task_id);
            if ((task.asks?.resources?.[name] ?? 0) === 0) continue;
            // Numbers that are still held after the range moved away from them take nothing of the new range.
            const outside = [...held_ports].filter((port) => ports !== null && (port < ports.from || port > ports.to)).length;
            expect(in_use - outside).toBeLessThanOrEqual(capacity);
          }
          for (const { running, concurrency, key } of swarm.state.resources.limits.values()) {
            const isNew = swarm.task(event.data.task_id).needs?.keys.some(([limit]) => limit.key === key) === true;
            if (isNew && concurrency !== null) expect(running).toBeLessThanOrEqual(concurrency);
          }
          if (swarm.task(event.data.task_id).type !== 'a' || rate === null) return;
          starts.push(event.time);
          const { count, per_seconds } = rate;
          const window = starts.filter((time) => time > event.time - per_seconds * 1000);
          expect(window.length).toBeLessThanOrEqual(2 * count);
        };
        for (const { kind, at, amount } of steps) {
          const tasks = [...swarm.state.tasks.values()];
          const task = tasks[at % Math.max(1, tasks.length)];
          const held = tasks.filter(({ lease }) => lease !== null);
          const one = held[at % Math.max(1, held.length)];
          const session_id = `w${1 + (at % 3)}`;
          if (kind === 'add') {
            const resources = [{ gpu: amount }, { db: 1 }, { web: amount, gpu: 1 }, {}, {}][at % 5];
            const concurrency = at % 3 === 0 ? { concurrency: { key: 'k', limit: amount } } : {};
            swarm.run('work.add', { type: at % 2 === 0 ? 'a' : 'b', title: 't', priority: 1 + (at % 10), resources, ...concurrency });
          } else if (kind === 'dispatch') swarm.dispatch('w1', 'w2', 'w3');
          else if (kind === 'end' && one !== undefined && one.lease !== null) {
            swarm.run('work.complete', {
              session_id: one.lease.session_id,
              task_id: one.id,
              status: at % 4 === 0 ? 'failed' : 'completed',
            });
          } else if (kind === 'claim' && task !== undefined) swarm.run('work.claim', { session_id, task_id: task.id });
          else if (kind === 'pass') swarm.passAlive([1, 20, 400][at % 3] ?? 1, 'w1', 'w2', ...(at % 5 === 0 ? [] : ['w3']));
          else if (kind === 'set')
            swarm.run(
              'resource.set',
              at % 2 === 0 ? { resource: 'gpu', capacity: at % 4 } : { resource: 'web', ports: { from: amount, to: 6 } },
            );
          else if (kind === 'limit') {
            const key = ['type:a', 'k', 'type:b'][at % 3] ?? 'k';
            swarm.run('limit.set', at % 2 === 0 ? { key, concurrency: amount } : { key, rate: { count: amount, per_seconds: 30 } });
          } else if (kind === 'unlimit') swarm.run('limit.remove', { key: ['type:a', 'k', 'type:b'][at % 3] });
          else if (kind === 'cancel' && task !== undefined) swarm.run('task.cancel', { task_id: task.id });
          else if (kind === 'retry' && task !== undefined) swarm.run('task.retry', { task_id: task.id });
          else if (kind === 'leave') swarm.run('session.register', { session_id, capabilities: ['build'] });
        }
        expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
      },
    ),
    { numRuns: 150 },
  );
  expect(reached).toBeGreaterThan(500);
}, 300_000);
