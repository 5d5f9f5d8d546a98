/**
 * The policy `greedy` (A15): the most urgent task goes to the capable session with the highest score
 * min(1, 0.5 + 0.3·success_rate + 0.2·score + 0.2·specialty + 0.3·idle).
 */
import { isCapable, performanceScore, type Session, successRate } from '../session/state.ts';
import type { Task } from '../task/state.ts';
import { nextTask } from './next-task.ts';
import { type DispatchPolicy, namedCandidates } from './policy.ts';

/** The terms of a session's score for a task; `total` is capped at 1. */
export function greedyTerms(task: Task, session: Session): Record<'success_rate' | 'score' | 'specialty' | 'idle' | 'total', number> {
  const isSpecialist =
    session.specialties.includes(task.type) ||
    (task.required_capability !== null && session.specialties.includes(task.required_capability));
  const terms = {
    success_rate: 0.3 * successRate(session.performance),
    score: 0.2 * performanceScore(session.performance),
    specialty: isSpecialist ? 0.2 : 0,
    idle: session.held.length === 0 ? 0.3 : 0,
  };
  return { ...terms, total: Math.min(1, 0.5 + terms.success_rate + terms.score + terms.specialty + terms.idle) };
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
