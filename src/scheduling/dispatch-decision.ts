/**
 * One decision: what is started takes slots and resources for its length only, so that later choices
 * of the same decision see them, and the board is left exactly as it was. A policy is therefore a
 * function from the board to assignments.
 */
import { TOP_BAND } from './ageing.ts';
import { type DispatchBoard } from './dispatch-board.ts';

/** A task and the session it should start on now, and which rule chose it. */
export interface Assignment {
  readonly task: number;
  readonly session: number;
  readonly rule: 'list' | 'matching' | 'plan' | 'explore' | 'elsewhere';
}

/** A task that rather waits than starts like this, and how much more it would cost so than at the best session. */
interface WaitingTask extends Assignment {
  readonly loss: number;
}

/** The running state of a decision; `close` must be called. */
export class DispatchDecision {
  readonly board: DispatchBoard;
  readonly assignments: Assignment[] = [];
  /** Tasks that this decision left waiting for a faster session, and what each would lose at the one it could have. */
  readonly waiting: WaitingTask[] = [];
  readonly #closed = new Set<number>();
  readonly #reservedSlots: number[] = [];
  readonly #taken = new Set<number>();
  /** Resources that an aged task waits for: nothing younger may take of them. Per resource the key of that task. */
  readonly #reserved: Map<number, number>;

  constructor(board: DispatchBoard) {
    this.board = board;
    this.#reserved = reservedResources(board);
    board.shares.beginTentative();
  }

  /** The first ready task by band (less fair share), turn of its group, key and arrival that has an idle capable session and fits the resources; -1 for none. */
  nextTask(): number {
    const { ready, sessions, tasks } = this.board;
    let best = -1;
    let bestBand = 0;
    let bestAhead = 0;
    let bestKey = 0;
    for (const taskClass of ready.classes) {
      const row = sessions.classes[taskClass]!;
      if (row.pool.idleSlots <= 0 || this.#closed.has(taskClass) || !this.board.resourcesFit(taskClass)) continue;
      const task = ready.headOf(taskClass);
      if (this.#reserved.size > 0 && this.#isReserved(task)) continue;
      const band = servedBand(this.board, task);
      const ahead = band >= TOP_BAND ? 0 : this.board.shares.ahead(row.group);
      const key = dispatchKey(this.board, task);
      if (best >= 0 && (bestBand - band || ahead - bestAhead || key - bestKey || tasks.sequence[task]! - tasks.sequence[best]!) >= 0)
        continue;
      best = task;
      bestBand = band;
      bestAhead = ahead;
      bestKey = key;
    }
    return best;
  }

  /** Starts a task on a session within this decision. */
  start(task: number, session: number, rule: Assignment['rule']): void {
    this.skip(task);
    this.board.tentatively(task, session, 1);
    this.assignments.push({ task, session, rule });
  }

  /** Leaves a class out of `nextTask` until `reopenClasses`. */
  closeClass(taskClass: number): void {
    this.#closed.add(taskClass);
  }

  reopenClasses(): void {
    this.#closed.clear();
  }

  /** Keeps a slot of a session idle for the rest of this decision. */
  reserve(session: number): void {
    this.board.sessions.occupy(session, 1);
    this.#reservedSlots.push(session);
  }

  /** Leaves a task out for the rest of this decision. */
  skip(task: number): void {
    if (this.#taken.has(task)) return;
    this.board.ready.take(task);
    this.#taken.add(task);
  }

  #isReserved(task: number): boolean {
    const { ready, sessions, tasks } = this.board;
    for (const { resource } of sessions.classes[tasks.taskClass[task]!]!.demands) {
      const key = this.#reserved.get(resource);
      if (key !== undefined && (ready.bandOf(task) < TOP_BAND || ready.keyOf(task) > key)) return true;
    }
    return false;
  }

  /** Puts everything back; gives the assignments. */
  close(): Assignment[] {
    for (const { task, session } of this.assignments) this.board.tentatively(task, session, -1);
    for (const session of this.#reservedSlots) this.board.sessions.occupy(session, -1);
    for (const task of this.#taken) this.board.ready.putBack(task);
    this.board.shares.rollback();
    return this.assignments;
  }
}

/** The band that a ready task is served in: set back by fair share, unless it has reached the top. */
function servedBand(board: DispatchBoard, task: number): number {
  const band = board.ready.bandOf(task);
  if (band >= TOP_BAND) return band;
  return band - board.shares.penalty(board.sessions.classes[board.tasks.taskClass[task]!]!.group);
}

/** Weight of the bottleneck beside the upward rank; chosen by comparing variants on published instances. */
const BOTTLENECK_WEIGHT = 0.5;

/**
 * The place of a ready task among the heads of all classes: smaller comes first. A class whose every
 * capable session has a long queue is moved up, for its work cannot evade.
 */
export function dispatchKey(board: DispatchBoard, task: number): number {
  const key = board.ready.keyOf(task);
  if (board.ready.bandOf(task) >= TOP_BAND) return key;
  return key - BOTTLENECK_WEIGHT * board.sessions.bottleneck(board.tasks.taskClass[task]!);
}

function reservedResources(board: DispatchBoard): Map<number, number> {
  const reserved = new Map<number, number>();
  if (board.capacities.length === 0) return reserved;
  for (const taskClass of board.ready.classes) {
    const task = board.ready.headOf(taskClass);
    if (board.ready.bandOf(task) < TOP_BAND || board.resourcesFit(taskClass)) continue;
    const { demands, pool } = board.sessions.classes[taskClass]!;
    if (pool.sessions.length === 0 || demands.some(({ resource, amount }) => amount > (board.capacities[resource] ?? 0))) continue;
    const key = board.ready.keyOf(task);
    for (const { resource } of demands) reserved.set(resource, Math.min(key, reserved.get(resource) ?? key));
  }
  return reserved;
}
