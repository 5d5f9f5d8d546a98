/**
 * Why a task goes where it goes: every session with the numbers that decided, best first, and for a
 * session that is out of the question the reason. Computed on demand from the same functions that
 * the policies use, so that the explanation is the decision.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import { dispatchKey } from './dispatch-decision.ts';
import { fairSharePenalty } from './fair-share.ts';
import { greedyScore } from './greedy-policy.ts';
import { pairingCost } from './pairing-cost.ts';
import { TASK_STATE } from './task-table.ts';

/** Why a session cannot take a task now. */
export type CandidateObstacle = 'not_capable' | 'closed' | 'no_free_slot';

/** A session with its terms; numbers in the board's unit where they are times. */
export interface ExplainedCandidate {
  readonly session: number;
  readonly obstacle?: CandidateObstacle;
  readonly terms: Readonly<Record<string, number>>;
}

/** A task's place in the order and its candidates, the best first. */
export interface AssignmentExplanation {
  readonly task: number;
  /** own and inherited priority, band after ageing, fair share, rank, bottleneck, key: what orders tasks. */
  readonly order: Readonly<Record<string, number>>;
  /** Indices of resources that are too full for the task now. */
  readonly short_of: readonly number[];
  readonly planned_session: number | undefined;
  readonly planned_start: number | undefined;
  readonly candidates: readonly ExplainedCandidate[];
}

/** Explains a task that is on the board. */
export function explainAssignment(board: DispatchBoard, task: number, policy: 'greedy' | 'optimal' | 'fifo'): AssignmentExplanation {
  const { tasks, sessions } = board;
  const row = sessions.classes[tasks.taskClass[task]!]!;
  const candidates = sessions.sessions.flatMap((session, index) =>
    session === undefined ? [] : [explainCandidate(board, task, index, policy)],
  );
  candidates.sort(
    (a, b) => Number(a.obstacle !== undefined) - Number(b.obstacle !== undefined) || compareTerms(a, b, policy) || a.session - b.session,
  );
  const step = board.plan.find((planned) => planned.task === task);
  return {
    task,
    order: orderTerms(board, task),
    short_of: row.demands.flatMap(({ resource, amount }) =>
      board.inUse[resource]! + amount > (board.capacities[resource] ?? 0) ? [resource] : [],
    ),
    planned_session: step?.session,
    planned_start: step?.start,
    candidates,
  };
}

/** What orders a task among the others: own and inherited priority, rank, bottleneck, fair share; band and key while it is ready. */
export function orderTerms(board: DispatchBoard, task: number): Record<string, number> {
  const { tasks, sessions, ready } = board;
  const taskClass = tasks.taskClass[task]!;
  const terms: Record<string, number> = {
    priority: tasks.priority[task]!,
    inherited: tasks.inherited[task]!,
    rank: tasks.rank[task]!,
    bottleneck: sessions.bottleneck(taskClass),
    fair_share: -fairSharePenalty(board, sessions.classes[taskClass]!.group),
  };
  return tasks.state[task] === TASK_STATE.ready ? { ...terms, band: ready.bandOf(task), key: dispatchKey(board, task) } : terms;
}

function explainCandidate(board: DispatchBoard, task: number, session: number, policy: 'greedy' | 'optimal' | 'fifo'): ExplainedCandidate {
  const { sessions, tasks } = board;
  if (!sessions.classes[tasks.taskClass[task]!]!.factor.has(session)) return { session, obstacle: 'not_capable', terms: {} };
  const terms: Record<string, number> =
    policy === 'greedy'
      ? { ...greedyScore(board, task, session) }
      : { ...pairingCost(board, task, session), contention: sessions.contention(session) };
  if (!sessions.session(session).open) return { session, obstacle: 'closed', terms };
  return sessions.freeSlots(session) === 0 ? { session, obstacle: 'no_free_slot', terms } : { session, terms };
}

/** The comparison of the policy: greedy by the highest total, the others by the lowest cost, then contention. */
function compareTerms(a: ExplainedCandidate, b: ExplainedCandidate, policy: 'greedy' | 'optimal' | 'fifo'): number {
  if (policy === 'fifo') return 0;
  if (policy === 'greedy') return (b.terms['total'] ?? 0) - (a.terms['total'] ?? 0);
  return (a.terms['cost'] ?? 0) - (b.terms['cost'] ?? 0) || (a.terms['contention'] ?? 0) - (b.terms['contention'] ?? 0);
}
