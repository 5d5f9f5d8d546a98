/** What the safety pass changes about work that was given out: copies of attempts that hang, and work that lies unstarted (A15, B9). */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/contract/event.ts';
import type { TaskInput } from '../../src/contract/operations/work-operations.ts';
import { SwarmBoard } from '../../src/domain/dispatch/swarm-board.ts';
import { copyOf } from '../../src/domain/task/copies.ts';
import { isTerminal } from '../../src/domain/task/state.ts';
import type { TaskEvent } from '../../src/domain/task/story.ts';
import { showRetiredTask } from '../../src/views/retired-task-view.ts';
import { boardSnapshot } from '../support/board-snapshot.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { copied, hang, swarmKnowingBuilds } from '../support/hanging-swarm.ts';
import { dataOf, type TestSwarm, typesOf } from '../support/test-swarm.ts';

describe('A14: speculative copies', () => {
  test('are made only where they are asked for, once for each lease, and not at the session that hangs', () => {
    const off = swarmKnowingBuilds(['s1', 's2', 's3'], { straggler_action: 'probe' });
    hang(off);
    expect(off.lookAgain('s2', 's3')).toEqual([]);
    const swarm = swarmKnowingBuilds(['s1', 's2', 's3']);
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
    const swarm = swarmKnowingBuilds(['s1', 's2', 's3']);
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
    const own = swarm.log.filter((event): event is TaskEvent => 'task_id' in event.data && event.data.task_id === id);
    expect(showRetiredTask(own, 'completed')).toEqual(swarm.view(id));
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
    const swarm = swarmKnowingBuilds(['s1', 's2', 's3']);
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
    const swarm = swarmKnowingBuilds(['s1', 's2', 's3']);
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
    const swarm = swarmKnowingBuilds(['s1', 's2', 's3', 's4', 's5', 's6']);
    const first = swarm.add({ required_capability: 'build' });
    swarm.claim('s1', first);
    hang(swarm);
    expect(typesOf(swarm.lookAgain('s2', 's3', 's4', 's5', 's6'))).toEqual(['task_added', 'task_assigned']);
  });
});

describe('B9: rebalancing', () => {
  /** s1 works on one of its two tasks and has not begun the other. */
  function full(): { readonly swarm: TestSwarm; readonly lies: string } {
    const swarm = swarmKnowingBuilds(['s1', 's2']);
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

  test.each([
    ['an amount', { resources: { db: 1 } }, 's2'],
    ['a key', { concurrency: { key: 'main', limit: 1 } }, 's2'],
    ['ports', { resources: { web: 1 } }, 's1'],
    ['a rate', { concurrency: { key: 'rated', limit: 9 } }, 's1'],
  ])('B9: what it holds moves with it, unless its session was told numbers or starts are counted: %s', (_what, asks, holder) => {
    const swarm = swarmKnowingBuilds(['s1', 's2']);
    swarm.must('resource.set', { resource: 'db', capacity: 1 });
    swarm.must('resource.set', { resource: 'web', ports: { from: 1, to: 9 } });
    swarm.must('limit.set', { key: 'rated', rate: { count: 9, per_seconds: 60 } });
    const [works, lies] = [swarm.add({ required_capability: 'build' }), swarm.add({ required_capability: 'build', ...asks })];
    swarm.dispatch('s1');
    swarm.must('work.update', { session_id: 's1', task_id: works, progress: 0.1 });
    swarm.now += 120_000;
    swarm.lookAgain('s2');
    expect(swarm.task(lies).lease?.session_id).toBe(holder);
    expect(swarm.state.resources.by_name.get('db')?.in_use).toBe('resources' in asks && 'db' in asks.resources ? 1 : 0);
    expect(brokenInvariants(swarm.state)).toEqual([]);
  });

  test('B9: nothing that has begun is moved, nor from a session with a free slot, nor to one that cannot do it or is paused', () => {
    const begun = full();
    begun.swarm.must('work.update', { session_id: 's1', task_id: begun.lies, progress: 0.1 });
    const paused = full();
    paused.swarm.must('swarm.pause', { capability: 'build' });
    const unable = full();
    unable.swarm.register('s2', ['test']);
    const roomy = swarmKnowingBuilds(['s1', 's2']);
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
    | 'pause'
    | 'limit'
    | 'capacity';
  readonly at: number;
}

const SESSIONS = ['s1', 's2', 's3', 's4'];
/** What a task may ask for beside a session; most ask for nothing. */
const ASKS: readonly Partial<TaskInput>[] = [
  {},
  {},
  { resources: { gpu: 1 } },
  { resources: { web: 1 } },
  { group: 'g' },
  { concurrency: { key: 'own', limit: 3 } },
];
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...(['add', 'fill', 'fill', 'dispatch', 'report', 'hang', 'hang', 'hang', 'look', 'look', 'look', 'look', 'complete'] as const),
    ...(['complete', 'complete', 'fail', 'stale', 'leave', 'join', 'cancel', 'pause', 'limit', 'capacity'] as const),
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
  const asks = ASKS[at % ASKS.length];
  if (kind === 'add') swarm.add({ required_capability: at % 2 === 0 ? 'build' : null, max_attempts: 1 + (at % 3), ...asks });
  else if (kind === 'limit') {
    const key = ['type:build', 'group:g', 'own'][at % 3] ?? '';
    const bound = at % 4 === 0 ? { rate: { count: 3, per_seconds: 600 } } : { concurrency: 1 + (at % 4) };
    swarm.run(at % 5 === 0 ? 'limit.remove' : 'limit.set', at % 5 === 0 ? { key } : { key, ...bound });
  } else if (kind === 'capacity') swarm.run('resource.set', { resource: 'gpu', capacity: 1 + (at % 5) });
  else if (kind === 'fill') {
    for (let number = 0; number < 2; number += 1) swarm.add({ required_capability: 'build', ...asks });
    swarm.dispatch(session_id);
    const first = swarm.session(session_id).held[0];
    if (first !== undefined) swarm.run('work.update', { session_id, task_id: first, progress: 0.01 });
  } else if (kind === 'dispatch') swarm.dispatch(...SESSIONS);
  else if (kind === 'look') swarm.lookAgain(...SESSIONS);
  else if (kind === 'join') swarm.register(session_id, ['build'], 2);
  else if (kind === 'leave') {
    const copier = held.find(({ options }) => options.speculates_on !== null)?.lease?.session_id;
    swarm.run('session.deregister', { session_id: at % 3 > 0 && copier !== undefined ? copier : session_id });
  } else if (kind === 'pause') swarm.run(at % 2 === 0 ? 'swarm.pause' : 'swarm.resume', { capability: 'build' });
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

/** What was just given out passes no bound, copies included. */
function expectWithinBounds(swarm: TestSwarm, event: LogEvent, tell: (policy: string) => void): void {
  if (event.type !== 'task_assigned') return;
  const { needs } = swarm.task(event.data.task_id);
  if (needs === null) return;
  tell(event.data.policy);
  for (const [resource] of needs.amounts) expect(resource.in_use).toBeLessThanOrEqual(resource.capacity);
  for (const [{ running, concurrency, tokens }, own] of needs.keys) {
    expect(running).toBeLessThanOrEqual(Math.min(concurrency ?? Infinity, own ?? Infinity));
    expect(tokens).toBeGreaterThanOrEqual(0);
  }
}

test('invariants 1–4: copies and moves keep every invariant, whatever happens: no task completes twice, none is lost, the log folds into the same state', () => {
  const counts = new Map<string, number>();
  const tell = (name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 120, size: 'max' }), (steps) => {
      const swarm = swarmKnowingBuilds(SESSIONS, { idle_threshold: 60 }, 3);
      swarm.must('resource.set', { resource: 'gpu', capacity: 4 });
      swarm.must('resource.set', { resource: 'web', ports: { from: 1, to: 4 } });
      const completions = new Map<string, number>();
      swarm.dispatcher.board(swarm.state, swarm.now);
      swarm.onEvent = (event) => {
        if (event.type === 'task_released') tell(event.data.reason);
        if (event.type === 'task_cancelled') tell(event.data.reason);
        if (event.type === 'task_assigned') tell(event.data.policy);
        expect(brokenInvariants(swarm.state)).toEqual([]);
        expectOnce(swarm, completions, event);
        expectWithinBounds(swarm, event, (policy) => tell(`${policy} with needs`));
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
  const reached = [
    'copy',
    'copy with needs',
    'rebalance with needs',
    'copy_won',
    'original_ended',
    'copy_interrupted',
    'rebalance',
    'rebalanced',
  ];
  expect(reached.filter((name) => (counts.get(name) ?? 0) < 5)).toEqual([]);
}, 240_000);
