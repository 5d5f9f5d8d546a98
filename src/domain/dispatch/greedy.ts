/**
 * The policy `greedy` (A15): the most urgent task goes to the capable session with the highest score
 * min(1, 0.5 + 0.3·success_rate + 0.2·score + 0.2·specialty + 0.3·idle).
 */
import { isCapable, performanceScore, type Session, successRate } from '../session/state.ts';
import type { Task } from '../task/state.ts';
import { nextTask } from './next-task.ts';
import type { DispatchPolicy } from './policy.ts';

/** The score of a session for a task. */
export function greedyScore(task: Task, session: Session): number {
  const isSpecialist =
    session.specialties.includes(task.type) ||
    (task.required_capability !== null && session.specialties.includes(task.required_capability));
  const score =
    0.5 +
    0.3 * successRate(session.performance) +
    0.2 * performanceScore(session.performance) +
    (isSpecialist ? 0.2 : 0) +
    (session.held.length === 0 ? 0.3 : 0);
  return Math.min(1, score);
}

/** The policy `greedy`. */
export const greedyPolicy: DispatchPolicy = {
  name: 'greedy',
  choose: (state, free) => {
    const task = nextTask(state, free);
    if (task === null) return null;
    let best: Session | null = null;
    let score = -1;
    for (const session of free) {
      if (!isCapable(session, task.required_capability)) continue;
      const candidate = greedyScore(task, session);
      if (candidate > score) {
        best = session;
        score = candidate;
      }
    }
    return best === null ? null : { task, session: best, score };
  },
};
