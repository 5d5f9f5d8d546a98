/** The rule of adding tasks (A8): ids, priorities (B1), dependencies, and a request as a whole. */
import type { LogEvent } from '../../src/contract/event.ts';
import { notesOnSize } from '../../src/domain/task/notes-on-size.ts';
import { describe, expect, test } from 'vitest';
import { TestSwarm, typesOf, type Outcome } from '../support/test-swarm.ts';

function idsOf(outcome: Outcome): string[] | string {
  if ('refused' in outcome) return outcome.refused;
  return outcome.flatMap((event) => (event.type === 'task_added' ? [event.data.task_id] : []));
}

const build = { type: 'build', title: 'a task' };

test('B5: what is estimated above the collaboration threshold comes with the proposal to split it', () => {
  const swarm = new TestSwarm();
  const added = (hours: number): readonly LogEvent[] => swarm.must('work.add', { type: 'build', title: 'x', estimated_hours: hours });
  expect(notesOnSize(swarm.state, added(8))).toEqual([]);
  expect(notesOnSize(swarm.state, added(9))[0]).toMatch(/^build-002 is estimated at 9 hours, more than 8 .*--parent build-002/);
  swarm.configure({ collaboration_threshold: 10 });
  expect(notesOnSize(swarm.state, added(9))).toEqual([]);
});

describe('A8: ids', () => {
  test('A8: ids default to {type}-{nnn}, counted per type', () => {
    const swarm = new TestSwarm();
    const tasks = [build, build, { ...build, type: 'research' }, build];
    expect(idsOf(swarm.run('work.add', { tasks }))).toEqual(['build-001', 'build-002', 'research-001', 'build-003']);
    expect(swarm.add()).toBe('build-004');
  });

  test.each([
    ['one that looks like a default id', [{ ...build, id: 'build-007' }], 'build-008'],
    ['one of another type', [{ ...build, type: 'test', id: 'build-001' }], 'build-002'],
    ['one before its type was known', [{ ...build, type: 'x', id: 'build-041' }], 'build-042'],
    ['one with few digits', [{ ...build, id: 'build-7' }], 'build-001'],
    ['one with far too many digits', [{ ...build, id: 'build-99999999999999999999' }], 'build-001'],
    ['the largest number', [{ ...build, id: 'build-999999999999999' }], 'build-1000000000000000'],
  ])('A8: a chosen id is never given again: %s', (_what, tasks, next) => {
    const swarm = new TestSwarm();
    swarm.must('work.add', { tasks });
    expect(swarm.add()).toBe(next);
  });

  test('A8: a default id skips the ids that the same request chooses', () => {
    const swarm = new TestSwarm();
    const tasks = [build, { ...build, id: 'build-001' }, build, { ...build, id: 'build-004' }, build];
    expect(idsOf(swarm.run('work.add', { tasks }))).toEqual(['build-002', 'build-001', 'build-003', 'build-004', 'build-005']);
    expect(swarm.add()).toBe('build-006');
  });

  test('A8: adding the same task again under its id changes nothing; with other content it is refused', () => {
    const swarm = new TestSwarm();
    const task = { ...build, id: 'x', spec: { run: 'make', env: { a: '1', b: '2' } } };
    swarm.must('work.add', task);
    expect(swarm.must('work.add', { ...task, command_id: 'c1', spec: { env: { b: '2', a: '1' }, run: 'make' } })).toEqual([]);
    expect(typesOf(swarm.run('work.add', { ...task, title: 'another' }))).toBe('task_exists');
    expect(typesOf(swarm.run('work.add', { ...task, id: swarm.add(build) }))).toBe('task_exists');
  });

  test('A8: the same holds within one request', () => {
    const swarm = new TestSwarm();
    const task = { ...build, id: 'x' };
    expect(idsOf(swarm.run('work.add', { tasks: [task, task] }))).toEqual(['x']);
    const conflict = { ...build, id: 'y' };
    expect(idsOf(swarm.run('work.add', { tasks: [conflict, { ...conflict, title: 'another' }] }))).toBe('task_exists');
    expect(swarm.state.tasks.has('y')).toBe(false);
  });

  test('A8: a task that left memory still answers for its id', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.must('work.add', { ...build, id: 'x' });
    swarm.finish('s1', 'x');
    swarm.record([{ type: 'tasks_retired', data: { count: 1 } }]);
    expect(swarm.must('work.add', { ...build, id: 'x' })).toEqual([]);
    expect(typesOf(swarm.run('work.add', { ...build, id: 'x', title: 'another' }))).toBe('task_exists');
  });
});

describe('B1: priority', () => {
  test.each([
    ['nothing', {}, 5],
    ['critical', { critical: true }, 8],
    ['infinite scale', { infinite_scale: true }, 7],
    ['high return', { roi: 'high' }, 6],
    ['medium return', { roi: 'medium' }, 5],
    ['dependencies met', { dependencies_met: true }, 6],
    ['critical, infinite scale', { critical: true, infinite_scale: true }, 10],
    ['all of it, at most 10', { critical: true, infinite_scale: true, roi: 'high', dependencies_met: true }, 10],
    ['an explicit value wins', { priority: 2, critical: true }, 2],
  ] as const)('B1: %s', (_what, fields, priority) => {
    const swarm = new TestSwarm();
    expect(swarm.task(swarm.add(fields)).priority).toBe(priority);
  });

  test('B1: a task whose dependencies have completed already gets the bonus at once', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const first = swarm.add();
    swarm.finish('s1', first);
    expect(swarm.task(swarm.add({ dependencies: [first] })).priority).toBe(6);
  });

  test.each([
    ['computed: again when it becomes ready', {}, 5, 6],
    ['explicit: never', { priority: 5 }, 5, 5],
    ['dependencies said to be met: not twice', { dependencies_met: true }, 6, 6],
    ['at most 10', { critical: true, infinite_scale: true }, 10, 10],
  ])('B1: when dependencies are met, %s', (_what, fields, before, after) => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const [a, b] = [swarm.add(), swarm.add()];
    const task = swarm.add({ dependencies: [a, b], ...fields });
    swarm.finish('s1', a);
    expect(swarm.task(task).priority).toBe(before);
    swarm.finish('s1', b);
    expect(swarm.task(task).priority).toBe(after);
  });

  test('B1: the bonus is given once, however often the task is retried', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    const first = swarm.add();
    const task = swarm.add({ dependencies: [first], on_dependency_failure: 'cascade' });
    for (let round = 0; round < 3; round += 1) {
      swarm.finish('s1', first, 'failed');
      swarm.must('task.retry', { task_id: first });
      swarm.must('task.retry', { task_id: task });
    }
    swarm.finish('s1', first);
    expect(swarm.task(task)).toMatchObject({ priority: 6, waiting_for: 0 });
    swarm.finish('s1', task, 'failed');
    swarm.must('task.retry', { task_id: task });
    expect(swarm.task(task).priority).toBe(6);
  });
});

describe('A8: a request as a whole', () => {
  test('A8: many tasks may depend on each other, in any order', () => {
    const swarm = new TestSwarm();
    swarm.must('work.add', {
      tasks: [
        { ...build, id: 'last', dependencies: ['middle', 'first'] },
        { ...build, id: 'middle', dependencies: ['first', 'first'] },
        { ...build, id: 'first' },
      ],
    });
    expect(['last', 'middle', 'first'].map((id) => swarm.task(id).waiting_for)).toEqual([2, 1, 0]);
    swarm.register('s1');
    for (const id of ['first', 'middle', 'last']) expect(typesOf(swarm.finish('s1', id))).toEqual(['task_completed']);
  });

  test.each([
    [
      'a cycle of two',
      [
        ['a', ['b']],
        ['b', ['a']],
      ],
      'dependency_cycle',
    ],
    ['a cycle of one', [['a', ['a']]], 'dependency_cycle'],
    [
      'a cycle behind a chain',
      [
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['d']],
        ['d', ['b']],
      ],
      'dependency_cycle',
    ],
    [
      'an unknown dependency',
      [
        ['a', []],
        ['b', ['a', 'none']],
      ],
      'dependency_unknown',
    ],
    [
      'a conflict in the last one',
      [
        ['a', []],
        ['known', []],
      ],
      'task_exists',
    ],
  ] as const)('A8: %s: nothing of the request is added', (_what, graph, code) => {
    const swarm = new TestSwarm();
    swarm.must('work.add', { ...build, id: 'known', priority: 1 });
    const tasks = graph.map(([id, dependencies]) => ({ ...build, id, dependencies }));
    const outcome = swarm.run('work.add', { tasks });
    expect(outcome).toMatchObject({ refused: code });
    expect([...swarm.state.tasks.keys()]).toEqual(['known']);
    expect(swarm.log).toHaveLength(1);
  });

  test('A8: a cycle is named in order', () => {
    const swarm = new TestSwarm();
    const tasks = [
      { ...build, id: 'x', dependencies: ['a'] },
      { ...build, id: 'a', dependencies: ['b'] },
      { ...build, id: 'b', dependencies: ['c'] },
      { ...build, id: 'c', dependencies: ['a'] },
    ];
    expect(swarm.run('work.add', { tasks })).toEqual({ refused: 'dependency_cycle', params: { cycle: 'a → b → c → a' } });
  });

  test('A8: a chain of ten thousand, added backwards, is taken in, and fails as a whole when its first link has failed', () => {
    const swarm = new TestSwarm();
    swarm.register('s1');
    swarm.must('work.add', { ...build, id: 'root' });
    swarm.finish('s1', 'root', 'failed');
    const tasks = Array.from({ length: 10_000 }, (_, place) => ({
      ...build,
      id: `t${place}`,
      dependencies: [place === 9999 ? 'root' : `t${place + 1}`],
      on_dependency_failure: 'cascade',
    }));
    swarm.must('work.add', { tasks });
    expect(swarm.state.task_counts).toMatchObject({ pending: 0, failed: 10_001 });
  });

  const big = 'x'.repeat(249_998);
  test.each([
    ['as long as may be', { spec: big }, ['task_added']],
    ['a character longer', { spec: `${big}x` }, 'event_too_large'],
    ['long as bytes, not as characters', { spec: 'ä'.repeat(125_000) }, 'event_too_large'],
    ['long once its characters are escaped', { spec: { text: '\u0001'.repeat(42_000) } }, 'event_too_large'],
    ['deep in an object', { spec: { a: [{ b: big }] } }, 'event_too_large'],
  ])('A8: a spec %s', (_what, fields, expected) => {
    expect(typesOf(new TestSwarm().run('work.add', { ...build, ...fields }))).toEqual(expected);
  });

  test('A8: the names of many dependencies count as well', () => {
    const swarm = new TestSwarm();
    const tasks = Array.from({ length: 3000 }, (_, place) => ({ ...build, id: `${'d'.repeat(120)}${place}` }));
    swarm.must('work.add', { tasks });
    const dependencies = tasks.map((task) => task.id);
    expect(typesOf(swarm.run('work.add', { ...build, dependencies }))).toBe('event_too_large');
    expect(typesOf(swarm.run('work.add', { ...build, dependencies: dependencies.slice(0, 1900) }))).toEqual(['task_added']);
  });

  test('A8: a capability that nobody has is accepted', () => {
    const swarm = new TestSwarm();
    const task = swarm.add({ required_capability: 'telepathy' });
    expect(swarm.view(task)).toMatchObject({ status: 'pending', waiting: { code: 'no_capable_session' } });
  });
});
