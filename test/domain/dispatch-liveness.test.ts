/**
 * Work never stands still (A13, A15): whatever happens, a capable session that wants work and a task that nothing holds
 * back meet within the ticks that the dispatcher itself asks for.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotsToGive } from '../../src/domain/session/slots-to-give.ts';
import { isCapable } from '../../src/domain/session/state.ts';
import { TestSwarm } from '../support/test-swarm.ts';

const CAPABILITIES = ['a', 'b'] as const;
const step = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    type: fc.constantFrom('build', 'test'),
    needs: fc.constantFrom('a', 'b', null),
    priority: fc.integer({ min: 1, max: 10 }),
    hours: fc.constantFrom(null, 0.1, 2),
    group: fc.constantFrom(null, 'x', 'y'),
    after: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('end' as const), who: fc.nat(3), fails: fc.boolean() }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 30, 600) }),
);
const SESSIONS = ['s0', 's1', 's2', 's3'];
/** Ticks without an event after which startable work must have been given out: each session can be waited for once. */
const TICKS = 20;

test.each(['optimal', 'greedy', 'fifo'] as const)(
  'A13, A15: %s: a capable session that wants work and a startable task meet within a bounded number of ticks',
  (policy) => {
    let ticksNeeded = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), (steps) => {
        const swarm = new TestSwarm();
        swarm.configure({ policy, offline_after: 600_000, stall_after: 600_000, task_claim_timeout: 600_000, breaker_failures: 2 });
        SESSIONS.forEach((id, index) => swarm.register(id, CAPABILITIES.slice(0, 1 + (index % 2)), 1 + (index % 3)));
        for (const id of SESSIONS) {
          for (let number = 0; number < 5; number += 1) swarm.finish(id, swarm.add(), 'completed', { duration_minutes: minutesOf(id) });
        }
        for (const each of steps) {
          if (each.kind === 'add') {
            const last = [...swarm.state.tasks.keys()].at(-1);
            swarm.add({
              type: each.type,
              required_capability: each.needs,
              priority: each.priority,
              dependencies: each.after && last !== undefined ? [last] : [],
              ...(each.hours === null ? {} : { estimated_hours: each.hours }),
              ...(each.group === null ? {} : { group: each.group }),
            });
          } else if (each.kind === 'end') {
            const id = SESSIONS[each.who] as string;
            const [held] = swarm.session(id).held;
            const status = each.fails ? 'failed' : 'completed';
            if (held !== undefined) swarm.must('work.complete', { session_id: id, task_id: held, status, duration_minutes: minutesOf(id) });
          } else swarm.passAlive(each.seconds, ...SESSIONS);
          swarm.dispatch(...SESSIONS);
        }
        const demand = { sessions: () => SESSIONS, has: (id: string) => SESSIONS.includes(id) };
        for (let tick = 0; startable(swarm) > 0; tick += 1) {
          expect(tick).toBeLessThan(TICKS);
          ticksNeeded = Math.max(ticksNeeded, tick + 1);
          const next = swarm.dispatcher.nextTime(swarm.state, demand, swarm.now);
          expect(next).toBeLessThan(Infinity);
          swarm.now = next;
          swarm.dispatch(...SESSIONS);
        }
      }),
      { numRuns: 60 },
    );
    if (policy === 'optimal') expect(ticksNeeded).toBeGreaterThan(0);
  },
);

/** The first two are fast. */
function minutesOf(id: string): number {
  return id < 's2' ? 1 : 60;
}

/** Ready tasks that a session could be given now. */
function startable(swarm: TestSwarm): number {
  const ready = [...swarm.state.tasks.values()].filter((task) => task.queued);
  const free = SESSIONS.map((id) => swarm.session(id)).filter((session) => slotsToGive(session, swarm.now) > 0);
  return ready.filter((task) => free.some((session) => isCapable(session, task.required_capability))).length;
}
