/**
 * A little optimism about sessions that were seldom tried, so that learning does not stop at the first
 * good one: the cost of a pairing is lowered by the uncertainty of what is known. Only where there is
 * slack, never on critical or urgent work, and for at most 5 % of the dispatches. Source: upper
 * confidence bounds (Auer et al. 2002), kept small because posterior means already do well here.
 */

/** Standard deviations of optimism. */
const OPTIMISM = 0.3;

/** Largest part of the dispatches that may explore. */
const EXPLORATION_SHARE = 0.05;

/** What decides whether a dispatch may explore. */
export interface ExplorationSituation {
  /** Time by which the task may be late without moving the end of the plan. */
  readonly slack: number;
  readonly expectedDuration: number;
  readonly priority: number;
  readonly explored: number;
  readonly dispatched: number;
}

/** True when the task has slack for its whole duration, is not urgent, and the share is not used up. */
export function mayExplore(situation: ExplorationSituation): boolean {
  return (
    situation.slack >= situation.expectedDuration &&
    situation.priority < 9 &&
    situation.explored + 1 <= EXPLORATION_SHARE * (situation.dispatched + 1)
  );
}

/** The factor on a pairing's cost: exp(-c · standard deviation of the mean log ratio), 1 when all is known. */
export function explorationFactor(meanVariance: number, optimism = OPTIMISM): number {
  return Math.exp(-optimism * Math.sqrt(meanVariance));
}
