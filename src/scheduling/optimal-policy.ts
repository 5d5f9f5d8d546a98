/**
 * The policy `optimal`: a plan where there is one, else tasks by aged inherited priority and upward
 * rank, each on its best session. Where several tasks meet several idle sessions of different speed,
 * the pairs are chosen together by matching. Never waits for a plan.
 */
import { TOP_BAND } from './ageing.ts';
import { type Assignment, DispatchDecision } from './dispatch-decision.ts';
import { type DispatchBoard } from './dispatch-board.ts';
import { explored } from './exploration.ts';
import { followPlan } from './follow-plan.ts';
import { keepForUrgent } from './keep-for-urgent.ts';
import { matchRows } from './hungarian.ts';
import { leastCost, pairingCost } from './pairing-cost.ts';
import { eligibleSessions } from './setbacks.ts';
import { chooseSession, worthWaitingUntil } from './session-choice.ts';
import { URGENT_BAND } from './task-table.ts';

/** Largest matching: rows and slot columns. */
const MATCHING_LIMIT = 64;

/** Tasks that one decision may leave waiting for a faster session. With 8 slow sessions were idle more, and single long tasks went to them all the same. */
const MOST_WAITS = 4;

/** What to start now; the board is left as it was but for tasks that aged or are kept waiting. */
export function optimalPolicy(board: DispatchBoard, now: number): Assignment[] {
  board.ready.promote(now);
  board.tasks.settle(1000);
  board.reconsiderAt = Number.POSITIVE_INFINITY;
  board.keptFor.clear();
  board.ready.horizon = board.ready.isMixed ? board.horizon : Number.POSITIVE_INFINITY;
  const decision = new DispatchDecision(board);
  if (board.plan.length > 0 && !someAged(board)) {
    const kept = followPlan(decision, now);
    if (kept.length === board.ready.size) return decision.close();
    for (const task of kept) decision.skip(task);
  }
  let urgent = true;
  for (let task = decision.nextTask(); task >= 0; task = decision.nextTask()) {
    if (urgent && board.ready.bandOf(task) < URGENT_BAND) {
      urgent = false;
      keepForUrgent(decision, now);
      continue;
    }
    const { uniform, idleSlots } = board.sessions.classes[board.tasks.taskClass[task]!]!.pool;
    if (board.setbacks.any(task)) {
      startOrSkip(decision, task, now);
      continue;
    }
    if (idleSlots > 1 && explored(decision, task)) continue;
    if (!uniform && idleSlots > 1) matchBatch(decision, task, now);
    else startOrSkip(decision, task, now);
  }
  return decision.close();
}

/** True while a task is in the top band: it waits for no plan. */
function someAged({ ready }: DispatchBoard): boolean {
  return ready.classes.some((taskClass) => ready.bandOf(ready.headOf(taskClass)) >= TOP_BAND);
}

function startOrSkip(decision: DispatchDecision, task: number, now: number): void {
  const { board } = decision;
  const { sessions, passedOver, again } = eligibleSessions(board, task, now);
  const session = chooseSession(board, task, sessions);
  board.reconsiderAt = Math.min(board.reconsiderAt, again);
  if (session < 0) decision.skip(task);
  else startOrWait(decision, { task, session, rule: passedOver ? 'elsewhere' : 'list' }, now);
}

/**
 * Starts a task, or leaves it waiting for a faster session. So many wait per decision that waiting never costs a scan of the
 * queue; then the session gets the one of those that would rather wait which loses least by not doing so.
 */
function startOrWait(decision: DispatchDecision, choice: Assignment, now: number): void {
  const { board, waiting } = decision;
  const { task, session } = choice;
  const { cost } = pairingCost(board, task, session);
  const until = worthWaitingUntil(board, task, now, cost);
  if (until === 0) {
    decision.start(task, session, choice.rule);
    return;
  }
  const waits = { ...choice, loss: cost - leastCost(board, task) };
  decision.skip(task);
  if (waiting.length >= MOST_WAITS) {
    const fits = (other: Assignment): boolean => other.session === session && board.resourcesFit(board.tasks.taskClass[other.task]!);
    const least = waiting.reduce((best, other) => (other.loss < best.loss && fits(other) ? other : best), waits);
    decision.start(least.task, session, least.rule);
    if (least === waits) return;
    waiting.splice(waiting.indexOf(least), 1);
  }
  waiting.push(waits);
  if (!board.keptSince.has(task)) board.keptSince.set(task, now);
  board.reconsiderAt = Math.min(board.reconsiderAt, until);
}

/**
 * Pairs the first ready tasks with the idle slots by the smallest total cost. Leaving a task out
 * costs more than all pairings together, and the more the earlier it comes, so matching never trades
 * urgency for speed (matchable sets of rows are a matroid: the greedy order is kept).
 */
function matchBatch(decision: DispatchDecision, first: number, now: number): void {
  const { board } = decision;
  const tasks = gather(decision, first);
  const slots = idleSlots(board, tasks);
  if (tasks.length < 2 || slots.length < 2) {
    for (const task of tasks) startOrSkip(decision, task, now);
    return;
  }
  const columnOf = matchRows(pairingCosts(board, tasks, slots), tasks.length, slots.length + tasks.length);
  tasks.forEach((task, row) => {
    const session = slots[columnOf[row]!];
    const taskClass = board.tasks.taskClass[task]!;
    const capable = session !== undefined && board.sessions.classes[taskClass]!.pool.factor.has(session);
    if (capable && board.resourcesFit(taskClass)) startOrWait(decision, { task, session, rule: 'matching' }, now);
    else decision.skip(task);
  });
}

/** Takes the next tasks in order, at most as many as there are idle slots for their classes. */
function gather(decision: DispatchDecision, first: number): number[] {
  const { board } = decision;
  const tasks: number[] = [];
  let room = MATCHING_LIMIT;
  const perClass = new Map<number, number>();
  for (let task = first; task >= 0 && !board.setbacks.any(task); task = decision.nextTask()) {
    const taskClass = board.tasks.taskClass[task]!;
    const taken = (perClass.get(taskClass) ?? 0) + 1;
    perClass.set(taskClass, taken);
    if (taken >= board.sessions.classes[taskClass]!.pool.idleSlots) decision.closeClass(taskClass);
    decision.skip(task);
    tasks.push(task);
    if (tasks.length === 1) room = Math.min(room, totalIdle(board));
    if (tasks.length >= room) break;
  }
  decision.reopenClasses();
  return tasks;
}

function totalIdle(board: DispatchBoard): number {
  let idle = 0;
  for (const session of board.sessions.idle) {
    idle += board.sessions.freeSlots(session);
    if (idle >= MATCHING_LIMIT) break;
  }
  return idle;
}

/** Idle slots that can take one of the tasks; a session with k free slots appears k times. */
function idleSlots(board: DispatchBoard, tasks: readonly number[]): number[] {
  const found = new Set<number>();
  const slots: number[] = [];
  for (const task of tasks) {
    for (const session of board.sessions.idleOf(board.tasks.taskClass[task]!)) {
      if (found.has(session)) continue;
      found.add(session);
      for (let free = board.sessions.freeSlots(session); free > 0 && slots.length < MATCHING_LIMIT; free--) slots.push(session);
      if (slots.length === MATCHING_LIMIT) return slots;
    }
  }
  return slots;
}

/** Rows of costs: per slot the pairing (a task that cannot run there pays as if left out), then the columns for leaving out. */
function pairingCosts(board: DispatchBoard, tasks: readonly number[], slots: readonly number[]): Float64Array {
  const columns = slots.length + tasks.length;
  const costs = new Float64Array(tasks.length * columns).fill(-1);
  let largest = 0;
  tasks.forEach((task, row) => {
    const { factor } = board.sessions.classes[board.tasks.taskClass[task]!]!.pool;
    slots.forEach((session, column) => {
      if (!factor.has(session)) return;
      const { cost } = pairingCost(board, task, session);
      costs[row * columns + column] = cost;
      largest = Math.max(largest, cost);
    });
  });
  const leftOut = (largest + 1) * (tasks.length + 1);
  for (let k = 0; k < costs.length; k++) if (costs[k]! < 0) costs[k] = leftOut * (1 + tasks.length - Math.floor(k / columns));
  return costs;
}
