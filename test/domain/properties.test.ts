/**
 * Random lives of a swarm keep every invariant after every event, and the log folds into the same state again.
 * Steps name what they act on by its place ("the third held task"), so that they reach deep states.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventOf } from '../../src/contract/event.ts';
import { SwarmBoard } from '../../src/domain/dispatch/swarm-board.ts';
import { oldestFinished } from '../../src/domain/task/evolve.ts';
import { isReady, isTerminal, type Task } from '../../src/domain/task/state.ts';
import { boardSnapshot } from '../support/board-snapshot.ts';
import { brokenInvariants, snapshotOf } from '../support/invariants.ts';
import { type Outcome, TestSwarm } from '../support/test-swarm.ts';

const SESSIONS = ['s1', 's2', 's3'] as const;
const BOARD_CHECKED_EVERY = 29;
const NOBODY: readonly never[] = [];

/** One step; `at` chooses among what there is. */
type Step =
  | { readonly kind: 'register'; readonly at: number; readonly capabilities: readonly string[]; readonly slots: number }
  | { readonly kind: 'heartbeat'; readonly at: number; readonly status: 'idle' | 'busy'; readonly progress: number }
  | { readonly kind: 'add'; readonly tasks: readonly TaskDraft[] }
  | { readonly kind: 'update'; readonly at: number; readonly progress: number }
  | { readonly kind: 'end'; readonly at: number; readonly status: 'completed' | 'failed'; readonly named: boolean }
  | { readonly kind: 'stale'; readonly at: number; readonly status: 'completed' | 'failed' }
  | { readonly kind: 'pass'; readonly at: number; readonly seconds: number; readonly alive: boolean }
  | { readonly kind: 'deregister' | 'claim' | 'snatch' | 'cancel' | 'retry' | 'dispatch' | 'retire' | 'recover'; readonly at: number }
  | { readonly kind: 'suspend' | 'pause' | 'resume' | 'reprioritise' | 'cancel_many' | 'retry_many'; readonly at: number };

interface TaskDraft {
  readonly type: string;
  readonly named: number | null;
  readonly priority: number | null;
  readonly required_capability: string | null;
  readonly depends_on: readonly number[];
  readonly on_dependency_failure: 'block' | 'cascade' | 'ignore';
  readonly max_attempts: number;
  readonly backoff_seconds: number;
  readonly group: string | null;
  readonly part_of: number | null;
  readonly delay: number | null;
  readonly due_in: number | null;
}

const at = fc.nat(1000);
const capability = fc.constantFrom('build', 'test');
const status = fc.constantFrom('completed' as const, 'failed' as const);
const taskDraft: fc.Arbitrary<TaskDraft> = fc.record({
  type: capability,
  named: fc.option(fc.nat(40), { freq: 2 }),
  priority: fc.option(fc.integer({ min: 1, max: 10 })),
  required_capability: fc.option(capability, { freq: 2 }),
  depends_on: fc.array(at, { maxLength: 2 }),
  on_dependency_failure: fc.constantFrom('block' as const, 'cascade' as const, 'ignore' as const),
  max_attempts: fc.integer({ min: 1, max: 3 }),
  backoff_seconds: fc.constantFrom(0, 5, 100),
  group: fc.option(fc.constantFrom('g1', 'g2'), { freq: 2 }),
  part_of: fc.option(at, { freq: 2 }),
  delay: fc.option(fc.constantFrom(0, 50), { freq: 2 }),
  due_in: fc.option(fc.constantFrom(60, 500), { freq: 2 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), tasks: fc.array(taskDraft, { minLength: 1, maxLength: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('register' as const),
      at,
      capabilities: fc.uniqueArray(capability),
      slots: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('heartbeat' as const),
      at,
      status: fc.constantFrom('idle' as const, 'busy' as const),
      progress: fc.constantFrom(0, 0.5, 1),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), at, progress: fc.constantFrom(0, 0.3, 0.305, 1) }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('end' as const), at, status, named: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stale' as const), at, status }) },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      at,
      seconds: fc.constantFrom(1, 70, 100, 320, 700, 90_000),
      alive: fc.constantFrom(true, true, true, false),
    }),
  },
  ...(
    [
      ['dispatch', 6],
      ['claim', 4],
      ['snatch', 2],
      ['cancel', 2],
      ['retry', 4],
      ['retire', 2],
      ['deregister', 1],
      ['recover', 1],
      ['suspend', 2],
      ['pause', 1],
      ['resume', 2],
      ['reprioritise', 1],
      ['cancel_many', 1],
      ['retry_many', 1],
    ] as const
  ).map(([kind, weight]) => ({ weight, arbitrary: fc.record({ kind: fc.constant(kind), at }) })),
);

/** What the random lives must reach, many times each: events, why attempts failed or leases ended, refusals. */
const DEEP = [
  'task_completed task_started task_progressed task_due task_cancelled task_retried task_recalled tasks_retired task_probed swarm_recovered',
  'attempt_failed reported dependency_failed leases_lost deregistered replaced session_offline claim_timeout stalled',
  'session_returned session_reported session_deregistered',
  'task_suspended task_overdue task_reprioritised group_ended work_paused work_resumed',
  'lease_stale task_taken task_not_ready task_terminal task_exists capability_missing no_free_slot session_ended',
].flatMap((line) => line.split(' '));

/** What the random lives reached. */
class Coverage {
  readonly counts = new Map<string, number>();

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

/** A task that ended; every third is one that has left memory, if there is any. */
function endedTask(swarm: TestSwarm, at: number): string {
  const gone = at % 3 === 0 ? [...swarm.retired.keys()].filter((id) => !swarm.state.tasks.has(id)) : [];
  const inMemory = tasksWhere(swarm, ({ status }) => isTerminal(status)).map(({ id }) => id);
  return pick(gone.length > 0 ? gone : inMemory, at) ?? 'none';
}

/** The board that followed every event holds what one made from the state holds. */
function expectSameBoard(swarm: TestSwarm): void {
  const followed = swarm.dispatcher.board(swarm.state, swarm.now);
  followed.refresh(swarm.now);
  const made = new SwarmBoard(swarm.state, swarm.now);
  made.refresh(swarm.now);
  expect(boardSnapshot(followed, swarm.state)).toEqual(boardSnapshot(made, swarm.state));
}

/** A swarm whose invariants are checked after every event. */
function checkedSwarm(coverage: Coverage): TestSwarm {
  const swarm = new TestSwarm();
  const everEnded = new Set<string>();
  const suspended = new Set<string>();
  swarm.onEvent = (event) => {
    coverage.count(event.type);
    if (event.type === 'task_failed') coverage.count(event.data.retry_at === null ? event.data.reason : 'attempt_failed');
    if (event.type === 'task_released') coverage.count(event.data.reason);
    for (const task of swarm.state.tasks.values()) if (isTerminal(task.status)) everEnded.add(task.id);
    if (event.type === 'task_suspended') suspended.add(event.data.task_id);
    expect(brokenInvariants(swarm.state, everEnded, suspended)).toEqual([]);
    if (event.seq % BOARD_CHECKED_EVERY === 0) expectSameBoard(swarm);
  };
  swarm.dispatcher.board(swarm.state, swarm.now);
  swarm.configure({ max_lost_attempts: 2 });
  return swarm;
}

function pick<T>(items: Iterable<T>, place: number): T | undefined {
  const all = [...items];
  return all[place % Math.max(1, all.length)];
}

function tasksWhere(swarm: TestSwarm, matches: (task: Task) => boolean): Task[] {
  return [...swarm.state.tasks.values()].filter(matches);
}

function assignmentsOf(swarm: TestSwarm): EventOf<'task_assigned'>[] {
  return swarm.log.filter((event) => event.type === 'task_assigned');
}

function everAdded(swarm: TestSwarm): string[] {
  return swarm.log.filter((event) => event.type === 'task_added').map((event) => event.data.task_id);
}

function inputOf(task: TaskDraft, swarm: TestSwarm): object {
  const { depends_on, named, priority, group, part_of, delay, due_in, ...rest } = task;
  const parent =
    part_of === null
      ? undefined
      : pick(
          tasksWhere(swarm, ({ status: its }) => !isTerminal(its)),
          part_of,
        )?.id;
  const known = everAdded(swarm);
  const dependencies = depends_on.flatMap((place) => pick(known, place) ?? []);
  return {
    ...rest,
    title: 't',
    ...(named === null ? {} : { id: `test-${String(named).padStart(3, '0')}` }),
    ...(priority === null ? {} : { priority }),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(group === null ? {} : { group }),
    ...(parent === undefined ? {} : { parent }),
    ...(delay === null ? {} : { delay }),
    ...(due_in === null ? {} : { deadline: new Date(swarm.now + due_in * 1000).toISOString() }),
  };
}

/** Ends the n-th assignment ever made, under its lease. A lease that is over must change nothing. */
function endUnder(assignment: EventOf<'task_assigned'>, swarm: TestSwarm, ending: 'completed' | 'failed'): Outcome {
  const { task_id, session_id } = assignment.data;
  const isCurrent = swarm.state.tasks.get(task_id)?.lease?.number === assignment.seq;
  const before = snapshotOf(swarm.state);
  const outcome = swarm.run('work.complete', { session_id, task_id, status: ending, lease: assignment.seq });
  if (!isCurrent) expect(snapshotOf(swarm.state)).toEqual(before);
  return outcome;
}

function take(one: Step, swarm: TestSwarm): Outcome {
  const session_id = 'at' in one ? (pick(SESSIONS, one.at) ?? 's1') : 's1';
  const held = tasksWhere(swarm, (task) => task.lease !== null);
  const chosen = 'at' in one ? pick(held, one.at) : undefined;
  const holder = chosen?.lease?.session_id;
  switch (one.kind) {
    case 'register':
      return swarm.run('session.register', { session_id, capabilities: one.capabilities, max_concurrent_tasks: one.slots });
    case 'heartbeat': {
      const current_task = pick(swarm.state.sessions.get(session_id)?.held ?? [], one.at) ?? null;
      return swarm.run('session.heartbeat', { session_id, status: one.status, current_task, progress: one.progress });
    }
    case 'deregister':
      return swarm.run('session.deregister', { session_id });
    case 'add':
      return swarm.run('work.add', { tasks: one.tasks.map((task) => inputOf(task, swarm)) });
    case 'update':
      if (chosen === undefined) return NOBODY;
      return swarm.run('work.update', { session_id: holder, task_id: chosen.id, progress: one.progress });
    case 'end': {
      if (chosen === undefined) return NOBODY;
      const lease = one.named ? { lease: chosen.lease?.number } : {};
      return swarm.run('work.complete', { session_id: holder, task_id: chosen.id, status: one.status, ...lease });
    }
    case 'stale': {
      const assignment = pick(assignmentsOf(swarm), one.at);
      return assignment === undefined ? NOBODY : endUnder(assignment, swarm, one.status);
    }
    case 'claim':
      return swarm.run('work.claim', { session_id, task_id: pick(tasksWhere(swarm, isReady), one.at)?.id ?? 'none' });
    case 'snatch':
      return swarm.run('work.claim', { session_id, task_id: chosen?.id ?? pick(everAdded(swarm), one.at) ?? 'none' });
    case 'cancel':
      return swarm.run('task.cancel', { task_id: pick(everAdded(swarm), one.at) ?? 'none' });
    case 'retry':
      return swarm.run('task.retry', { task_id: endedTask(swarm, one.at) });
    case 'dispatch':
      return swarm.dispatch(...SESSIONS);
    case 'retire': {
      const count = oldestFinished(swarm.state, { count: 1 + (one.at % 5) }).length;
      return count === 0 ? NOBODY : swarm.record([{ type: 'tasks_retired', data: { count } }]);
    }
    case 'suspend': {
      const wait_for = [one.at, one.at * 7].flatMap((place) => pick(swarm.state.tasks.keys(), place) ?? []);
      const on_dependency_failure = pick(['ignore', 'block', 'cascade'] as const, one.at);
      return swarm.run('work.suspend', {
        session_id: holder ?? session_id,
        task_id: chosen?.id ?? 'none',
        wait_for: [...new Set(wait_for), ...(wait_for.length === 0 ? ['none'] : [])],
        on_dependency_failure,
      });
    }
    case 'pause':
    case 'resume': {
      const where = pick([{}, { capability: 'build' }, { session: 's1' }], one.at);
      return swarm.run(one.kind === 'pause' ? 'swarm.pause' : 'swarm.resume', where);
    }
    case 'reprioritise':
      return swarm.run('task.reprioritise', { task_id: pick(swarm.state.tasks.keys(), one.at) ?? 'none', priority: 1 + (one.at % 10) });
    case 'cancel_many':
      return swarm.run('task.cancel_many', { filter: { group: 'g1' } });
    case 'retry_many':
      return swarm.run('task.retry_many', { filter: { status: 'failed' } });
    case 'recover':
      swarm.recover();
      return NOBODY;
    default:
      return one.alive ? swarm.passAlive(one.seconds, ...SESSIONS) : swarm.pass(one.seconds);
  }
}

/** Walking back from a task's newest event gives all its events. */
function expectWholeChains(swarm: TestSwarm): void {
  const newest = new Map<string, number>();
  for (const event of swarm.log) {
    if (!('prev' in event.data)) continue;
    expect(event.data.prev).toBe(newest.get(event.data.task_id) ?? 0);
    newest.set(event.data.task_id, event.seq);
  }
  for (const task of swarm.state.tasks.values()) expect(task.last_seq).toBe(newest.get(task.id));
  for (const { id, last_seq } of swarm.retired.values()) if (!swarm.state.tasks.has(id)) expect(last_seq).toBe(newest.get(id));
}

test('B2, A15, R9, R21, invariants 1–4: whatever happens to a swarm keeps every invariant, its log folds into the same state, and its board follows', () => {
  const coverage = new Coverage();
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 150, size: 'max' }), (steps) => {
      const swarm = checkedSwarm(coverage);
      for (const one of steps) {
        const before = swarm.log.length;
        const outcome = take(one, swarm);
        if (!('refused' in outcome)) continue;
        coverage.count(outcome.refused);
        expect(swarm.log.length).toBe(before);
      }
      expect(snapshotOf(swarm.refold())).toEqual(snapshotOf(swarm.state));
      expectWholeChains(swarm);
    }),
    { numRuns: 400 },
  );
  const reached = [...coverage.counts].filter(([, times]) => times >= 20).map(([name]) => name);
  expect(reached).toEqual(expect.arrayContaining(DEEP));
}, 240_000);
