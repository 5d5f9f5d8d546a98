/**
 * The policy `greedy`: tasks by priority, each on the capable idle session with the highest
 * min(1, 0.5 + 0.3·success_rate + 0.2·score + 0.2·specialty + 0.3·idle). Row A15, kept for comparison.
 */
import { type Assignment, DispatchDecision } from './dispatch-decision.ts';
import { type DispatchBoard } from './dispatch-board.ts';

/** The terms of the greedy score; `total` is capped at 1. */
export interface GreedyScore {
  readonly base: number;
  readonly success_rate: number;
  readonly score: number;
  readonly specialty: number;
  readonly idle: number;
  readonly total: number;
}

/** The score of a session for a task. `idle` is the free part of its slots; a session that was never rated counts as 1. */
export function greedyScore(board: DispatchBoard, task: number, session: number): GreedyScore {
  const row = board.sessions.session(session);
  const { kind } = board.sessions.classes[board.tasks.taskClass[task]!]!.spec;
  const terms = {
    base: 0.5,
    success_rate: 0.3 * (row.spec.successRate ?? 1),
    score: 0.2 * (row.spec.score ?? 1),
    specialty: kind !== undefined && row.specialties.has(kind) ? 0.2 : 0,
    idle: 0.3 * (row.spec.slots === 0 ? 0 : board.sessions.freeSlots(session) / row.spec.slots),
  };
  const total = Math.min(1, terms.base + terms.success_rate + terms.score + terms.specialty + terms.idle);
  return { ...terms, total };
}

/** What to start now; the board (in order `priority`) is left as it was. */
export function greedyPolicy(board: DispatchBoard): Assignment[] {
  const decision = new DispatchDecision(board);
  for (let task = decision.nextTask(); task >= 0; task = decision.nextTask()) {
    let best = -1;
    let bestScore = 0;
    for (const session of board.sessions.classes[board.tasks.taskClass[task]!]!.sessions) {
      if (board.sessions.freeSlots(session) === 0) continue;
      const { total } = greedyScore(board, task, session);
      if (best < 0 || total > bestScore || (total === bestScore && session < best)) {
        best = session;
        bestScore = total;
      }
    }
    decision.start(task, best, 'greedy');
  }
  return decision.close();
}
