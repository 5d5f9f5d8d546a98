import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatedInput, type GeneratedShape } from '../../bench/scheduling/generated-input.ts';
import { scheduleErrors } from '../../bench/scheduling/validate-schedule.ts';
import { UNIT } from '../../bench/scheduling/swarm-instance.ts';
import { simulate, type SimulationResult } from '../../bench/scheduling/virtual-clock.ts';
import { boardProblem, incumbentKeys, plannedStarts } from './board-plan.ts';
import { DispatchBoard } from './dispatch-board.ts';
import { layPlan } from './follow-plan.ts';
import { improvePlan } from './improve-plan.ts';
import { optimalPolicy } from './optimal-policy.ts';
import type { PlanInput } from './plan-problem.ts';
import { seededRandom } from './random.ts';

function rankBoard(maxAge = 1000, capacities: number[] = []): DispatchBoard {
  return new DispatchBoard({ maxAge, capacities });
}

const decide = (board: DispatchBoard, now = 0) => optimalPolicy(board, now);

/** Runs an instance by one plan, made before the first decision; gives its makespan in ms too. */
function runByPlan(
  input: PlanInput,
  seed: number,
  { noise, steps = 40, look }: { noise?: Float64Array; steps?: number; look?: (board: DispatchBoard) => void } = {},
): { result: SimulationResult; planned: number } {
  let planned = 0;
  let isLaid = false;
  const beforeDecision = (board: DispatchBoard, now: number): void => {
    if (isLaid) return;
    isLaid = true;
    const made = boardProblem(board, now, { limit: 5000, bands: false, takesPart: () => true });
    const { schedule } = improvePlan(made.problem, { random: seededRandom(seed), shouldStop: () => false, maxSteps: steps });
    planned = schedule.makespan;
    layPlan(board, plannedStarts(made, schedule));
    const keys = incumbentKeys(board, made) ?? new Float64Array(0);
    expect(keys).toHaveLength(schedule.start.length);
    schedule.start.forEach((start, task) => expect(keys[task]).toBeCloseTo(start, 6));
    look?.(board);
  };
  const result = simulate(input, { policy: 'optimal', beforeDecision, ...(noise === undefined ? {} : { noise }) });
  return { result, planned };
}

describe('following a plan', () => {
  test('starts what is planned, idles on purpose, and reproduces the plan when durations are as expected', () => {
    fc.assert(
      fc.property(fc.constantFrom<GeneratedShape>('skills', 'machines', 'resources', 'mixed'), fc.integer(), (shape, seed) => {
        const input = generatedInput(shape, 30, seed);
        const { result, planned } = runByPlan(input, seed);
        expect(scheduleErrors(input, result.runs)).toEqual([]);
        expect(result.makespan * UNIT).toBeLessThanOrEqual(planned * (1 + 1e-9));
      }),
      { numRuns: 40 },
    );
  });

  test.each<GeneratedShape>(['skills', 'machines'])('a decision looks at no more of a long plan of %s than what is next', (shape) => {
    const size = 600;
    const input = generatedInput(shape, size, 3);
    const random = seededRandom(5);
    let looked = 0;
    const look = (board: DispatchBoard): void => {
      const { planStart } = board.tasks;
      planStart.get = (task) => {
        looked++;
        return Map.prototype.get.call(planStart, task) as number | undefined;
      };
    };
    const noise = Float64Array.from(input.tasks, () => 0.6 + 0.8 * random());
    const { result } = runByPlan(input, 1, { noise, steps: 2, look });
    expect(scheduleErrors(input, result.runs, noise)).toEqual([]);
    // A walk along all of it would be some hundred for each task.
    expect(looked).toBeLessThan(30 * size);
    expect(looked).toBeGreaterThan(size);
  });

  test('expects what has overrun to go on, the longer the longer it has run', () => {
    const board = rankBoard();
    const session = board.joinSession({ slots: 1, capabilities: [] });
    const taskClass = board.classOf({ requires: [] });
    const add = () => board.addTask({ taskClass, priority: 5, duration: 10, after: [] }, 0);
    board.startTask(add(), session, 0);
    add();
    const freeAt = (now: number, spread?: number): number =>
      boardProblem(board, now, { limit: 9, bands: false, ...(spread === undefined ? {} : { spread: () => spread }) }).problem
        .columnFree[0]!;
    expect([freeAt(0), freeAt(4), freeAt(25)]).toEqual([10, 6, 0]);
    expect(freeAt(0, 0.6)).toBeCloseTo(10, 9);
    expect(freeAt(10, 0.6)).toBeGreaterThan(3);
    expect(freeAt(25, 0.6)).toBeGreaterThan(freeAt(10, 0.6));
  });

  test('forgets steps of sessions that left', () => {
    const board = rankBoard();
    const first = board.joinSession({ slots: 1, capabilities: [] });
    const second = board.joinSession({ slots: 1, capabilities: [] });
    const task = board.addTask({ taskClass: board.classOf({ requires: [] }), priority: 5, duration: 5, after: [] }, 0);
    layPlan(board, [{ task, session: first, start: 0 }]);
    expect(decide(board)).toEqual([{ task, session: first, rule: 'plan' }]);
    board.leaveSession(first);
    expect(decide(board)).toEqual([{ task, session: second, rule: 'list' }]);
  });

  test('forgets steps of a session whose place another one takes', () => {
    const board = rankBoard();
    const first = board.joinSession({ slots: 1, capabilities: ['a'] });
    const task = board.addTask({ taskClass: board.classOf({ requires: ['a'] }), priority: 5, duration: 5, after: [] }, 0);
    layPlan(board, [{ task, session: first, start: 0 }]);
    board.leaveSession(first);
    expect(board.joinSession({ slots: 1, capabilities: [] })).toBe(first);
    expect(decide(board)).toEqual([]);
  });
});
