/**
 * Generated instances, for the warm-up of the benchmark and for tests: random precedence with skills,
 * with machines of different speed, or with resources. The same seed gives the same instance.
 */
import { type PlanInput, type PlanTask } from '../../src/scheduling/plan-problem.ts';
import { type RandomSource, seededRandom } from '../../src/scheduling/random.ts';

/** What kind of instance. */
export type GeneratedShape = 'skills' | 'machines' | 'resources' | 'mixed';

/** Makes an instance of about `size` tasks. */
export function generatedInput(shape: GeneratedShape, size: number, seed: number): PlanInput {
  const random = seededRandom(seed);
  if (shape === 'machines') return machines(size, random);
  if (shape === 'skills') return skills(size, random);
  return resources(size, random, shape === 'mixed');
}

function below(random: RandomSource, limit: number): number {
  return Math.floor(random() * limit);
}

/** Up to three earlier tasks. */
function earlier(random: RandomSource, index: number): number[] {
  const count = index === 0 ? 0 : below(random, 4);
  return Array.from({ length: count }, () => Math.max(0, index - 1 - below(random, 20)));
}

function skills(size: number, random: RandomSource): PlanInput {
  const sessions = Array.from({ length: 10 }, () => ({
    slots: 1,
    skills: new Set([below(random, 6), below(random, 6), below(random, 6)]),
  }));
  const tasks = Array.from({ length: size }, (_, index): PlanTask => {
    const skill = below(random, 6);
    const capable = sessions.flatMap((session, at) => (session.skills.has(skill) ? [at] : []));
    const duration = 1 + below(random, 40);
    const chosen = capable.length > 0 ? capable : [below(random, sessions.length)];
    return { options: chosen.map((session) => ({ session, duration })), after: random() < 0.5 ? earlier(random, index) : [] };
  });
  return { tasks, sessions: sessions.map(({ slots }) => ({ slots })) };
}

function machines(size: number, random: RandomSource): PlanInput {
  const count = 8;
  const tasks = Array.from({ length: size }, (_, index): PlanTask => {
    const chosen = new Set(Array.from({ length: 1 + below(random, 4) }, () => below(random, count)));
    return {
      options: [...chosen].map((session) => ({ session, duration: 5 + below(random, 90) })),
      after: index % 8 === 0 ? [] : [index - 1],
    };
  });
  return { tasks, sessions: Array.from({ length: count }, () => ({ slots: 1 })) };
}

function resources(size: number, random: RandomSource, withSessions: boolean): PlanInput {
  const capacities = [8, 10, 12, 14];
  const sessions = withSessions ? Array.from({ length: 6 }, () => ({ slots: 1 + below(random, 3) })) : [{ slots: size }];
  const tasks = Array.from({ length: size }, (_, index): PlanTask => {
    const duration = 1 + below(random, 10);
    return {
      options: sessions.flatMap((_, session) => (random() < 0.6 || session === 0 ? [{ session, duration }] : [])),
      after: earlier(random, index),
      demands: capacities.flatMap((_, resource) => (random() < 0.5 ? [{ resource, amount: 1 + below(random, 6) }] : [])),
    };
  });
  return { tasks, sessions, capacities };
}
