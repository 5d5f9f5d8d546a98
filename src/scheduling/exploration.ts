/**
 * A little optimism about sessions that were seldom tried, so that learning does not stop at the first
 * good one: the cost of a pairing is lowered by the uncertainty of what is known. Only where there is
 * slack, never on critical or urgent work, and for at most 5 % of the dispatches. Source: upper
 * confidence bounds (Auer et al. 2002), kept small because posterior means already do well here.
 */

import { type DispatchBoard } from './dispatch-board.ts';
import { type DispatchDecision } from './dispatch-decision.ts';
import { chooseSession } from './session-choice.ts';
import { pairingCost } from './pairing-cost.ts';

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

/** Starts a task on a free session of which little is known, where that may pay and nothing is lost by it; true when it did. */
export function explored(decision: DispatchDecision, task: number): boolean {
  const { board } = decision;
  const { sessions, tasks } = board;
  // Looked at for one dispatch in twenty: most decisions end here.
  if (board.dispatched < board.exploreAt) return false;
  const row = sessions.classes[tasks.taskClass[task]!]!.pool;
  if (row.unsure.size === 0) return false;
  board.exploreAt = board.dispatched + 1 / EXPLORATION_SHARE;
  const known = chooseSession(board, task, sessions.idleOf(tasks.taskClass[task]!));
  const situation = {
    slack: longestWay(board) - tasks.rank[task]!,
    expectedDuration: board.expectedDuration(task, known),
    priority: tasks.inherited[task]!,
    explored: board.explored,
    dispatched: board.dispatched,
  };
  if (!mayExplore(situation)) return false;
  const optimistic = (session: number): number => pairingCost(board, task, session).cost * explorationFactor(row.unsure.get(session) ?? 0);
  let best = known;
  for (const session of row.sessions) {
    if (sessions.freeSlots(session) > 0 && optimistic(session) < optimistic(best)) best = session;
  }
  if (best === known) return false;
  board.explored++;
  decision.start(task, best, 'explore');
  return true;
}

/** The longest way to the end among the tasks that stand first in their classes: who is shorter than that may be late. */
function longestWay({ ready, tasks }: DispatchBoard): number {
  let longest = 0;
  for (const taskClass of ready.classes) longest = Math.max(longest, tasks.rank[ready.headOf(taskClass)]!);
  return longest;
}
