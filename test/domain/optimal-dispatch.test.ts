/** The policy `optimal` (A15, F1): what goes first and to whom, the bound on waiting, fairness, learning. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import { estimateOf } from '../../src/domain/learning/estimate.ts';
import { dataOf, TestSwarm } from '../support/test-swarm.ts';

function pairsOf(events: readonly LogEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'task_assigned' ? [`${event.data.task_id} → ${event.data.session_id}`] : []));
}

describe('A15: optimal', () => {
  test('A15: is the default, and records policy, rule, score and candidates', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.register('s2');
    swarm.add();
    const assigned = dataOf(swarm.dispatch('s1', 's2'), 'task_assigned');
    expect(assigned).toMatchObject({ policy: 'optimal', score: 1, started: false, why: { rule: 'list', more: 0 } });
    expect(assigned.why?.candidates.map(({ session_id }) => session_id)).toEqual([assigned.session_id, 's2']);
    expect(assigned.why?.order).toMatchObject({ priority: 5, inherited: 5, band: 5 });
  });

  test('A15: what urgent work waits for is as urgent, and the longer path goes first', () => {
    const swarm = new TestSwarm();
    const plain = swarm.add({ priority: 5 });
    const blocker = swarm.add({ priority: 1 });
    swarm.add({ priority: 9, dependencies: [blocker] });
    const head = swarm.add({ priority: 5 });
    swarm.add({ priority: 5, dependencies: [head], estimated_hours: 8 });
    swarm.register('s1', [], 3);
    expect(pairsOf(swarm.dispatch('s1'))).toEqual([`${blocker} → s1`, `${head} → s1`, `${plain} → s1`]);
  });

  test('B3: a kind that nobody has done is taken to last as its capability says, until it is known', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', ['marketing', 'build']);
    const copy = swarm.add({ type: 'copy', required_capability: 'marketing' });
    const code = swarm.add({ type: 'code', required_capability: 'build' });
    expect(pairsOf(swarm.dispatch('s1'))).toEqual([`${code} → s1`]);
    swarm.must('task.cancel', { task_id: code });
    const next = swarm.add({ type: 'code', required_capability: 'build' });
    swarm.must('capability.define', { capability: 'build', description: 'Quick now.', time_multiplier: 0.1 });
    expect(pairsOf(swarm.dispatch('s1'))).toEqual([`${copy} → s1`]);
    swarm.must('work.complete', { session_id: 's1', task_id: copy, status: 'completed' });
    swarm.finish('s1', next);
    const [again, other] = [
      swarm.add({ type: 'copy', required_capability: 'marketing' }),
      swarm.add({ type: 'new', required_capability: 'build' }),
    ];
    swarm.must('capability.define', { capability: 'marketing', description: 'Slow, they say.', time_multiplier: 50 });
    expect(pairsOf(swarm.dispatch('s1'))).toEqual([`${other} → s1`]);
    expect(swarm.task(again).status).toBe('pending');
  });

  test('A15: only capable sessions with a free slot, which show demand', () => {
    const swarm = new TestSwarm();
    swarm.register('capable', ['build'], 2);
    swarm.register('other', ['test']);
    swarm.register('silent', ['build']);
    for (let number = 0; number < 4; number += 1) swarm.add({ required_capability: 'build' });
    expect(pairsOf(swarm.dispatch('other'))).toEqual([]);
    expect(pairsOf(swarm.dispatch('other', 'capable')).map((pair) => pair.slice(-7))).toEqual(['capable', 'capable']);
    expect(pairsOf(swarm.dispatch('other', 'capable', 'silent')).map((pair) => pair.slice(-6))).toEqual(['silent']);
  });

  test('A15: a specialist is left to the work that needs it', () => {
    const swarm = new TestSwarm();
    swarm.register('specialist', ['build', 'gpu']);
    swarm.register('plain', ['build']);
    swarm.add({ required_capability: 'build', priority: 6 });
    swarm.add({ required_capability: 'gpu', priority: 5 });
    expect(pairsOf(swarm.dispatch('specialist', 'plain'))).toEqual(['build-001 → plain', 'build-002 → specialist']);
  });

  test('A15, F10: an idle session is kept for urgent work that needs it soon, says so, and not for longer than that was expected', async () => {
    const swarm = new TestSwarm();
    swarm.register('first', ['plan']);
    swarm.register('gpu', ['gpu']);
    const before = swarm.add({ required_capability: 'plan', priority: 9, estimated_hours: 1 });
    const urgent = swarm.add({ required_capability: 'gpu', priority: 9, estimated_hours: 4, dependencies: [before] });
    const long = swarm.add({ required_capability: 'gpu', priority: 3, estimated_hours: 8 });
    expect(pairsOf(swarm.dispatch('first', 'gpu'))).toEqual([`${before} → first`]);
    swarm.wanting.add('gpu');
    const explained = await swarm.ask('explain.task', { task_id: long });
    expect(explained.reasons[0]).toMatchObject({ code: 'reserved' });
    expect(explained.reasons[0]?.text).toContain(`gpu is kept for ${urgent}`);
    expect(explained.candidates[0]).toMatchObject({ session_id: 'gpu', obstacle: 'reserved' });
    const until = swarm.dispatcher.nextTime(swarm.state, { sessions: () => ['gpu'], has: () => true }, swarm.now);
    expect(until).toBe(swarm.now + 3_600_000);
    swarm.now = until;
    expect(pairsOf(swarm.dispatch('gpu'))).toEqual([`${long} → gpu`]);
  });

  test('A15, F1: now and then a task with slack goes to a session of which little is known, never an urgent one, and says so', () => {
    const swarm = new TestSwarm();
    for (const session of ['known', 'fresh']) swarm.register(session, ['build', 'plan']);
    for (let number = 0; number < 30; number += 1) swarm.finish('known', swarm.add(), 'completed', { duration_minutes: 29 });
    const rules: string[] = [];
    const give = (priority: number): void => {
      swarm.add({ type: 'plan', required_capability: 'plan', estimated_hours: 40, priority: 1 });
      swarm.add({ required_capability: 'build', priority });
      for (const { data } of swarm.dispatch('known', 'fresh')) {
        if (!('policy' in data)) continue;
        if (data.task_id.startsWith('build')) rules.push(`${data.why?.rule} ${data.session_id}`);
      }
      for (const session of ['known', 'fresh']) {
        for (const task_id of swarm.session(session).held.slice()) {
          swarm.now += 60_000;
          swarm.must('work.complete', {
            session_id: session,
            task_id,
            status: 'completed',
            duration_minutes: task_id.startsWith('plan') ? 2400 : 29,
          });
        }
      }
    };
    for (let number = 0; number < 40; number += 1) give(9);
    expect(rules.filter((rule) => rule.startsWith('explore'))).toEqual([]);
    for (let number = 0; number < 60; number += 1) give(5);
    const tried = rules.filter((rule) => rule.startsWith('explore')).length;
    expect(tried).toBeGreaterThan(0);
    expect(tried).toBeLessThanOrEqual(0.05 * 200);
  });

  test('B5: idle_threshold delays no assignment, in any policy', () => {
    for (const policy of ['optimal', 'greedy', 'fifo'] as const) {
      const swarm = new TestSwarm();
      swarm.configure({ policy, idle_threshold: 604_800 });
      swarm.register('s1');
      const task = swarm.add();
      expect(dataOf(swarm.dispatch('s1'), 'task_assigned').task_id).toBe(task);
    }
  });

  test('A15: changing the policy takes effect with the next task', () => {
    const swarm = new TestSwarm();
    swarm.register('s1', [], 3);
    for (const policy of ['optimal', 'greedy', 'optimal'] as const) {
      swarm.configure({ policy });
      swarm.add();
      expect(dataOf(swarm.dispatch('s1'), 'task_assigned').policy).toBe(policy);
    }
  });

  test('A15: groups share the sessions: one that has much running is set back', () => {
    const swarm = new TestSwarm();
    for (let number = 0; number < 8; number += 1) swarm.add({ group: 'large', priority: 6 });
    for (let number = 0; number < 2; number += 1) swarm.add({ group: 'small', priority: 6 });
    swarm.register('s1', [], 4);
    const groups = swarm.dispatch('s1').map((event) => (event.type === 'task_assigned' ? swarm.task(event.data.task_id).group : ''));
    expect(groups[0]).toBe('large');
    expect(groups.filter((group) => group === 'small')).toHaveLength(2);
  });
});

describe('A15: fairness between groups', () => {
  /** How many of the tasks that run belong to each group, once every slot is filled. */
  function shares(weights: string, slots = 12): Record<string, number> {
    const swarm = new TestSwarm();
    swarm.configure({ group_weights: weights });
    swarm.register('s1', [], slots);
    for (let number = 0; number < 40; number += 1) for (const group of ['web', 'docs']) swarm.add({ group, priority: 5 });
    const counts: Record<string, number> = {};
    for (const { data } of swarm.dispatch('s1') as readonly { readonly data: object }[]) {
      const group = swarm.task((data as { task_id: string }).task_id).group ?? '';
      counts[group] = (counts[group] ?? 0) + 1;
    }
    return counts;
  }

  test('A15: groups of equal weight get equal shares, others by their weights, and a change takes effect at once', () => {
    const equal = shares('');
    expect(Math.abs((equal['web'] ?? 0) - (equal['docs'] ?? 0))).toBeLessThanOrEqual(2);
    const weighted = shares('web:3');
    expect(weighted['web']).toBeGreaterThanOrEqual(8);
    expect(weighted['docs']).toBeGreaterThanOrEqual(2);
    const reversed = shares('web:1, docs:3');
    expect(reversed['docs']).toBeGreaterThanOrEqual(8);
  });

  test('A15: a session with one slot serves groups by their weights, one after the other, and says whose turn it was', () => {
    const swarm = new TestSwarm();
    swarm.configure({ group_weights: 'web:3' });
    swarm.register('s1');
    for (const group of ['docs', 'web']) for (let number = 0; number < 20; number += 1) swarm.add({ group, priority: 5 });
    const counts: Record<string, number> = {};
    for (let number = 0; number < 16; number += 1) {
      const [event] = swarm.dispatch('s1');
      const id = event?.type === 'task_assigned' ? event.data.task_id : '';
      const group = swarm.task(id).group ?? '';
      counts[group] = (counts[group] ?? 0) + 1;
      expect(swarm.task(id).lease?.why?.order['group_ahead_seconds']).toBeGreaterThanOrEqual(0);
      swarm.now += 60_000;
      swarm.must('work.complete', { session_id: 's1', task_id: id, status: 'completed' });
    }
    expect(counts).toEqual({ web: 12, docs: 4 });
  });

  test('A15: weights that are none are refused', () => {
    for (const group_weights of ['web', 'web:0', 'web:-1', 'web:x', 'web:1,,docs:2', ':3']) {
      expect(() => new TestSwarm().configure({ group_weights })).toThrow('web:3');
    }
  });
});

/** No task waits longer than max_wait plus the time that all that was ready before it takes on the slots it can use. */
test('A15: wait ≤ max_wait + (⌊B / k⌋ + 1) · D: B tasks were ready before, k slots, no task longer than D', () => {
  const arrivals = fc.array(
    fc.record({
      priority: fc.integer({ min: 1, max: 10 }),
      seconds: fc.integer({ min: 1, max: 60 }),
      pause: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 30, maxLength: 120, size: 'max' },
  );
  let longest = 0;
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (tasks, slots) => {
      const swarm = new TestSwarm();
      swarm.configure({ max_wait: 60, offline_after: 100_000, task_claim_timeout: 100_000, group_weights: 'a:5' });
      swarm.register('s1', [], slots);
      const ends: { id: string; at: number }[] = [];
      const before = new Map<string, number>();
      const waits = new Map<string, number>();
      const giveOut = (): void => {
        for (const event of swarm.dispatch('s1')) {
          if (event.type !== 'task_assigned') continue;
          const { id, ready_at, estimated_hours } = swarm.task(event.data.task_id);
          waits.set(id, (swarm.now - ready_at) / 1000);
          ends.push({ id, at: swarm.now + (estimated_hours ?? 0) * 3_600_000 });
        }
      };
      const passTo = (time: number): void => {
        for (;;) {
          ends.sort((a, b) => b.at - a.at);
          const next = ends.at(-1);
          if (next === undefined || next.at > time) break;
          ends.pop();
          swarm.now = Math.max(swarm.now, next.at);
          swarm.must('work.complete', { session_id: 's1', task_id: next.id, status: 'completed' });
          giveOut();
        }
        swarm.now = Math.max(swarm.now, time);
      };
      for (const { priority, seconds, pause } of tasks) {
        passTo(swarm.now + pause * 1000);
        const unfinished = swarm.state.task_counts.pending + ends.length;
        before.set(swarm.add({ priority, estimated_hours: seconds / 3600, group: priority > 5 ? 'a' : 'b' }), unfinished);
        giveOut();
      }
      passTo(Infinity);
      for (const [id, wait] of waits) {
        longest = Math.max(longest, wait);
        expect(wait).toBeLessThanOrEqual(60 + (Math.floor((before.get(id) ?? 0) / slots) + 1) * 60 + 0.001);
      }
      expect(waits.size).toBe(tasks.length);
    }),
    { numRuns: 40 },
  );
  expect(longest).toBeGreaterThan(60);
});

describe('A15: the bound on waiting', () => {
  test('A15: once a task has been ready for max_wait, nothing that became ready later goes before it', () => {
    let passedOver = 0;
    const arrivals = fc.array(
      fc.record({ priority: fc.integer({ min: 1, max: 10 }), hours: fc.constantFrom(0.1, 1, 20), pause: fc.nat(90) }),
      {
        minLength: 20,
        maxLength: 60,
        size: 'max',
      },
    );
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (tasks, slots) => {
        const swarm = new TestSwarm();
        swarm.configure({ max_wait: 300, offline_after: 100_000 });
        swarm.register('s1', [], slots);
        const bound = 300_000;
        for (const { priority, hours, pause } of tasks) {
          swarm.now += pause * 1000;
          swarm.add({ priority, estimated_hours: hours, group: priority > 5 ? 'a' : 'b' });
          if (pause % 3 > 0) continue;
          const [held] = swarm.session('s1').held;
          if (held !== undefined) swarm.must('work.complete', { session_id: 's1', task_id: held, status: 'completed' });
          const waiting = [...swarm.state.tasks.values()].filter((task) => task.queued).map(({ id, ready_at }) => ({ id, ready_at }));
          const given = new Set(swarm.dispatch('s1').flatMap((event) => (event.type === 'task_assigned' ? [event.data.task_id] : [])));
          for (const old of waiting.filter(({ id, ready_at }) => !given.has(id) && swarm.now - ready_at >= bound)) {
            passedOver += 1;
            for (const { id, ready_at } of waiting) if (given.has(id)) expect(ready_at).toBeLessThanOrEqual(old.ready_at);
          }
        }
      }),
    );
    expect(passedOver).toBeGreaterThan(100);
  });
});

describe('F1: learning', () => {
  test('F1: work goes to the session that is faster and more reliable at its kind', () => {
    const swarm = new TestSwarm();
    for (const session of ['slow', 'fast']) swarm.register(session);
    for (let number = 0; number < 6; number += 1) {
      swarm.finish('slow', swarm.add(), 'completed', { duration_minutes: 60 });
      swarm.finish('fast', swarm.add(), 'completed', { duration_minutes: 10 });
    }
    swarm.add();
    const assigned = dataOf(swarm.dispatch('slow', 'fast'), 'task_assigned');
    expect(assigned).toMatchObject({ session_id: 'fast', score: 1 });
    const [first, second] = assigned.why?.candidates ?? [];
    expect(first?.terms['expected_seconds']).toBeLessThan((second?.terms['expected_seconds'] ?? 0) / 2);
  });

  test('F1: failures lower the chance of success, more for the pair than for others; unfinished attempts count as long ones', () => {
    const swarm = new TestSwarm();
    for (const session of ['s1', 's2']) swarm.register(session);
    const estimate = (session: string) => estimateOf(swarm.state.kinds, swarm.session(session).performance.learned, 'build', swarm.now);
    expect(estimate('s1')).toEqual({ factor: 1, success: 1 });
    swarm.finish('s1', swarm.add(), 'completed', { duration_minutes: 30 });
    const before = estimate('s1');
    for (let number = 0; number < 3; number += 1) {
      const task = swarm.add();
      swarm.claim('s1', task);
      swarm.passAlive(7000, 's1', 's2');
      if (swarm.task(task).lease !== null) swarm.must('work.complete', { session_id: 's1', task_id: task, status: 'failed' });
    }
    expect(estimate('s1').success).toBeLessThan(estimate('s2').success);
    expect(estimate('s2').success).toBeLessThan(before.success);
    expect(estimate('s1').factor).toBeGreaterThan(before.factor);
  });

  test('F1: a task that ends far sooner than expected makes nobody expect longer ones', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const expected = () => estimateOf(swarm.state.kinds, swarm.session('s1').performance.learned, 'build', swarm.now).factor;
    for (let number = 0; number < 3; number += 1) {
      const task = swarm.add();
      swarm.claim('s1', task);
      swarm.now += 60_000;
      swarm.must('work.complete', { session_id: 's1', task_id: task, status: 'failed' });
    }
    let before = expected();
    for (let number = 0; number < 6; number += 1) {
      swarm.finish('s1', swarm.add(), 'completed', { duration_minutes: 0.01 });
      expect(expected()).toBeLessThan(before);
      before = expected();
    }
  });

  test('F1: what was learned fades within weeks', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    for (let number = 0; number < 4; number += 1) swarm.finish('s1', swarm.add(), 'failed');
    const learned = swarm.session('s1').performance.learned;
    const now = estimateOf(swarm.state.kinds, learned, 'build', swarm.now).success;
    const later = estimateOf(swarm.state.kinds, learned, 'build', swarm.now + 60 * 86_400_000).success;
    expect(now).toBeLessThan(0.4);
    expect(later).toBeGreaterThan(0.6);
  });
});
