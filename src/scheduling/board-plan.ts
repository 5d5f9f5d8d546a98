/**
 * From the board to a planning problem and back: what runs is where sessions become free and what
 * resources are held, what is unfinished is to be planned. The way from the board to the improver
 * and of its result to the dispatcher.
 */
import { type DispatchBoard } from './dispatch-board.ts';
import type { PlannedStart } from './planned-start.ts';
import { buildPlanProblem, type PlanInput, type PlanOption, type PlanProblem, type PlanTask } from './plan-problem.ts';
import { type Schedule } from './schedule.ts';
import { expectedRemaining } from './straggler.ts';
import { TASK_STATE } from './task-table.ts';

/** A problem made from a board, and the board's indices of its tasks and sessions. */
export interface BoardProblem {
  readonly problem: PlanProblem;
  readonly taskOf: readonly number[];
  readonly sessionOf: readonly number[];
  readonly now: number;
}

/** What to plan: at most `limit` tasks (ready ones first, then their followers), with priority bands or without. */
export interface BoardPlanOptions {
  readonly limit: number;
  readonly bands: boolean;
  /** Standard deviation of ln(actual ÷ expected duration) of a task; without it durations are taken to be as expected. */
  readonly spread?: (task: number) => number;
  /** Which sessions are planned for; without it, the open ones. */
  readonly takesPart?: (session: number) => boolean;
}

/** Reads the board as a problem whose time 0 is `now`. */
export function boardProblem(board: DispatchBoard, now: number, options: BoardPlanOptions): BoardProblem {
  const { tasks, sessions } = board;
  const chosen = chooseTasks(board, options.limit);
  const position = new Map(chosen.map((task, index) => [task, index]));
  const takesPart = options.takesPart ?? ((session: number) => sessions.session(session).open);
  const sessionOf = sessions.sessions.flatMap((row, index) => (row !== undefined && takesPart(index) ? [index] : []));
  const sessionPosition = new Map(sessionOf.map((session, index) => [session, index]));
  const remaining = (task: number): number => remainingTime(board, task, now, options.spread?.(task) ?? 0);
  const held: NonNullable<PlanInput['held']>[number][] = [];
  for (let task = 0; task < tasks.size; task++) {
    if (tasks.state[task] !== TASK_STATE.running) continue;
    for (const demand of sessions.classes[tasks.taskClass[task]!]!.demands) held.push({ ...demand, until: remaining(task) });
  }
  const capableOf = new Map<number, readonly number[]>();
  const planTasks = chosen.map((task): PlanTask => {
    const row = sessions.classes[tasks.taskClass[task]!]!;
    const capable = capableOf.get(tasks.taskClass[task]!) ?? row.pool.sessions.filter((session) => sessionPosition.has(session));
    capableOf.set(tasks.taskClass[task]!, capable);
    let release = 0;
    const after: number[] = [];
    for (const before of tasks.predecessors[task]!) {
      const index = position.get(before);
      if (index !== undefined) after.push(index);
      else if (tasks.state[before] === TASK_STATE.running) release = Math.max(release, remaining(before));
    }
    return {
      options: capable.map((session): PlanOption => ({
        session: sessionPosition.get(session)!,
        duration: board.expectedDuration(task, session),
      })),
      after,
      demands: row.demands,
      release,
      band: options.bands ? tasks.inherited[task]! : 0,
    };
  });
  const planSessions = sessionOf.map((session) => {
    const row = sessions.session(session);
    return { slots: row.spec.slots, freeAt: [...row.running].map(remaining) };
  });
  return {
    problem: buildPlanProblem({ tasks: planTasks, sessions: planSessions, capacities: board.capacities, held }),
    taskOf: chosen,
    sessionOf,
    now,
  };
}

/** How long a running task is expected to go on: one that has overrun does not end now, but the later the longer it has run. */
function remainingTime(board: DispatchBoard, task: number, now: number, spread: number): number {
  const { tasks } = board;
  const expected = board.expectedDuration(task, tasks.session.get(task)!);
  const left = tasks.expectedEnd.get(task)! - now;
  if (spread <= 0 || expected <= 0) return Math.max(0, left);
  return expectedRemaining(expected - left, Math.log(expected) - (spread * spread) / 2, spread);
}

/** The starts of a schedule in the board's indices and time, for `layPlan`. */
export function plannedStarts(made: BoardProblem, schedule: Pick<Schedule, 'start' | 'column'>): PlannedStart[] {
  const { problem, taskOf, sessionOf, now } = made;
  return Array.from({ length: problem.tasks }, (_, index) => ({
    task: taskOf[problem.inputTask[index]!]!,
    session: sessionOf[problem.columnSession[schedule.column[index]!]!]!,
    start: now + schedule.start[index]!,
  }));
}

/** The keys of a plan laid over the board, as an incumbent for the improver; undefined without a plan. */
export function incumbentKeys(board: DispatchBoard, made: BoardProblem): Float64Array | undefined {
  if (board.plan.length === 0) return undefined;
  return Float64Array.from({ length: made.problem.tasks }, (_, index) => {
    const start = board.tasks.planStart.get(made.taskOf[made.problem.inputTask[index]!]!);
    return start === undefined ? Number.MAX_VALUE : start - made.now;
  });
}

/** Ready tasks by rank, then those that only wait for chosen or running ones. A task is chosen after all its predecessors that are not running. */
function chooseTasks(board: DispatchBoard, limit: number): number[] {
  const { tasks } = board;
  const waiting = new Map<number, number>();
  const chosen: number[] = [];
  for (let task = 0; task < tasks.size; task++) if (tasks.state[task] === TASK_STATE.ready) chosen.push(task);
  chosen.sort(
    (a, b) => tasks.inherited[b]! - tasks.inherited[a]! || tasks.rank[b]! - tasks.rank[a]! || tasks.sequence[a]! - tasks.sequence[b]!,
  );
  chosen.length = Math.min(chosen.length, limit);
  const release = (task: number): void => {
    for (const next of tasks.successors[task]!) {
      const left = (waiting.get(next) ?? tasks.waiting[next]!) - 1;
      waiting.set(next, left);
      if (left === 0 && tasks.state[next] === TASK_STATE.waiting && chosen.length < limit) chosen.push(next);
    }
  };
  for (let task = 0; task < tasks.size; task++) if (tasks.state[task] === TASK_STATE.running) release(task);
  for (let head = 0; head < chosen.length; head++) release(chosen[head]!);
  return chosen;
}
