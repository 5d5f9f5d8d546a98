/**
 * The policy `greedy` (A15): the most urgent task goes to the capable session with the highest score
 * of `greedyScore`.
 */
import { greedyScore, type GreedyTerms } from '../../scheduling/greedy-score.ts';
import { isCapable, performanceScore, type Session, successRate } from '../session/state.ts';
import type { Task } from '../task/state.ts';
import { nextTask } from './next-task.ts';
import { type DispatchPolicy, namedCandidates } from './policy.ts';

/** The terms of a session's score for a task; `total` is capped at 1. */
export function greedyTerms(task: Task, session: Session): GreedyTerms {
  const specialist =
    session.specialties.includes(task.type) ||
    (task.required_capability !== null && session.specialties.includes(task.required_capability));
  const { performance, held } = session;
  return greedyScore({ success_rate: successRate(performance), score: performanceScore(performance), specialist, idle: held.length === 0 });
}

/** The policy `greedy`. Of equal sessions the one that asked first gets it. */
export const greedyPolicy: DispatchPolicy = {
  name: 'greedy',
  choose: (state, free) => {
    const task = nextTask(state, free);
    if (task === null) return null;
    const candidates = free
      .filter((session) => isCapable(session, task.required_capability))
      .map((session) => ({ session, terms: greedyTerms(task, session) }))
      .toSorted((a, b) => b.terms.total - a.terms.total);
    const [best] = candidates;
    if (best === undefined) return null;
    const why = { rule: 'greedy', order: { priority: task.priority }, ...namedCandidates(candidates, best.session) };
    return { task, session: best.session, score: best.terms.total, why };
  },
};
