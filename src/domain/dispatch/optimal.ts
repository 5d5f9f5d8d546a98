/**
 * The policy `optimal` on a swarm's board: its assignments as choices, with the numbers that decided.
 */
import type { Assignment } from '../../scheduling/dispatch-decision.ts';
import { orderTerms } from '../../scheduling/order-terms.ts';
import { leastCost, pairingCost } from '../../scheduling/pairing-cost.ts';
import type { Session } from '../session/state.ts';
import { type Choice, NAMED, namedCandidates, roundedTerms } from './policy.ts';
import type { SwarmBoard } from './swarm-board.ts';

/** Candidates are compared one by one up to so many open sessions; beyond, only the chosen one is named. */
const COMPARED = 64;

/** What starts now on the sessions that are open. */
export function chooseOptimal(swarm: SwarmBoard, now: number): readonly Choice[] {
  return swarm.decide(now).map((assignment) => choiceOf(swarm, assignment));
}

function choiceOf(swarm: SwarmBoard, { task: row, session: index, rule }: Assignment): Choice {
  const session = swarm.sessionAt(index);
  const { best, count } = candidatesOf(swarm, row, index);
  return {
    task: swarm.taskAt(row),
    session,
    score: scoreOf(swarm, row, index),
    why: { rule, order: roundedTerms(orderOf(swarm, row)), ...namedCandidates(best, session, count) },
  };
}

/** What orders a task among the others; times in seconds. */
export function orderOf({ board }: SwarmBoard, row: number): Record<string, number> {
  const { priority = 0, inherited = 0, band = 0, fair_share = 0, group_ahead, rank = 0, bottleneck = 0 } = orderTerms(board, row);
  const turn = group_ahead === undefined ? {} : { group_ahead_seconds: group_ahead / 1000 };
  return { priority, inherited, band, fair_share, ...turn, rank_seconds: rank / 1000, bottleneck_seconds: bottleneck / 1000 };
}

/** What a task would cost at a session; times in seconds. */
export function pairTerms({ board }: SwarmBoard, row: number, index: number): Record<string, number> {
  const { expected_duration, success, cost } = pairingCost(board, row, index);
  const contention = board.sessions.contention(index);
  const terms = { expected_seconds: expected_duration / 1000, success, cost_seconds: cost / 1000, contention_seconds: contention / 1000 };
  return board.setbacks.until(row, index) === undefined ? terms : { ...terms, set_back: 1 };
}

/** The open sessions that could do it: how many there are, and the cheapest with the chosen one, cheapest first. */
function candidatesOf(
  swarm: SwarmBoard,
  row: number,
  chosen: number,
): { best: { session: Session; terms: Record<string, number> }[]; count: number } {
  const { factor } = poolOf(swarm, row);
  const compared = swarm.openSessions.length <= COMPARED ? swarm.openSessions : [chosen];
  const named: { readonly index: number; readonly cost: number }[] = [];
  let count = 0;
  for (const index of compared) {
    if (!factor.has(index) || swarm.board.sessions.freeSlots(index) <= 0) continue;
    count++;
    const { cost } = pairingCost(swarm.board, row, index);
    let place = named.length;
    while (place > 0 && (named[place - 1]?.cost ?? 0) > cost) place--;
    if (place >= NAMED && index !== chosen) continue;
    named.splice(place, 0, { index, cost });
    // Of the others no more than are named; the chosen one stays wherever it stands.
    if (named.length > NAMED + 1) named.splice(named.at(-1)?.index === chosen ? -2 : -1, 1);
  }
  return { best: named.map(({ index }) => ({ session: swarm.sessionAt(index), terms: pairTerms(swarm, row, index) })), count };
}

/** The cost at the best session there is, busy or not, over the cost here: 1 is as good as it gets. */
function scoreOf(swarm: SwarmBoard, row: number, index: number): number {
  if (poolOf(swarm, row).uniform) return 1;
  return Number(Math.min(1, leastCost(swarm.board, row) / pairingCost(swarm.board, row, index).cost).toPrecision(4));
}

function poolOf({ board }: SwarmBoard, row: number): SwarmBoard['board']['sessions']['pools'][number] {
  const found = board.sessions.classes[board.tasks.taskClass[row] ?? 0];
  if (found === undefined) throw new RangeError(`row ${row} has no class`);
  return found.pool;
}
