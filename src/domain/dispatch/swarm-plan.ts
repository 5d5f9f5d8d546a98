/**
 * Plans for a swarm's board. A plan is a hint beside the state: what is given out by it is recorded like everything else,
 * so replay needs none. One is made only where it is known to pay: few tasks, no groups to be fair to, and durations that
 * are known well; where they are not, the list rule loses less than a plan that goes stale.
 * Invariant: a step is laid only for the task and the session that it was made for.
 */
import { boardProblem, type BoardProblem, incumbentKeys, plannedStarts } from '../../scheduling/board-plan.ts';
import { layPlan } from '../../scheduling/follow-plan.ts';
import type { PlanProblem } from '../../scheduling/plan-problem.ts';
import type { Schedule } from '../../scheduling/schedule.ts';
import { spreadOf } from '../learning/estimate.ts';
import { kindOf } from '../learning/task-kind.ts';
import type { Session } from '../session/state.ts';
import { slotsToGive } from '../session/slots-to-give.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import type { SwarmBoard } from './swarm-board.ts';

/** Unfinished tasks, rows, and pairs of task and session up to which a plan is made: reading the board takes a few ms then. */
const TASKS_AT_MOST = 400;
const ROWS_AT_MOST = 10_000;
const PAIRS_AT_MOST = 20_000;
/** Ended attempts, and variance of ln(actual ÷ expected), from which the durations of a kind are known well enough. */
const ATTEMPTS_KNOWN = 8;
const SPREAD_KNOWN = 0.1;

/** What is to be planned, and for whom. */
export interface SwarmPlan {
  readonly problem: PlanProblem;
  /** Starts of the plan that is laid now, as keys. */
  readonly incumbent: Float64Array | null;
  readonly board: SwarmBoard;
  readonly made: BoardProblem;
  readonly tasks: readonly Task[];
  readonly sessions: readonly Session[];
}

/** Reads the board for planning; null where a plan does not pay. */
export function preparePlan(swarm: SwarmBoard, state: SwarmState, now: number): SwarmPlan | null {
  const { tasks, sessions, shares } = swarm.board;
  const toPlan = tasks.count - shares.running;
  const members = state.session_counts.idle + state.session_counts.busy;
  if (toPlan < 2 || tasks.count > TASKS_AT_MOST || tasks.size > ROWS_AT_MOST || members < 2) return null;
  if (tasks.count * members > PAIRS_AT_MOST || shares.busy > 1) return null;
  for (const { work, spec } of sessions.classes) if (work > 0 && !isKnown(state, spec.kind ?? '')) return null;
  const takesPart = (index: number): boolean => isAvailable(swarm.sessionAt(index), now);
  const spread = (row: number): number => spreadOfKind(state, kindOf(swarm.taskAt(row)));
  const made = boardProblem(swarm.board, now, { limit: TASKS_AT_MOST, bands: true, takesPart, spread });
  if (made.problem.tasks < 2) return null;
  return {
    problem: made.problem,
    incumbent: incumbentKeys(swarm.board, made) ?? null,
    board: swarm,
    made,
    tasks: made.taskOf.map((row) => swarm.taskAt(row)),
    sessions: made.sessionOf.map((index) => swarm.sessionAt(index)),
  };
}

/** Lays what came out over the board, without the steps of tasks and sessions that are no longer there. */
export function adoptPlan({ board: swarm, made, tasks, sessions }: SwarmPlan, schedule: Pick<Schedule, 'start' | 'column'>): void {
  const taskOf = new Map(made.taskOf.map((row, position) => [row, tasks[position]]));
  const sessionOf = new Map(made.sessionOf.map((index, position) => [index, sessions[position]]));
  const steps = plannedStarts(made, schedule).filter(({ task: row, session: index }) => {
    const task = taskOf.get(row);
    const session = sessionOf.get(index);
    return task !== undefined && session !== undefined && swarm.rowOf(task) === row && swarm.indexOf(session) === index;
  });
  layPlan(swarm.board, steps);
}

function isKnown(state: SwarmState, kind: string): boolean {
  const known = state.kinds.get(kind);
  return known !== undefined && known.count >= ATTEMPTS_KNOWN && spreadOf(known.durations) <= SPREAD_KNOWN;
}

/** Standard deviation of ln(actual ÷ expected) within a kind; 0 where nothing is known of it. */
function spreadOfKind(state: SwarmState, kind: string): number {
  const known = state.kinds.get(kind);
  return known === undefined ? 0 : Math.sqrt(spreadOf(known.durations));
}

/** Busy or idle, but there, and not kept from work. */
function isAvailable(session: Session, now: number): boolean {
  return !session.offline && (session.held.length > 0 || slotsToGive(session, now) > 0);
}
