import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatedInput, type GeneratedShape } from '../../bench/scheduling/generated-input.ts';
import { scheduleErrors } from '../../bench/scheduling/validate-schedule.ts';
import { CriticalMoves } from './critical-moves.ts';
import { DisjunctiveGraph } from './disjunctive-graph.ts';
import { seedPlan } from './heft.ts';
import { improvePlan } from './improve-plan.ts';
import { ParallelGenerator } from './parallel-generation.ts';
import { buildPlanProblem, partOfProblem, type PlanInput, type PlanProblem } from './plan-problem.ts';
import { seededRandom } from './random.ts';
import { emptySchedule, type Schedule } from './schedule.ts';
import { SerialGenerator } from './serial-generation.ts';

const shapes = fc.constantFrom<GeneratedShape>('skills', 'machines', 'resources', 'mixed');
const instances = fc.record({ shape: shapes, size: fc.integer({ min: 1, max: 40 }), seed: fc.integer() });

function errorsOf(input: PlanInput, problem: PlanProblem, schedule: Schedule): string[] {
  const runs = input.tasks.map(() => ({ session: 0, start: 0, finish: 0 }));
  for (let task = 0; task < problem.tasks; task++) {
    const run = { session: problem.columnSession[schedule.column[task]!]!, start: schedule.start[task]!, finish: schedule.finish[task]! };
    runs[problem.inputTask[task]!] = run;
  }
  return scheduleErrors(input, runs);
}

function improved(input: PlanInput, seed: number, maxSteps: number) {
  const problem = buildPlanProblem(input);
  return { problem, ...improvePlan(problem, { random: seededRandom(seed), shouldStop: () => false, maxSteps }) };
}

describe('schedule generation', () => {
  test('gives valid schedules for any keys, serial and parallel', () => {
    fc.assert(
      fc.property(instances, ({ shape, size, seed }) => {
        const input = generatedInput(shape, size, seed);
        const problem = buildPlanProblem(input);
        const random = seededRandom(seed);
        const keys = Float64Array.from({ length: problem.tasks }, () => random());
        for (const generator of [new SerialGenerator(problem), new ParallelGenerator(problem)]) {
          const schedule = emptySchedule(problem);
          generator.generate(keys, schedule);
          expect(errorsOf(input, problem, schedule)).toEqual([]);
        }
      }),
    );
  });

  test('starts nothing before its session is free or it is released', () => {
    const option = { session: 0, duration: 2 };
    const input = {
      tasks: [
        { options: [option], after: [] },
        { options: [option], after: [], release: 10 },
      ],
      sessions: [{ slots: 1, freeAt: [3] }],
    };
    const { problem, schedule } = improved(input, 1, 50);
    const starts = Array.from(schedule.start, (start, task) => [problem.inputTask[task], start]);
    expect(starts).toEqual([
      [0, 3],
      [1, 10],
    ]);
  });
});

describe('the improver', () => {
  test('gives valid plans, never above the seed, never below the bound, the same for the same seed', () => {
    fc.assert(
      fc.property(instances, ({ shape, size, seed }) => {
        const input = generatedInput(shape, size, seed);
        const first = improved(input, seed, 60);
        expect(errorsOf(input, first.problem, first.schedule)).toEqual([]);
        const seedMakespan = seedPlan(first.problem, (schedule) => schedule.makespan).makespan;
        expect(first.schedule.makespan).toBeLessThanOrEqual(seedMakespan + 1e-9);
        expect(first.schedule.makespan).toBeGreaterThanOrEqual(first.bound * (1 - 1e-9));
        expect(improved(input, seed, 60).schedule).toEqual(first.schedule);
      }),
      { numRuns: 60 },
    );
  });

  test('improves on the seed plan where there is room', () => {
    const shortened = ['skills', 'machines', 'resources'].map((shape) => {
      const input = generatedInput(shape as GeneratedShape, 80, 3);
      const { problem, schedule, bound } = improved(input, 1, 500);
      const seed = seedPlan(problem, (plan) => plan.makespan).makespan;
      return schedule.makespan < seed || seed <= bound * (1 + 1e-9);
    });
    expect(shortened).toEqual([true, true, true]);
  });

  test('F1: shares independent work among sessions that are fast at different tasks', () => {
    const sessions = Array.from({ length: 4 }, () => ({ slots: 1 }));
    const ratios = [1, 2, 3, 4].map((seed) => {
      const random = seededRandom(seed);
      const tasks = Array.from({ length: 30 }, () => {
        const duration = 5 + 95 * random();
        return { options: sessions.map((_, session) => ({ session, duration: duration * (0.5 + 1.5 * random()) })), after: [] };
      });
      const { schedule, bound } = improved({ tasks, sessions }, 9, 1000);
      return schedule.makespan / bound;
    });
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThan(1.1);
  });

  test('never lets a lower band delay a higher one', () => {
    const options = [{ session: 0, duration: 5 }];
    const tasks = Array.from({ length: 12 }, (_, index) => ({ options, after: [], band: index % 3 === 0 ? 9 : 2 }));
    const { problem, schedule } = improved({ tasks, sessions: [{ slots: 1 }] }, 4, 200);
    const urgentEnd = Math.max(...Array.from(schedule.finish, (finish, task) => (problem.band[task] === 9 ? finish : 0)));
    expect(urgentEnd).toBe(20);
  });

  test('plans urgent work as if there were nothing else, and the rest around it', () => {
    fc.assert(
      fc.property(instances, ({ shape, size, seed }) => {
        const input = generatedInput(shape, size, seed);
        const random = seededRandom(seed);
        // Inherited, as the board gives them: nothing waits for what is less urgent than itself.
        const bands = input.tasks.map(() => 1 + Math.floor(10 * random()));
        for (let task = bands.length - 1; task >= 0; task--) {
          for (const before of input.tasks[task]!.after) bands[before] = Math.max(bands[before]!, bands[task]!);
        }
        const banded = { ...input, tasks: input.tasks.map((task, index) => ({ ...task, band: bands[index]! })) };
        const { problem, schedule } = improved(banded, seed, 30);
        expect(errorsOf(input, problem, schedule)).toEqual([]);
        expect(improved(banded, seed, 30).schedule).toEqual(schedule);
        const urgent = Array.from(problem.band.keys()).filter((task) => problem.band[task]! >= 9);
        const alone = seedPlan(partOfProblem(problem, urgent), (plan) => plan.makespan).makespan;
        for (const task of urgent) expect(schedule.finish[task]!).toBeLessThanOrEqual(alone + 1e-9 * alone);
      }),
      { numRuns: 60 },
    );
  });

  test('handles nothing, one task, nobody capable, and a chain of 5,000', () => {
    expect(improved({ tasks: [], sessions: [] }, 1, 10).schedule.makespan).toBe(0);
    const options = [{ session: 0, duration: 2 }];
    expect(improved({ tasks: [{ options, after: [] }], sessions: [{ slots: 1 }] }, 1, 10).schedule.makespan).toBe(2);
    const stuck = improved(
      {
        tasks: [
          { options: [], after: [] },
          { options, after: [0] },
          { options, after: [] },
        ],
        sessions: [{ slots: 1 }],
      },
      1,
      10,
    );
    expect([...stuck.problem.inputTask]).toEqual([2]);
    const chain = Array.from({ length: 5000 }, (_, index) => ({ options, after: index === 0 ? [] : [index - 1] }));
    expect(improved({ tasks: chain, sessions: [{ slots: 1 }] }, 1, 10).schedule.makespan).toBe(10_000);
  });
});

describe('critical moves', () => {
  test('never make a cycle, whatever the precedence', () => {
    fc.assert(
      fc.property(fc.constantFrom<GeneratedShape>('skills', 'machines'), fc.integer(), (shape, seed) => {
        const problem = buildPlanProblem(generatedInput(shape, 40, seed));
        const graph = new DisjunctiveGraph(problem);
        const start = seedPlan(problem, (plan) => plan.makespan);
        const moves = new CriticalMoves(graph);
        graph.load(start);
        const found: { task: number; column: number; previous: number }[] = [];
        for (const task of moves.criticalPath(seededRandom(seed))) moves.visit(task, (move) => found.push({ ...move }));
        for (const { task, column, previous } of found) {
          graph.load(start);
          graph.move(task, column, previous);
          expect(graph.evaluate()).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});
