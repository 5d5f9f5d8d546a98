/** What the safety pass changes about work that was given out: copies of attempts that hang, and work that lies unstarted (A15, B9). */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import type { SettingsPatch } from '../../src/contract/settings.ts';
import { SwarmBoard } from '../../src/domain/dispatch/swarm-board.ts';
import { copyOf } from '../../src/domain/task/copies.ts';
import { isTerminal } from '../../src/domain/task/state.ts';
import { boardSnapshot } from '../support/board-snapshot.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { dataOf, TestSwarm, typesOf } from '../support/test-swarm.ts';

const MINUTE = 60_000;

/** A swarm that knows builds to take about ten minutes. */
function swarmWith(sessions: readonly string[], settings: SettingsPatch = {}, rounds = 12): TestSwarm {
  const swarm = new TestSwarm();
  swarm.configure({ offline_after: 600_000, stall_after: 600_000, task_claim_timeout: 600_000, straggler_action: 'copy', ...settings });
  for (const session of sessions) swarm.register(session, ['build'], 2);
  for (let number = 0; number < rounds; number += 1) {
    for (const session of sessions) swarm.finish(session, swarm.add(), 'completed', { duration_minutes: 10 });
  }
  return swarm;
}

/** s1 works on a task for hours, and reports. */
function hang(swarm: TestSwarm): string {
  const id = swarm.add({ required_capability: 'build' });
  swarm.claim('s1', id);
  for (let step = 0; step < 20; step += 1) {
    swarm.now += 15 * MINUTE;
    swarm.must('work.update', { session_id: 's1', task_id: id, progress: swarm.task(id).progress + 0.01 });
    swarm.passAlive(0, ...swarm.state.sessions.keys());
  }
  return id;
}

/** The copy that s2 was given of what hangs at s1. */
function copied(swarm: TestSwarm, id: string): string {
  expect(typesOf(swarm.lookAgain('s2', 's3'))).toEqual(['task_added', 'task_assigned']);
  const copy = copyOf(swarm.state, swarm.task(id));
  expect(copy?.options.speculates_on).toBe(id);
  return copy?.id ?? '';
}

describe('speculative copies', () => {
  test('are made only where they are asked for, once for each lease, and not at the session that hangs', () => {
    const off = swarmWith(['s1', 's2', 's3'], { straggler_action: 'probe' });
    hang(off);
    expect(off.lookAgain('s2', 's3')).toEqual([]);
    const swarm = swarmWith(['s1', 's2', 's3']);
    const id = hang(swarm);
    expect(swarm.lookAgain('s1')).toEqual([]);
    const copy = copied(swarm, id);
    expect(swarm.task(copy).lease?.session_id).not.toBe('s1');
    expect(swarm.task(copy).lease?.why).toMatchObject({ rule: 'copy' });
    expect(swarm.lookAgain('s2', 's3')).toEqual([]);
    swarm.must('task.cancel', { task_id: copy });
    expect(swarm.lookAgain('s2', 's3')).toEqual([]);
    expect(swarm.run('task.retry', { task_id: copy })).toMatchObject({ refused: 'task_terminal' });
  });

  test('the copy completes first: the task has its result, the other is told to stop, and its late result changes nothing', async () => {
    const swarm = swarmWith(['s1', 's2', 's3']);
    const id = hang(swarm);
    const lease = swarm.task(id).lease?.number;
    const copy = copied(swarm, id);
    const next = swarm.add({ dependencies: [id] });
    const session_id = swarm.task(copy).lease?.session_id;
    const events = swarm.must('work.complete', { session_id, task_id: copy, status: 'completed', result: 'done' });
    expect(typesOf(events)).toEqual(['task_completed']);
    expect(typesOf(swarm.log.slice(-2))).toEqual(['task_released', 'task_completed']);
    expect(dataOf(swarm.log, 'task_released')).toMatchObject({ task_id: id, lease, session_id: 's1', reason: 'copy_won' });
    expect(swarm.view(id)).toMatchObject({ status: 'completed', result: 'done', assigned_to: session_id });
    expect(swarm.task(next).queued).toBe(true);
    const before = snapshotOf(swarm.state);
    expect(swarm.run('work.complete', { session_id: 's1', task_id: id, status: 'completed', lease })).toMatchObject({
      refused: 'lease_stale',
    });
    expect(snapshotOf(swarm.state)).toEqual(before);
    expect(swarm.state.copies.size).toBe(0);
    expect((await swarm.ask('explain.task', { task_id: id })).reasons).toEqual([]);
  });

  test('the task completes first: the copy is cancelled, and its worker told', () => {
    const swarm = swarmWith(['s1', 's2', 's3']);
    const id = hang(swarm);
    const copy = copied(swarm, id);
    const lease = swarm.task(copy).lease;
    swarm.must('work.complete', { session_id: 's1', task_id: id, status: 'completed' });
    expect(dataOf(swarm.log, 'task_cancelled')).toMatchObject({ task_id: copy, lease: lease?.number, reason: 'original_ended' });
    expect(swarm.run('work.complete', { session_id: lease?.session_id, task_id: copy, status: 'completed' })).toMatchObject({
      refused: 'task_cancelled',
    });
    expect(swarm.state.copies.size).toBe(0);
  });

  test('the session that hung goes: the task waits for its copy, says so, and goes on if that comes to nothing', async () => {
    const swarm = swarmWith(['s1', 's2', 's3']);
    const id = hang(swarm);
    const copy = copied(swarm, id);
    swarm.must('session.deregister', { session_id: 's1' });
    expect(swarm.task(id)).toMatchObject({ status: 'pending', queued: false });
    expect(swarm.dispatch('s2', 's3')).toEqual([]);
    expect((await swarm.ask('explain.task', { task_id: id })).reasons[0]?.code).toBe('copied');
    expect(swarm.run('work.claim', { session_id: 's3', task_id: id })).toMatchObject({ refused: 'task_not_ready' });
    swarm.must('work.complete', {
      session_id: swarm.task(copy).lease?.session_id,
      task_id: copy,
      status: 'failed',
      reason: 'rate_limited',
    });
    expect(swarm.task(copy).status).toBe('cancelled');
    expect(swarm.task(id).queued).toBe(true);
    expect(typesOf(swarm.dispatch('s2', 's3'))).toEqual(['task_assigned']);
  });

  test('take a tenth of the slots, and at least one', () => {
    const swarm = swarmWith(['s1', 's2', 's3', 's4', 's5', 's6']);
    const first = swarm.add({ required_capability: 'build' });
    swarm.claim('s1', first);
    hang(swarm);
    expect(typesOf(swarm.lookAgain('s2', 's3', 's4', 's5', 's6'))).toEqual(['task_added', 'task_assigned']);
  });
});

describe('B9: rebalancing', () => {
  /** s1 works on one of its two tasks and has not begun the other. */
  function full(): { readonly swarm: TestSwarm; readonly lies: string } {
    const swarm = swarmWith(['s1', 's2']);
    const [works, lies] = [swarm.add({ required_capability: 'build' }), swarm.add({ required_capability: 'build' })];
    swarm.dispatch('s1');
    expect(swarm.session('s1').held).toEqual([works, lies]);
    swarm.must('work.update', { session_id: 's1', task_id: works, progress: 0.1 });
    return { swarm, lies };
  }

  test('B9: what lies unstarted at a full session goes to one that is idle and asks, once, and says why', async () => {
    const { swarm, lies } = full();
    const stale = swarm.task(lies).lease?.number;
    expect(swarm.lookAgain('s2')).toEqual([]);
    swarm.now += 120_000;
    expect(swarm.lookAgain()).toEqual([]);
    expect(typesOf(swarm.lookAgain('s2'))).toEqual(['task_released', 'task_assigned']);
    expect(swarm.task(lies)).toMatchObject({ lost: 0, lease: { session_id: 's2', policy: 'rebalance' } });
    const { assignment } = await swarm.ask('explain.task', { task_id: lies });
    expect(assignment).toMatchObject({ rule: 'rebalance', order: { unstarted_seconds: 120, utilisation: 1 } });
    expect(swarm.run('work.update', { session_id: 's1', task_id: lies, progress: 0.5, lease: stale })).toMatchObject({
      refused: 'lease_stale',
    });
    expect(swarm.session('s1').breaker.failed).toEqual([]);
    swarm.claim('s2', swarm.add());
    swarm.register('s3', ['build']);
    swarm.now += 600_000;
    expect(swarm.lookAgain('s3')).toEqual([]);
  });

  test('B9: nothing that has begun is moved, nor from a session with a free slot, nor to one that cannot do it or is paused', () => {
    const begun = full();
    begun.swarm.must('work.update', { session_id: 's1', task_id: begun.lies, progress: 0.1 });
    const paused = full();
    paused.swarm.must('swarm.pause', { capability: 'build' });
    const unable = full();
    unable.swarm.register('s2', ['test']);
    const roomy = swarmWith(['s1', 's2']);
    roomy.add({ required_capability: 'build' });
    roomy.dispatch('s1');
    for (const swarm of [begun.swarm, paused.swarm, unable.swarm, roomy]) {
      swarm.now += 300_000;
      expect(swarm.lookAgain('s2')).toEqual([]);
    }
  });
});

/** One step of a random life; `at` chooses among what there is. */
interface Step {
  readonly kind:
    | 'add'
    | 'fill'
    | 'dispatch'
    | 'report'
    | 'hang'
    | 'look'
    | 'complete'
    | 'fail'
    | 'stale'
    | 'leave'
    | 'join'
    | 'cancel'
    | 'pause';
  readonly at: number;
}

const SESSIONS = ['s1', 's2', 's3', 's4'];
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...(['add', 'fill', 'fill', 'dispatch', 'report', 'hang', 'hang', 'hang', 'look', 'look', 'look', 'look', 'complete'] as const),
    ...(['complete', 'complete', 'fail', 'stale', 'leave', 'join', 'cancel', 'pause'] as const),
  ),
  at: fc.nat(1000),
});

function take({ kind, at }: Step, swarm: TestSwarm): void {
  const held = [...swarm.state.tasks.values()].filter(({ lease }) => lease !== null);
  const task = held[at % Math.max(1, held.length)];
  const session_id = SESSIONS[at % SESSIONS.length] ?? 's1';
  const report = (): void => {
    for (const { id, lease, progress } of held.filter(({ lease }) => lease !== null && lease.started_at > 0))
      swarm.run('work.update', { session_id: lease?.session_id, task_id: id, progress: Math.min(1, progress + 0.001) });
  };
  if (kind === 'add') swarm.add({ required_capability: at % 2 === 0 ? 'build' : null, max_attempts: 1 + (at % 3) });
  else if (kind === 'fill') {
    for (let number = 0; number < 2; number += 1) swarm.add({ required_capability: 'build' });
    swarm.dispatch(session_id);
    const first = swarm.session(session_id).held[0];
    if (first !== undefined) swarm.run('work.update', { session_id, task_id: first, progress: 0.01 });
  } else if (kind === 'dispatch') swarm.dispatch(...SESSIONS);
  else if (kind === 'look') swarm.lookAgain(...SESSIONS);
  else if (kind === 'join') swarm.register(session_id, ['build'], 2);
  else if (kind === 'leave') swarm.run('session.deregister', { session_id });
  else if (kind === 'pause') swarm.run(at % 2 === 0 ? 'swarm.pause' : 'swarm.resume', { capability: 'build' });
  else if (kind === 'report' && task !== undefined)
    swarm.run('work.update', { session_id: task.lease?.session_id, task_id: task.id, progress: 0.01 });
  else if (kind === 'cancel') swarm.run('task.cancel', { task_id: [...swarm.state.tasks.keys()][at % swarm.state.tasks.size] ?? 'none' });
  else if (kind === 'hang') {
    for (let hour = 0; hour <= at % 4; hour += 1) {
      swarm.passAlive(200 + 60 * (at % 60), ...swarm.state.sessions.keys());
      report();
    }
  } else if (kind === 'stale') {
    const leases = swarm.log.filter((event) => event.type === 'task_assigned');
    const lease = leases[at % Math.max(1, leases.length)];
    if (lease === undefined || swarm.state.tasks.get(lease.data.task_id)?.lease?.number === lease.seq) return;
    const before = snapshotOf(swarm.state);
    swarm.run('work.complete', { session_id: lease.data.session_id, task_id: lease.data.task_id, status: 'completed', lease: lease.seq });
    expect(snapshotOf(swarm.state)).toEqual(before);
  } else if (task !== undefined && (kind === 'complete' || kind === 'fail')) {
    const status = kind === 'complete' ? 'completed' : 'failed';
    swarm.run('work.complete', { session_id: task.lease?.session_id, task_id: task.id, status });
  }
}

/** No task has two completions, every copy is live only beside an unfinished original, and no original runs elsewhere meanwhile. */
function expectOnce(swarm: TestSwarm, completions: Map<string, number>, event: LogEvent): void {
  if (event.type === 'task_completed') completions.set(event.data.task_id, (completions.get(event.data.task_id) ?? 0) + 1);
  expect([...completions.values()].filter((count) => count > 1)).toEqual([]);
  if (event.type !== 'task_assigned') return;
  const copy = copyOf(swarm.state, swarm.task(event.data.task_id));
  expect(copy).toBe(null);
}

test('invariants 1–4: copies and moves keep every invariant, whatever happens: no task completes twice, none is lost, the log folds into the same state', () => {
  const counts = new Map<string, number>();
  const tell = (name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 120, size: 'max' }), (steps) => {
      const swarm = swarmWith(SESSIONS, { idle_threshold: 60 }, 3);
      const completions = new Map<string, number>();
      swarm.dispatcher.board(swarm.state, swarm.now);
      swarm.onEvent = (event) => {
        if (event.type === 'task_released') tell(event.data.reason);
        if (event.type === 'task_cancelled') tell(event.data.reason);
        if (event.type === 'task_assigned') tell(event.data.policy);
        expect(brokenInvariants(swarm.state)).toEqual([]);
        expectOnce(swarm, completions, event);
      };
      for (const one of steps) {
        take(one, swarm);
        for (const [id, { copy_id }] of swarm.state.copies) {
          expect(isTerminal(swarm.task(id).status)).toBe(false);
          const copy = swarm.state.tasks.get(copy_id);
          expect(copy === undefined || copy.lease !== null || copy.status === 'failed' || copy.status === 'cancelled').toBe(true);
        }
      }
      expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
      const followed = swarm.dispatcher.board(swarm.state, swarm.now);
      followed.refresh(swarm.now);
      const made = new SwarmBoard(swarm.state, swarm.now);
      made.refresh(swarm.now);
      expect(boardSnapshot(followed, swarm.state)).toEqual(boardSnapshot(made, swarm.state));
    }),
    { numRuns: 150 },
  );
  const reached = ['copy', 'copy_won', 'original_ended', 'copy_interrupted', 'rebalance', 'rebalanced'];
  expect(reached.filter((name) => (counts.get(name) ?? 0) < 5)).toEqual([]);
}, 60_000);
