/**
 * The score of the policy `greedy` (A15): min(1, 0.5 + 0.3·success_rate + 0.2·score + 0.2·specialty + 0.3·idle).
 */

/** What the score looks at: two numbers from 0 to 1, whether the session is a specialist, and whether it does nothing else. */
export interface GreedyInput {
  readonly success_rate: number;
  readonly score: number;
  readonly specialist: boolean;
  readonly idle: boolean;
}

/** The terms of the score; `total` is capped at 1. */
export type GreedyTerms = Readonly<Record<'success_rate' | 'score' | 'specialty' | 'idle' | 'total', number>>;

const BASE = 0.5;

/** Scores a session for a task. */
export function greedyScore({ success_rate, score, specialist, idle }: GreedyInput): GreedyTerms {
  const terms = { success_rate: 0.3 * success_rate, score: 0.2 * score, specialty: specialist ? 0.2 : 0, idle: idle ? 0.3 : 0 };
  return { ...terms, total: Math.min(1, BASE + terms.success_rate + terms.score + terms.specialty + terms.idle) };
}
