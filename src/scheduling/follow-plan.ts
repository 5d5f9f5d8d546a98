/**
 * Follows a plan at dispatch. A planned task starts on its session at its time, or earlier when
 * nothing that was planned before it is still waiting. A slot whose next task is not ready idles on
 * purpose for it, at most as long as that task is expected to take. Binding is late: a task that is
 * overdue by a quarter of its duration may go to any idle session by the list rule.
 * Invariant: within a decision every slot is started on, reserved, or left to the list rule.
 */
import { type Decision } from './decision.ts';
import { type DispatchBoard } from './dispatch-board.ts';
import { TASK_STATE } from './task-table.ts';

/** One task of a plan: where and when it should start (the board's unit). */
export interface PlannedStart {
  readonly task: number;
  readonly session: number;
  readonly start: number;
}

/** Part of its duration by which a task may be late before its session is no longer kept for it. */
const OVERDUE = 0.25;

/** Lays a plan over the board in place of any earlier one; with an empty list there is no plan. */
export function layPlan(board: DispatchBoard, plan: readonly PlannedStart[]): void {
  const { tasks } = board;
  for (const step of board.plan) tasks.planStart[step.task] = Number.NaN;
  board.plan = plan.filter(({ task }) => tasks.state[task] !== TASK_STATE.running && tasks.state[task] !== TASK_STATE.gone);
  board.plan.sort((a, b) => a.start - b.start || tasks.sequence[a.task]! - tasks.sequence[b.task]!);
  for (const step of board.plan) tasks.planStart[step.task] = step.start;
}

/** Starts what the plan says starts now and reserves what it keeps; gives the ready tasks that must wait for their planned turn. */
export function followPlan(decision: Decision, now: number): number[] {
  const { board } = decision;
  const { tasks, sessions } = board;
  const instant = now + 1e-9 * Math.abs(now);
  const kept: number[] = [];
  /** Per session the planned start of the first step that waits there: later steps may only fill the time before it. */
  const waitingUntil = new Map<number, number>();
  dropDone(board);
  let blocked = false;
  for (const { task, session, start } of board.plan) {
    const duration = board.expectedDuration(task, session);
    const startable =
      tasks.state[task] === TASK_STATE.ready &&
      (start <= instant || (!blocked && now + duration <= (waitingUntil.get(session) ?? Number.POSITIVE_INFINITY))) &&
      sessions.freeSlots(session) > 0 &&
      board.resourcesFit(tasks.taskClass[task]!);
    if (startable) {
      decision.start(task, session, 'plan');
      continue;
    }
    // What holds resources back must not be overtaken early by what was planned behind it.
    if (board.capacities.length > 0) blocked = true;
    const overdue = now - start > OVERDUE * duration;
    if (!overdue && !waitingUntil.has(session)) waitingUntil.set(session, start);
    if (!overdue && start - now <= duration && sessions.freeSlots(session) > 0) decision.reserve(session);
    if (tasks.state[task] === TASK_STATE.ready && !overdue) kept.push(task);
  }
  return kept;
}

/** Forgets steps whose task is running or gone, or whose session left or was closed. */
function dropDone(board: DispatchBoard): void {
  const { tasks, sessions } = board;
  board.plan = board.plan.filter(({ task, session, start }) => {
    const state = tasks.state[task];
    if (state === TASK_STATE.running || state === TASK_STATE.gone || tasks.planStart[task] !== start) return false;
    if (sessions.sessions[session]?.open === true) return true;
    tasks.planStart[task] = Number.NaN;
    return false;
  });
}
