import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildPlanProblem } from './plan-problem.ts';
import { seededRandom } from './random.ts';
import { ResourceProfile } from './resource-profile.ts';

interface Taken {
  readonly start: number;
  readonly end: number;
  readonly amounts: readonly number[];
}

interface Asked {
  readonly amounts: readonly number[];
  readonly from: number;
  readonly duration: number;
}

/** The earliest start by looking at every end, without any list of breakpoints. */
function firstFit(taken: readonly Taken[], capacities: readonly number[], asked: Asked): number {
  const { amounts, from, duration } = asked;
  const fits = (start: number): boolean => {
    const at = [start, ...taken.map((other) => other.start).filter((time) => time > start && time < start + duration)];
    return at.every((time) => {
      const running = taken.filter((other) => other.start <= time && other.end > time);
      return capacities.every((capacity, r) => running.reduce((sum, other) => sum + other.amounts[r]!, amounts[r]!) <= capacity);
    });
  };
  const starts = [from, ...taken.map(({ end }) => end).filter((end) => end > from)];
  return starts.toSorted((a, b) => a - b).find(fits)!;
}

// From 400 tasks on searches pass chunks of breakpoints: both ways must give what there is.
test.each([100, 400])('F1: a profile of %i tasks gives the earliest time at which everything fits', (tasks) => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, isHeld) => {
      const random = seededRandom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const capacities = [6, 9];
      const asked = Array.from({ length: tasks }, () => [below(5), below(7)] as const);
      const problem = buildPlanProblem({
        tasks: asked.map((amounts) => ({
          options: [{ session: 0, duration: 1 }],
          after: [],
          demands: amounts.map((amount, resource) => ({ resource, amount })),
        })),
        sessions: [{ slots: tasks }],
        capacities,
        held: isHeld ? [{ resource: 1, amount: 5, until: 40 }] : [],
      });
      const profile = new ResourceProfile(problem);
      profile.reset();
      const taken: Taken[] = isHeld ? [{ start: 0, end: 40, amounts: [0, 5] }] : [];
      for (let task = 0; task < 100; task++) {
        const from = below(4) === 0 ? below(150) : 0;
        const duration = 1 + below(12);
        const amounts = asked[task]!;
        const start = profile.earliest(task, from, duration, 0);
        expect(start).toBe(amounts.some((amount) => amount > 0) ? firstFit(taken, capacities, { amounts, from, duration }) : from);
        profile.reserve(task, start, duration, profile.found);
        taken.push({ start, end: start + duration, amounts });
      }
    }),
    { numRuns: 6 },
  );
});
