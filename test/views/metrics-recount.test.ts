/** A18: the ten global metrics say what the log says, counted anew by other means, whatever happened to the swarm. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { recountMetrics, type CountedMetrics } from '../support/recount-metrics.ts';
import { TestSwarm } from '../support/test-swarm.ts';

const SESSIONS = ['s1', 's2', 's3', 's4'];
const KINDS = [
  'register',
  'add',
  'add',
  'dispatch',
  'dispatch',
  'start',
  'complete',
  'complete',
  'complete',
  'fail',
  'cancel',
  'retry',
  'leave',
  'say busy',
  'say idle',
  'wait',
  'wait',
  'fall silent',
  'suspend',
] as const;

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
}

const step: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(1000) });

function take({ kind, at }: Step, swarm: TestSwarm): void {
  const session_id = SESSIONS[at % SESSIONS.length] ?? 's1';
  const held = [...swarm.state.tasks.values()].filter(({ lease }) => lease !== null);
  const task = held[at % Math.max(1, held.length)];
  const any = [...swarm.state.tasks.keys()][at % Math.max(1, swarm.state.tasks.size)] ?? 'none';
  const report = { session_id: task?.lease?.session_id, task_id: task?.id };
  if (kind === 'register') swarm.register(session_id, ['build'], 1 + (at % 3));
  else if (kind === 'add') swarm.add({ max_attempts: 1 + (at % 2), backoff_seconds: at % 30, ...(at % 5 === 0 ? { delay: 120 } : {}) });
  else if (kind === 'dispatch') swarm.dispatch(...SESSIONS);
  else if (kind === 'leave') swarm.run('session.deregister', { session_id });
  else if (kind === 'say busy') swarm.run('session.heartbeat', { session_id, status: 'busy' });
  else if (kind === 'say idle') swarm.run('session.heartbeat', { session_id, status: 'idle' });
  else if (kind === 'cancel') swarm.run('task.cancel', { task_id: any });
  else if (kind === 'retry') swarm.run('task.retry', { task_id: any });
  else if (kind === 'wait') swarm.passAlive(1 + (at % 600), ...SESSIONS);
  else if (kind === 'fall silent') swarm.pass(100 + (at % 200));
  else if (task === undefined) return;
  else if (kind === 'start') swarm.run('work.update', { ...report, progress: 0.1 });
  else if (kind === 'suspend') swarm.run('work.suspend', { ...report, wait_for: [any] });
  else if (kind === 'fail') swarm.run('work.complete', { ...report, status: 'failed' });
  else swarm.run('work.complete', { ...report, status: 'completed', ...(at % 4 === 0 ? { duration_minutes: at % 90 } : {}) });
}

test('A18: in any life of a swarm each of the ten metrics is what a recount of its log gives', async () => {
  const most: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120, size: 'max' }), async (steps) => {
      const swarm = new TestSwarm();
      for (const [index, one] of steps.entries()) {
        take(one, swarm);
        if (index % 10 < 9 && index < steps.length - 1) continue;
        const metrics = await swarm.ask('metrics.show', {});
        for (const [name, counted] of Object.entries(recountMetrics(swarm.log, swarm.now)) as [keyof CountedMetrics, number | null][]) {
          if (counted === null) expect([name, metrics[name]]).toEqual([name, null]);
          else
            expect([name, Math.abs((metrics[name] ?? Infinity) - counted) < (name === 'avg_task_time' ? 0.001 : 1e-9)]).toEqual([
              name,
              true,
            ]);
          most[name] = Math.max(most[name] ?? 0, counted ?? 0);
        }
      }
    }),
    { numRuns: 100 },
  );
  // Every one of them was something else than nothing, and utilisation was neither none nor full.
  expect(Object.keys(most)).toHaveLength(10);
  expect(Object.entries(most).filter(([, value]) => value === 0)).toEqual([]);
}, 240_000);
