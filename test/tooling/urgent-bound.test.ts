/** The bound that the scheduling benchmark prints beside its figures: right on instances worked out by hand, and beaten by no plan. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatedInput, type GeneratedShape } from '../../bench/scheduling/generated-input.ts';
import { neededFor, urgentBound } from '../../bench/scheduling/urgent-bound.ts';
import { simulate } from '../../bench/scheduling/virtual-clock.ts';
import type { PlanInput } from '../../src/scheduling/plan-problem.ts';

const ANY = [{ session: 0, duration: 4 }];
const onlyThe = (...urgent: number[]): ((task: number) => boolean) => urgent.includes.bind(urgent);

describe('the bound of urgent work', () => {
  test('counts the chain that urgent work waits for, and nothing else', () => {
    const input: PlanInput = {
      sessions: [{ slots: 9 }],
      tasks: [
        { options: ANY, after: [] },
        { options: ANY, after: [0] },
        { options: ANY, after: [1] },
        { options: [{ session: 0, duration: 100 }], after: [] },
      ],
    };
    expect(urgentBound(input, onlyThe(1))).toBe(8);
    expect(urgentBound(input, onlyThe(2))).toBe(12);
    expect(urgentBound(input, onlyThe())).toBe(0);
    expect(neededFor(input, onlyThe(1)).tasks).toEqual([input.tasks[0], input.tasks[1]]);
  });

  test('counts what only one session can do, and takes the fastest where there are several', () => {
    const tasks = [0, 1, 2].map(() => ({ options: ANY, after: [] }));
    expect(urgentBound({ sessions: [{ slots: 1 }], tasks }, () => true)).toBe(12);
    const either = [
      { session: 0, duration: 9 },
      { session: 1, duration: 3 },
    ];
    expect(urgentBound({ sessions: [{ slots: 1 }, { slots: 1 }], tasks: [{ options: either, after: [] }] }, () => true)).toBe(3);
  });

  test('counts what urgent work takes of a resource, between what is before and behind it', () => {
    const wide = (after: number[]) => ({ options: ANY, after, demands: [{ resource: 0, amount: 2 }] });
    const narrow = (after: number[]) => ({ options: ANY, after });
    const sessions = [{ slots: 9 }];
    // Three of which only one fits at a time: 12, and with one task before and one behind them 20.
    expect(urgentBound({ sessions, capacities: [2], tasks: [wide([]), wide([]), wide([])] }, () => true)).toBe(12);
    const between = [narrow([]), wide([0]), wide([0]), wide([0]), narrow([1, 2, 3])];
    expect(urgentBound({ sessions, capacities: [2], tasks: between }, onlyThe(4))).toBe(20);
  });

  test('is beaten by no schedule of the dispatcher', () => {
    const shapes = fc.constantFrom<GeneratedShape>('skills', 'machines', 'resources', 'mixed');
    fc.assert(
      fc.property(shapes, fc.integer({ min: 2, max: 30 }), fc.integer(), (shape, size, seed) => {
        const input = generatedInput(shape, size, seed);
        const priorities = input.tasks.map((_, task) => (task % 4 === 1 ? 9 : 3));
        const { runs } = simulate(input, { policy: 'optimal', priorities });
        const last = Math.max(...runs.map((run, task) => (priorities[task] === 9 && run !== undefined ? run.finish : 0)));
        expect(last).toBeGreaterThanOrEqual(urgentBound(input, (task) => priorities[task] === 9) * (1 - 1e-9));
      }),
      { numRuns: 40 },
    );
  });
});
