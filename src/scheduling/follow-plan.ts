/**
 * Follows a plan at dispatch. A planned task starts on its session at its time, or earlier when
 * nothing that was planned before it is still waiting. A slot whose next task is not ready idles on
 * purpose for it, at most as long as that task is expected to take. Binding is late: an overdue task
 * may go to any idle session by the list rule, and a task whose session is still busy to an idle one
 * that is as fast, if it ends there before that one's next planned start.
 * Invariant: within a decision every slot is started on, reserved, or left to the list rule.
 */
import { type DispatchDecision } from './dispatch-decision.ts';
import { type DispatchBoard } from './dispatch-board.ts';
import type { PlannedStart } from './planned-start.ts';
import { isEligible } from './setbacks.ts';
import { TASK_STATE } from './task-table.ts';

/** Lays a plan over the board in place of any earlier one; with an empty list there is no plan. */
export function layPlan(board: DispatchBoard, plan: readonly PlannedStart[]): void {
  const { tasks } = board;
  for (const step of board.plan) tasks.planStart.delete(step.task);
  board.plan = plan.filter(({ task }) => tasks.state[task] !== TASK_STATE.running && tasks.state[task] !== TASK_STATE.gone);
  board.plan.sort((a, b) => a.start - b.start || tasks.sequence[a.task]! - tasks.sequence[b.task]!);
  for (const step of board.plan) tasks.planStart.set(step.task, step.start);
}

/** Starts what the plan says starts now and reserves what it keeps; gives the ready tasks that must wait for their planned turn. */
export function followPlan(decision: DispatchDecision, now: number): number[] {
  const { board } = decision;
  const { tasks, sessions } = board;
  const instant = now + 1e-9 * Math.abs(now);
  const late = now - 1e-9 * Math.abs(now);
  const kept: PlannedStart[] = [];
  /** Per session the planned start of the first step that waits there: later steps may only fill the time before it. */
  const waitingUntil = new Map<number, number>();
  let blocked = false;
  let done = 0;
  /** Ready tasks that were not met yet, or are left to the list rule; and how long a kept one takes that may go elsewhere. */
  let open = board.ready.size;
  let longest = 0;
  for (const step of board.plan) {
    const { task, session, start } = step;
    if (isDone(board, step)) {
      done++;
      continue;
    }
    const isReady = tasks.state[task] === TASK_STATE.ready;
    const isFree = sessions.freeSlots(session) > 0;
    const duration = isFree ? board.expectedDuration(task, session) : Number.POSITIVE_INFINITY;
    const startable =
      isReady &&
      isFree &&
      (start <= instant || (!blocked && now + duration <= (waitingUntil.get(session) ?? Number.POSITIVE_INFINITY))) &&
      isEligible(board, task, session, now) &&
      board.resourcesFit(tasks.taskClass[task]!);
    if (startable) {
      open--;
      decision.start(task, session, 'plan');
      continue;
    }
    // What holds resources back must not be overtaken early by what was planned behind it.
    if (board.capacities.length > 0) blocked = true;
    if (start < late) continue;
    if (!waitingUntil.has(session)) waitingUntil.set(session, start);
    board.reconsiderAt = Math.min(board.reconsiderAt, start);
    if (isFree && start - now <= duration) decision.reserve(session);
    if (isReady) {
      open--;
      kept.push(step);
      if (sessions.classes[tasks.taskClass[task]!]!.demands.length === 0)
        longest = Math.max(longest, board.expectedDuration(task, session));
    }
    // Later steps begin later and find no slot, or nobody who asks: nothing that follows changes what is decided.
    if (sessions.idle.size === 0 || (open === 0 && start - now >= longest)) break;
  }
  if (2 * done > board.plan.length) board.plan = board.plan.filter((step) => !isDone(board, step));
  return kept.flatMap((step) => (bindElsewhere(decision, step, now, waitingUntil) ? [] : [step.task]));
}

/** Starts a ready task early on an idle session that is no slower than the planned one and has the time; tasks with demands keep their turn. */
function bindElsewhere(decision: DispatchDecision, planned: PlannedStart, now: number, waitingUntil: ReadonlyMap<number, number>): boolean {
  const { board } = decision;
  const { task } = planned;
  const { demands, pool } = board.sessions.classes[board.tasks.taskClass[task]!]!;
  if (demands.length > 0 || pool.idleSlots <= 0) return false;
  const most = board.expectedDuration(task, planned.session);
  for (const session of pool.sessions) {
    const duration = board.expectedDuration(task, session);
    if (board.sessions.freeSlots(session) === 0 || duration > most || !isEligible(board, task, session, now)) continue;
    if (now + duration > (waitingUntil.get(session) ?? Number.POSITIVE_INFINITY)) continue;
    decision.start(task, session, 'plan');
    return true;
  }
  return false;
}

/** True when a step is of no use any more: its task is running or gone, or its session left. One that is closed may only be busy. */
function isDone({ tasks, sessions }: DispatchBoard, { task, session, start }: PlannedStart): boolean {
  const state = tasks.state[task];
  if (state === TASK_STATE.running || state === TASK_STATE.gone || tasks.planStart.get(task) !== start) return true;
  if (sessions.sessions[session] !== undefined) return false;
  tasks.planStart.delete(task);
  return true;
}
