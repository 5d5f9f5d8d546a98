/**
 * Random command sequences keep every invariant, and the log folds into the same state again.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommandName } from '../../src/contract/operations.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { TestSwarm } from '../support/test-swarm.ts';

type Step =
  | { readonly kind: 'command'; readonly name: CommandName; readonly input: object }
  | { readonly kind: 'dispatch' | 'pass'; readonly amount: number };

const session = fc.constantFrom('s1', 's2', 's3');
const task = fc.constantFrom('build-001', 'build-002', 'test-001', 'x1', 'x2', 'x3');
const lease = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined });
const capability = fc.constantFrom('build', 'test');

const newTask = fc.record(
  {
    id: fc.constantFrom('x1', 'x2', 'x3', 'x4', 'x5'),
    type: fc.constantFrom('build', 'test'),
    title: fc.constant('t'),
    priority: fc.integer({ min: 1, max: 10 }),
    required_capability: fc.option(capability, { nil: null }),
    dependencies: fc.array(task, { maxLength: 2 }),
    on_dependency_failure: fc.constantFrom('block', 'cascade', 'ignore'),
    max_attempts: fc.integer({ min: 1, max: 3 }),
    backoff_seconds: fc.constantFrom(0, 5),
  },
  { requiredKeys: ['type', 'title'] },
);

function command(name: CommandName, input: fc.Arbitrary<object>): fc.Arbitrary<Step> {
  return input.map((fields) => ({
    kind: 'command' as const,
    name,
    input: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  }));
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: command(
      'session.register',
      fc.record({ session_id: session, capabilities: fc.uniqueArray(capability), max_concurrent_tasks: fc.integer({ min: 1, max: 2 }) }),
    ),
  },
  {
    weight: 2,
    arbitrary: command(
      'session.heartbeat',
      fc.record({
        session_id: session,
        status: fc.constantFrom('idle', 'busy'),
        current_task: fc.option(task, { nil: null }),
        progress: fc.constantFrom(0, 0.5, 1),
      }),
    ),
  },
  { weight: 1, arbitrary: command('session.deregister', fc.record({ session_id: session })) },
  { weight: 5, arbitrary: command('work.add', newTask) },
  { weight: 2, arbitrary: command('work.add', fc.record({ tasks: fc.array(newTask, { minLength: 1, maxLength: 4 }) })) },
  { weight: 4, arbitrary: command('work.claim', fc.record({ session_id: session, task_id: task })) },
  {
    weight: 3,
    arbitrary: command('work.update', fc.record({ session_id: session, task_id: task, progress: fc.constantFrom(0, 0.3, 1), lease })),
  },
  {
    weight: 6,
    arbitrary: command(
      'work.complete',
      fc.record({ session_id: session, task_id: task, status: fc.constantFrom('completed', 'failed'), lease }),
    ),
  },
  { weight: 2, arbitrary: command('task.cancel', fc.record({ task_id: task })) },
  { weight: 2, arbitrary: command('task.retry', fc.record({ task_id: task })) },
  {
    weight: 1,
    arbitrary: command(
      'config.apply',
      fc.record({ settings: fc.record({ max_lost_attempts: fc.integer({ min: 1, max: 3 }), finished_in_memory: fc.constant(0) }) }),
    ),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'dispatch' as const, amount: 0 }) },
  { weight: 3, arbitrary: fc.constantFrom(1, 30, 200, 400, 800).map((amount) => ({ kind: 'pass' as const, amount })) },
);

test('B2, invariants 1–4: any sequence of commands keeps every invariant, and the log folds into the same state', () => {
  let commands = 0;
  let completions = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const swarm = new TestSwarm();
      swarm.onEvent = (event) => {
        if (event.type === 'task_completed') completions += 1;
        expect(
          brokenInvariants(swarm.state).filter((broken) => !/held|holds|leased/.test(broken) || event.type.startsWith('task')),
        ).toEqual([]);
      };
      for (const one of steps) {
        const before = swarm.log.length;
        if (one.kind === 'command') {
          commands += 1;
          const outcome = swarm.run(one.name, one.input);
          if ('refused' in outcome) expect(swarm.log.length).toBe(before);
        } else if (one.kind === 'dispatch') swarm.dispatch('s1', 's2', 's3');
        else swarm.pass(one.amount);
        expect(brokenInvariants(swarm.state)).toEqual([]);
      }
      expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
      const numbers = swarm.log.filter((event) => event.type === 'task_assigned').map((event) => event.seq);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
  expect(commands).toBeGreaterThan(3000);
  expect(completions).toBeGreaterThan(300);
});
