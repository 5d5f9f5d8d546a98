import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatedInput, type GeneratedShape } from '../../bench/scheduling/generated-input.ts';
import { scheduleErrors } from '../../bench/scheduling/validate-schedule.ts';
import { simulate } from '../../bench/scheduling/virtual-clock.ts';
import { agedBand, nextRise, TOP_BAND } from './ageing.ts';
import { DispatchBoard } from './dispatch-board.ts';
import { greedyScore } from './greedy-score.ts';
import { optimalPolicy } from './optimal-policy.ts';
import { orderTerms } from './order-terms.ts';
import { seededRandom } from './random.ts';
import { TASK_STATE } from './task-table.ts';

function rankBoard(maxAge = 1000, capacities: number[] = []): DispatchBoard {
  return new DispatchBoard({ maxAge, capacities });
}

const decide = (board: DispatchBoard, now = 0) => optimalPolicy(board, now);

const poolOf = (board: DispatchBoard, taskClass: number) => board.sessions.classes[taskClass]!.pool;

describe('every policy', () => {
  test('runs every task once, after its predecessors, within slots and capacities, the same way each time', () => {
    const cases = fc.record({
      shape: fc.constantFrom<GeneratedShape>('skills', 'machines', 'resources', 'mixed'),
      policy: fc.constantFrom('greedy' as const, 'optimal' as const),
      size: fc.integer({ min: 1, max: 60 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(cases, ({ shape, policy, size, seed }) => {
        const input = generatedInput(shape, size, seed);
        const random = seededRandom(seed);
        const noise = Float64Array.from(input.tasks, () => 0.5 + random());
        const priorities = input.tasks.map(() => 1 + Math.floor(10 * random()));
        const result = simulate(input, { policy, noise, priorities });
        expect(scheduleErrors(input, result.runs, noise)).toEqual([]);
        expect(simulate(input, { policy, noise, priorities }).runs).toEqual(result.runs);
      }),
      { numRuns: 40 },
    );
  });

  test('leaves the board as it was: deciding twice gives the same', () => {
    const board = rankBoard(100, [3]);
    for (let k = 0; k < 4; k++) board.joinSession({ slots: 2, capabilities: ['a'] });
    const taskClass = board.classOf({ requires: ['a'], demands: [{ resource: 0, amount: 1 }] });
    for (let k = 0; k < 9; k++) board.addTask({ taskClass, priority: 1 + k, duration: 10 - k, after: [] }, 0);
    const first = decide(board, 1);
    expect(first).toHaveLength(3);
    expect(decide(board, 1)).toEqual(first);
  });

  test('waits in peace without tasks, without capable sessions, and with 5,000 tasks in a chain', () => {
    const board = rankBoard();
    expect(decide(board)).toEqual([]);
    board.joinSession({ slots: 1, capabilities: ['a'] });
    board.addTask({ taskClass: board.classOf({ requires: ['b'] }), priority: 5, duration: 1, after: [] }, 0);
    expect(decide(board)).toEqual([]);
    const options = [{ session: 0, duration: 1 }];
    const chain = Array.from({ length: 5000 }, (_, index) => ({ options, after: index === 0 ? [] : [index - 1] }));
    expect(simulate({ tasks: chain, sessions: [{ slots: 1 }] }, { policy: 'optimal' }).makespan).toBe(5000);
  });
});

describe('greedy', () => {
  test('scores as row A15 says', () => {
    const poor = { success_rate: 0.1, score: 0.1, idle: true };
    expect(greedyScore({ ...poor, specialist: false }).total).toBeCloseTo(0.5 + 0.03 + 0.02 + 0.3, 12);
    expect(greedyScore({ ...poor, specialist: true }).total).toBe(1);
    expect(greedyScore({ ...poor, specialist: false, idle: false }).total).toBeCloseTo(0.55, 12);
  });
});

describe('optimal', () => {
  test('takes the longer path first, and urgent work before it, inherited too', () => {
    const board = rankBoard();
    board.joinSession({ slots: 1, capabilities: [] });
    const taskClass = board.classOf({ requires: [] });
    const add = (priority: number, duration: number, after: number[] = []) => board.addTask({ taskClass, priority, duration, after }, 0);
    add(5, 1);
    const head = add(5, 1);
    add(5, 50, [head]);
    expect(decide(board)[0]?.task).toBe(head);
    const blocker = add(1, 1);
    add(9, 1, [blocker]);
    expect(decide(board)[0]?.task).toBe(blocker);
  });

  test('raises a long way to the end by three bands at most, while the end hangs on it', () => {
    const board = rankBoard();
    for (let k = 0; k < 4; k++) board.joinSession({ slots: 1, capabilities: [] });
    const taskClass = board.classOf({ requires: [] });
    const add = (priority: number, duration: number) => board.addTask({ taskClass, priority, duration, after: [] }, 0);
    const others = Array.from({ length: 8 }, () => add(6, 5));
    const [long, unimportant, urgent] = [add(4, 30), add(2, 30), add(9, 1)];
    expect(decide(board).map(({ task }) => task)).toEqual([urgent, long, ...others.slice(0, 2)]);
    expect(orderTerms(board, long)).toMatchObject({ priority: 4, band: 7 });
    expect(orderTerms(board, unimportant)).toMatchObject({ priority: 2, band: 5 });
    // With much more to do, nothing hangs on it yet.
    for (let k = 0; k < 80; k++) others.push(add(6, 5));
    expect(decide(board).map(({ task }) => task)).toEqual([urgent, ...others.slice(0, 3)]);
  });

  test('raises what a long way to the end begins with, also where it goes through less urgent work', () => {
    const board = rankBoard();
    for (let k = 0; k < 4; k++) board.joinSession({ slots: 1, capabilities: [] });
    const taskClass = board.classOf({ requires: [] });
    const add = (priority: number, duration: number, after: number[] = []) => board.addTask({ taskClass, priority, duration, after }, 0);
    const others = Array.from({ length: 8 }, () => add(6, 5));
    const first = add(4, 1);
    add(3, 30, [first]);
    expect(decide(board).map(({ task }) => task)).toEqual([first, ...others.slice(0, 3)]);
    // Urgent work goes by how far urgent ends are: what follows it and is not urgent counts a fifth.
    const urgent = add(9, 1);
    add(3, 30, [urgent]);
    expect(board.tasks.rank[urgent]).toBe(1 + 30 / 5);
  });

  test('keeps the order of priorities where one session does all the work', () => {
    const board = rankBoard();
    board.joinSession({ slots: 1, capabilities: [] });
    board.joinSession({ slots: 1, capabilities: ['else'] });
    const taskClass = board.classOf({ requires: ['one'] });
    board.joinSession({ slots: 1, capabilities: ['one'] });
    board.addTask({ taskClass, priority: 5, duration: 30, after: [] }, 0);
    const first = board.addTask({ taskClass, priority: 6, duration: 1, after: [] }, 0);
    expect(decide(board).map(({ task }) => task)).toEqual([first]);
  });

  test('knows who can do what once, however many combinations of resources and groups are asked for', () => {
    const board = rankBoard(1000, [99, 99]);
    const session = board.joinSession({ slots: 2, capabilities: ['a', 'b'] });
    const asked = Array.from({ length: 60 }, (_, k) => [{ resource: k % 2, amount: 1 + k }]);
    const classes = asked.map((demands, k) =>
      board.classOf({ requires: [k % 3 === 0 ? 'a' : 'b'], kind: 'same', group: `g${k % 5}`, demands }),
    );
    expect([new Set(classes).size, board.sessions.pools.length]).toEqual([60, 2]);
    expect(board.sessions.session(session).pools).toEqual(board.sessions.pools);
    const [first, second] = classes as [number, number];
    board.sessions.setEstimate(poolOf(board, first), session, { factor: 2, success: 1 });
    const add = (taskClass: number) => board.addTask({ taskClass, priority: 5, duration: 10, after: [] }, 0);
    expect([first, classes[3]!, second].map((taskClass) => board.expectedDuration(add(taskClass), session))).toEqual([20, 20, 10]);
    expect(board.sessions.contention(session)).toBe(25);
    board.leaveSession(session);
    expect(board.sessions.pools.map(({ sessions, slots, idleSlots }) => [sessions.length, slots, idleSlots])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('pairs tasks and sessions of different speed by the smallest total', () => {
    const board = rankBoard();
    const fast = board.joinSession({ slots: 1, capabilities: [] });
    const slow = board.joinSession({ slots: 1, capabilities: [] });
    const one = board.classOf({ requires: [], kind: 'one' });
    const two = board.classOf({ requires: [], kind: 'two' });
    board.sessions.setEstimate(poolOf(board, one), fast, { factor: 1, success: 1 });
    board.sessions.setEstimate(poolOf(board, one), slow, { factor: 1.1, success: 1 });
    board.sessions.setEstimate(poolOf(board, two), fast, { factor: 1, success: 1 });
    board.sessions.setEstimate(poolOf(board, two), slow, { factor: 4, success: 1 });
    const first = board.addTask({ taskClass: one, priority: 5, duration: 100, after: [] }, 0);
    const second = board.addTask({ taskClass: two, priority: 5, duration: 10, after: [] }, 0);
    expect(decide(board)).toEqual([
      { task: first, session: slow, rule: 'matching' },
      { task: second, session: fast, rule: 'matching' },
    ]);
  });

  test('lets a few tasks wait for a faster session, and gives the slow one what loses least by it', () => {
    const board = rankBoard();
    const slow = board.joinSession({ slots: 1, capabilities: [] });
    const fast = board.joinSession({ slots: 1, capabilities: [] });
    const taskClass = board.classOf({ requires: [] });
    board.sessions.setEstimate(poolOf(board, taskClass), slow, { factor: 3, success: 1 });
    const add = (duration: number) => board.addTask({ taskClass, priority: 5, duration, after: [] }, 0);
    board.startTask(add(1), fast, 0);
    const [, , short] = [add(80), add(60), add(20), add(40)];
    expect(decide(board)).toEqual([]);
    add(70);
    expect(decide(board)).toEqual([{ task: short, session: slow, rule: 'list' }]);
    expect(board.keptSince.has(short)).toBe(true);
  });

  test('leaves the specialist to the work that needs it', () => {
    const board = rankBoard();
    const specialist = board.joinSession({ slots: 1, capabilities: ['common', 'rare'] });
    const generalist = board.joinSession({ slots: 1, capabilities: ['common'] });
    const common = board.addTask({ taskClass: board.classOf({ requires: ['common'] }), priority: 9, duration: 5, after: [] }, 0);
    const rare = board.addTask({ taskClass: board.classOf({ requires: ['rare'] }), priority: 1, duration: 5, after: [] }, 0);
    expect(new Map(decide(board).map(({ task, session }) => [task, session]))).toEqual(
      new Map([
        [common, generalist],
        [rare, specialist],
      ]),
    );
  });

  test('sets a group back that runs more than its share', () => {
    const board = rankBoard();
    board.joinSession({ slots: 3, capabilities: [] });
    const loud = board.classOf({ requires: [], group: 'loud' });
    const quiet = board.classOf({ requires: [], group: 'quiet' });
    for (let k = 0; k < 5; k++) board.addTask({ taskClass: loud, priority: 6, duration: 5, after: [] }, 0);
    board.shares.setWeights(new Map([['quiet', 3]]));
    const task = board.addTask({ taskClass: quiet, priority: 5, duration: 5, after: [] }, 0);
    expect(decide(board).map((assignment) => assignment.task)).toContain(task);
  });

  test('shares one slot between groups by their weights over time, whatever was there first and however long each takes', () => {
    const board = rankBoard();
    const session = board.joinSession({ slots: 1, capabilities: [] });
    board.shares.setWeights(new Map([['web', 3]]));
    const add = (group: string, duration: number, tasks: number): void => {
      const taskClass = board.classOf({ requires: [], group });
      for (let k = 0; k < tasks; k++) board.addTask({ taskClass, priority: 5, duration, after: [] }, 0);
    };
    const used: Record<string, number> = {};
    const run = (starts: number): void => {
      for (let k = 0; k < starts; k++) {
        const task = decide(board)[0]?.task ?? -1;
        expect(decide(board)[0]?.task).toBe(task);
        const group = board.sessions.groups[board.sessions.classes[board.tasks.taskClass[task]!]!.group]!;
        used[group] = (used[group] ?? 0) + board.tasks.duration[task]!;
        board.startTask(task, session, 0);
        board.finishTask(task, 0);
      }
    };
    add('web', 6, 40);
    run(10);
    expect(used).toEqual({ web: 60 });
    add('docs', 2, 40);
    run(20);
    expect(used).toEqual({ web: 120, docs: 20 });
    add('late', 2, 40);
    run(10);
    expect(used).toEqual({ web: 138, docs: 28, late: 6 });
  });

  test('keeps the board in step as sessions close, leave, and tasks stop', () => {
    const board = rankBoard();
    const session = board.joinSession({ slots: 1, capabilities: ['a'] });
    const taskClass = board.classOf({ requires: ['a'] });
    const task = board.addTask({ taskClass, priority: 5, duration: 5, after: [] }, 0);
    const next = board.addTask({ taskClass, priority: 5, duration: 5, after: [task] }, 0);
    board.startTask(task, session, 0);
    expect(decide(board)).toEqual([]);
    board.stopTask(task, 3);
    board.sessions.setOpen(session, false);
    expect(decide(board, 3)).toEqual([]);
    board.leaveSession(session);
    const other = board.joinSession({ slots: 1, capabilities: ['a'] });
    expect(decide(board, 4)).toEqual([{ task, session: other, rule: 'list' }]);
    board.holdTask(task);
    expect(decide(board, 4)).toEqual([]);
    board.releaseTask(task, 5);
    board.startTask(task, other, 5);
    board.finishTask(task, 9);
    expect(board.tasks.state[next]).toBe(TASK_STATE.ready);
    expect(poolOf(board, taskClass).idleSlots).toBe(1);
  });
});

describe('ageing', () => {
  test('rises by a band per tenth of the age and stops at the top', () => {
    expect(agedBand(1, 0, 100)).toBe(1);
    expect(agedBand(1, 35, 100)).toBe(4);
    expect(agedBand(1, 1e9, 100)).toBe(TOP_BAND);
    expect(nextRise(1, 50, 50, 100)).toBe(60);
    expect(nextRise(10, 0, 10, 100)).toBe(Number.POSITIVE_INFINITY);
  });

  test('no task is starved: after the age, nothing that became ready later starts first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ priority: fc.integer({ min: 1, max: 10 }), duration: fc.integer({ min: 1, max: 30 }) }), {
          minLength: 20,
          maxLength: 120,
        }),
        (specs) => {
          const maxAge = 100;
          const board = rankBoard(maxAge);
          const session = board.joinSession({ slots: 1, capabilities: [] });
          const taskClass = board.classOf({ requires: [] });
          const readyAt = new Map<number, number>();
          let now = 0;
          // Twice as much work arrives as can be done: the queue only grows.
          for (const spec of specs) {
            const task = board.addTask({ taskClass, priority: spec.priority, duration: spec.duration, after: [] }, now);
            readyAt.set(task, now);
            if (readyAt.size % 2 === 0) continue;
            const chosen = decide(board, now)[0]!;
            for (const [other, since] of readyAt) {
              if (other !== chosen.task && now - since >= maxAge) expect(readyAt.get(chosen.task)!).toBeLessThanOrEqual(since);
            }
            board.startTask(chosen.task, session, now);
            now += spec.duration;
            board.finishTask(chosen.task, now);
            readyAt.delete(chosen.task);
          }
          expect(board.ready.size).toBe(readyAt.size);
        },
      ),
    );
  });

  test('an aged task keeps a resource from younger ones until it fits', () => {
    const board = rankBoard(100, [2]);
    const session = board.joinSession({ slots: 4, capabilities: [] });
    const small = board.classOf({ requires: [], demands: [{ resource: 0, amount: 1 }] });
    const large = board.classOf({ requires: [], demands: [{ resource: 0, amount: 2 }] });
    const running = board.addTask({ taskClass: small, priority: 10, duration: 500, after: [] }, 0);
    board.startTask(running, session, 0);
    board.addTask({ taskClass: large, priority: 1, duration: 5, after: [] }, 0);
    const young = board.addTask({ taskClass: small, priority: 10, duration: 5, after: [] }, 90);
    expect(decide(board, 91).map(({ task }) => task)).toEqual([young]);
    expect(decide(board, 101)).toEqual([]);
  });
});

test('what orders a task is named', () => {
  const board = rankBoard();
  board.joinSession({ slots: 1, capabilities: ['a'] });
  const task = board.addTask({ taskClass: board.classOf({ requires: ['a'] }), priority: 7, duration: 8, after: [] }, 0);
  expect(orderTerms(board, task)).toMatchObject({ priority: 7, inherited: 7, band: 7, fair_share: 0, rank: 8 });
});
