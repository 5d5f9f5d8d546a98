/** Plans beside the dispatch (F1): made elsewhere, never waited for, no part of the state. */
import { describe, expect, test } from 'vitest';
import { buildPlanProblem } from '../../src/scheduling/plan-problem.ts';
import type { MadePlan, Offload, PlanJob } from '../../src/engine/planner.ts';
import { ThreadOffload } from '../../src/engine/thread-offload.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { countedOffload } from './counted-offload.ts';
import { rest } from './manual-clock.ts';
import { TestEngine, type TestEngineOptions } from './test-engine.ts';

const SESSIONS = ['s0', 's1', 's2'];
const SETTINGS = { offline_after: 100_000, task_claim_timeout: 100_000, stall_after: 100_000 };

/** Jobs that were asked for, answered as `answer` says. */
class Asked implements Offload {
  readonly jobs: PlanJob[] = [];
  readonly #answer: Offload['improve'];

  constructor(answer: Offload['improve'] = (job) => countedOffload.improve(job)) {
    this.#answer = answer;
  }

  improve(job: PlanJob): Promise<MadePlan> {
    this.jobs.push(job);
    return this.#answer(job);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A swarm of three sessions that knows how long builds take, with two chains of different length to do. */
async function plannedSwarm(options: TestEngineOptions): Promise<TestEngine> {
  const swarm = await TestEngine.open('memory', { ...options, settings: { ...SETTINGS, ...options.settings } });
  for (const session_id of SESSIONS) await swarm.call('session.register', { session_id, capabilities: [], wants_work: false });
  for (let number = 0; number < 12; number += 1) {
    for (const session_id of SESSIONS) {
      const { task_id } = await swarm.call('work.add', { type: 'build', title: 'x', estimated_hours: 0.5 });
      await swarm.call('work.claim', { session_id, task_id });
      await swarm.call('work.complete', { session_id, task_id, status: 'completed', duration_minutes: 30 });
    }
  }
  const tasks = Array.from({ length: 18 }, (_, index) => ({
    id: `t-${index}`,
    type: 'build',
    title: 'x',
    estimated_hours: 0.2 + (index % 5) / 4,
    dependencies: index % 3 === 0 || index === 0 ? [] : [`t-${index - 1}`],
  }));
  await swarm.call('work.add', { tasks });
  return swarm;
}

/** Works everything off, each session asking when it is free; returns the log from there. */
async function workOff(swarm: TestEngine): Promise<readonly { readonly type: string; readonly data: unknown }[]> {
  const before = swarm.engine.feed.head;
  const ends: { at: number; session_id: string; task_id: string }[] = [];
  for (let round = 0; round < 200; round += 1) {
    for (const session_id of SESSIONS) {
      if (ends.some((end) => end.session_id === session_id)) continue;
      const { task } = await swarm.call('work.request', { session_id });
      await rest();
      if (task !== null) ends.push({ at: swarm.clock.now() + (task.estimated_hours ?? 0) * 3_600_000, session_id, task_id: task.id });
    }
    ends.sort((a, b) => b.at - a.at);
    const next = ends.pop();
    if (next === undefined) break;
    await swarm.clock.advance(Math.max(0, next.at - swarm.clock.now()));
    await swarm.call('work.complete', { session_id: next.session_id, task_id: next.task_id, status: 'completed' });
  }
  return await swarm.engine.feed.after(before, 10_000);
}

function rulesOf(events: readonly { readonly type: string; readonly data: unknown }[]): string[] {
  return events.flatMap(({ type, data }) => (type === 'task_assigned' ? [(data as { why: { rule: string } }).why.rule] : []));
}

describe('F1: plans', () => {
  test('F1: what is given out by a plan is in the log: the log alone gives the same state, and the same swarm the same log', async () => {
    const logs: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const swarm = await plannedSwarm({});
      const events = await workOff(swarm);
      logs.push(events.map(({ type, data }) => [type, data]));
      expect(rulesOf(events)).toHaveLength(18);
      expect(rulesOf(events)).toContain('plan');
      const before = await swarm.engine.read((state) => state);
      expect(brokenInvariants(before)).toEqual([]);
      const { tasks } = snapshotOf(before) as { tasks: unknown };
      await swarm.reopen();
      expect((snapshotOf(await swarm.engine.read((state) => state)) as { tasks: unknown }).tasks).toEqual(tasks);
    }
    expect(logs[0]).toEqual(logs[1]);
  });

  test('F1: nobody waits for a plan, one is made at a time, and one that fails changes nothing', async () => {
    const never = new Asked(() => new Promise<never>(() => undefined));
    const slow = await plannedSwarm({ offload: never });
    expect(new Set(rulesOf(await workOff(slow))).has('plan')).toBe(false);
    expect(never.jobs).toHaveLength(1);
    const failing = new Asked(() => Promise.reject(new Error('no thread')));
    const swarm = await plannedSwarm({ offload: failing });
    expect(rulesOf(await workOff(swarm))).toHaveLength(18);
    expect(failing.jobs.length).toBeGreaterThan(1);
  });

  test('F1: none is asked for where durations are not known, and none with plan_time 0', async () => {
    const offload = new Asked();
    await workOff(await plannedSwarm({ offload, settings: { plan_time: 0 } }));
    const swarm = await TestEngine.open('memory', { offload, settings: SETTINGS });
    for (const session_id of SESSIONS) await swarm.call('session.register', { session_id, capabilities: [], wants_work: false });
    for (let number = 0; number < 9; number += 1) await swarm.call('work.add', { type: 'build', title: 'x', estimated_hours: 1 });
    await workOff(swarm);
    expect(offload.jobs).toEqual([]);
  });

  test('F1: the thread makes a plan of the problem that it is given', async () => {
    const options = [
      { session: 0, duration: 3 },
      { session: 1, duration: 5 },
    ];
    const problem = buildPlanProblem({ tasks: [1, 2, 3].map(() => ({ options, after: [] })), sessions: [{ slots: 1 }, { slots: 1 }] });
    const offload = new ThreadOffload();
    const plan = await offload.improve({ problem, incumbent: null, seed: 1, milliseconds: 5 });
    await offload.close();
    expect([...plan.start].toSorted((a, b) => a - b)).toEqual([0, 0, 3]);
    expect(plan.column).toHaveLength(3);
  });
});
