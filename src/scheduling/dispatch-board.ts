/**
 * The dispatch board: tasks, sessions, resources and the ready queue of one swarm, updated event by
 * event, read by the policies. Times are in one unit of the caller's choice (the durations' unit).
 * Invariants: slots in use of a session = its running tasks; amounts in use of a resource = the
 * demands of running tasks; neither ever exceeds its capacity.
 */
import { GroupShares } from './fair-share.ts';
import type { GroupTurns } from './group-turns.ts';
import type { PlannedStart } from './planned-start.ts';
import { type ResourceAmount } from './plan-problem.ts';
import { ReadyHeap } from './ready-heap.ts';
import { type BoardSetbacks, NO_SETBACKS } from './board-setbacks.ts';
import { type SessionSpec, SessionTable, type TaskClassSpec } from './session-table.ts';
import { TASK_STATE, type TaskSpec, TaskTable, URGENT_BAND } from './task-table.ts';

/** What a board is made for. */
export interface BoardOptions {
  /** Wait after which a task is in the top band, in the board's time unit. */
  readonly maxAge: number;
  readonly capacities?: readonly number[];
  readonly setbacks?: BoardSetbacks;
  /** The turns of the groups, when somebody else charges them with every task that starts; else the board does. */
  readonly turns?: GroupTurns;
}

/** Mutable state of one swarm's dispatch. */
export class DispatchBoard {
  readonly tasks: TaskTable;
  readonly sessions = new SessionTable();
  readonly ready: ReadyHeap;
  readonly setbacks: BoardSetbacks;
  readonly capacities: number[];
  readonly inUse: number[];
  /** What each group has got and is due. */
  readonly shares: GroupShares;
  /** Running tasks that are urgent or that urgent ones wait for. */
  readonly urgentRunning = new Set<number>();
  /** Tasks that started, and those of them that went to a session to learn more of it. */
  dispatched = 0;
  explored = 0;
  /** How many must have started before one may go to such a session. */
  exploreAt = 0;
  /** Since when a ready task has been kept for a busy session: what bounds the keeping. */
  readonly keptSince = new Map<number, number>();
  /** Idle sessions that the last decision kept for an urgent task, and until when. */
  readonly keptFor = new Map<number, { readonly task: number; readonly until: number }>();
  /** When the last decision is to be made again although nothing happens: the first wait of its tasks that ends. */
  reconsiderAt = Number.POSITIVE_INFINITY;
  /** The plan laid over the board, by start; see `layPlan`. */
  plan: PlannedStart[] = [];
  #now = 0;

  constructor(options: BoardOptions) {
    this.tasks = new TaskTable((task) => this.#reorder(task));
    this.ready = new ReadyHeap(this.tasks, options.maxAge, (taskClass) => this.sessions.classes[taskClass]!.pool.slots);
    this.setbacks = options.setbacks ?? NO_SETBACKS;
    this.shares = new GroupShares((group) => this.sessions.groups[group]!, options.turns);
    this.capacities = [...(options.capacities ?? [])];
    this.inUse = this.capacities.map(() => 0);
  }

  /** Adds a session; gives its index. */
  joinSession(spec: SessionSpec): number {
    return this.sessions.join(spec);
  }

  /** Removes a session; its running tasks must have been stopped or finished. */
  leaveSession(session: number): void {
    // Another session may get this index.
    for (const step of this.plan) if (step.session === session) this.tasks.planStart.delete(step.task);
    this.plan = this.plan.filter((step) => step.session !== session);
    this.sessions.leave(session);
  }

  /** The index of a class of tasks. */
  classOf(spec: TaskClassSpec): number {
    return this.sessions.classOf(spec);
  }

  /** Adds a task; it is ready at once when it waits for nothing, unless `held`. Gives its index. */
  addTask(spec: TaskSpec, now: number, held = false): number {
    this.#now = now;
    const taskClass = this.sessions.classes[spec.taskClass]!;
    const work = spec.duration * taskClass.pool.meanFactor;
    const task = this.tasks.add(spec, work * (1 + this.#resourceShare(taskClass.demands)));
    this.tasks.work[task] = work;
    this.sessions.addWork(spec.taskClass, work);
    this.shares.countTask(taskClass.group, 1);
    if (held) this.tasks.state[task] = TASK_STATE.held;
    else if (this.tasks.waiting[task] === 0) this.#makeReady(task, now);
    return task;
  }

  /** Lets a task that is not running wait for another one that is on the board. */
  linkTask(task: number, before: number, now: number): void {
    this.#now = now;
    if (this.tasks.state[task] === TASK_STATE.ready) this.ready.remove(task);
    if (this.tasks.state[task] !== TASK_STATE.held) this.tasks.state[task] = TASK_STATE.waiting;
    this.tasks.link(task, before);
  }

  /** Holds a task that is not running back (delayed, paused). */
  holdTask(task: number): void {
    if (this.tasks.state[task] === TASK_STATE.ready) this.ready.remove(task);
    this.tasks.state[task] = TASK_STATE.held;
  }

  /** Ends a hold; a task that waits for nothing is ready since `since`. */
  releaseTask(task: number, now: number, since = now): void {
    if (this.tasks.state[task] !== TASK_STATE.held) return;
    if (this.tasks.waiting[task] === 0) this.#makeReady(task, now, since);
    else this.tasks.state[task] = TASK_STATE.waiting;
  }

  /** A ready task starts on a session; `expected` is its expected duration there. */
  startTask(task: number, session: number, now: number): void {
    const taskClass = this.tasks.taskClass[task]!;
    this.ready.remove(task);
    this.keptSince.delete(task);
    // A plan is for one start: who comes back is served by the list rule until the next plan.
    this.tasks.planStart.delete(task);
    this.tasks.state[task] = TASK_STATE.running;
    this.tasks.session.set(task, session);
    const expected = this.expectedDuration(task, session);
    this.tasks.expectedEnd.set(task, now + expected);
    this.dispatched++;
    this.sessions.occupy(session, 1);
    this.sessions.session(session).running.add(task);
    if (this.tasks.inherited[task]! >= URGENT_BAND) this.urgentRunning.add(task);
    const { demands, group } = this.sessions.classes[taskClass]!;
    this.#use(demands, 1);
    this.shares.countRunning(group, 1);
    this.shares.charge(group, expected);
  }

  /** A running task ends without a result and is ready again; its wait goes on from `readySince`. */
  stopTask(task: number, now: number): void {
    const since = this.tasks.readySince[task]!;
    this.#vacate(task);
    this.#makeReady(task, now, since);
  }

  /** A task is done (or is taken off the board): it leaves, and what waited for nothing else is ready. */
  finishTask(task: number, now: number): void {
    if (this.tasks.state[task] === TASK_STATE.running) this.#vacate(task);
    else if (this.tasks.state[task] === TASK_STATE.ready) this.ready.remove(task);
    this.keptSince.delete(task);
    const taskClass = this.tasks.taskClass[task]!;
    this.sessions.addWork(taskClass, -this.tasks.work[task]!);
    this.shares.countTask(this.sessions.classes[taskClass]!.group, -1);
    this.#now = now;
    for (const freed of this.tasks.remove(task)) if (this.tasks.state[freed] === TASK_STATE.waiting) this.#makeReady(freed, now);
  }

  /** Changes a task's own priority. */
  setPriority(task: number, priority: number, now: number): void {
    this.#now = now;
    this.tasks.setPriority(task, priority);
    if (this.tasks.state[task] === TASK_STATE.ready) this.ready.refile(task, now);
  }

  /** Changes a task's duration estimate. */
  setDuration(task: number, duration: number, now: number): void {
    this.#now = now;
    const taskClass = this.tasks.taskClass[task]!;
    const row = this.sessions.classes[taskClass]!;
    const work = duration * row.pool.meanFactor;
    this.sessions.addWork(taskClass, work - this.tasks.work[task]!);
    this.tasks.work[task] = work;
    this.tasks.setDuration(task, duration, work * (1 + this.#resourceShare(row.demands)));
  }

  /** True when what a task adds to a rank is not what follows from its class and the capacities now. */
  isOutdated(task: number): boolean {
    const { pool, demands } = this.sessions.classes[this.tasks.taskClass[task]!]!;
    const work = this.tasks.duration[task]! * pool.meanFactor;
    return this.tasks.work[task] !== work || this.tasks.length[task] !== work * (1 + this.#resourceShare(demands));
  }

  /** How long the unfinished work lasts at least, by sessions and by resources. */
  get horizon(): number {
    const loads = this.capacities.map(() => 0);
    if (loads.length > 0) {
      for (const { work, demands } of this.sessions.classes) for (const { resource, amount } of demands) loads[resource]! += work * amount;
    }
    return loads.reduce(
      (most, load, resource) => Math.max(most, load / Math.max(1, this.capacities[resource]!)),
      this.sessions.longestQueue,
    );
  }

  /** Expected duration of a task at a capable session. */
  expectedDuration(task: number, session: number): number {
    return this.tasks.duration[task]! * (this.sessions.classes[this.tasks.taskClass[task]!]!.pool.factor.get(session) ?? 1);
  }

  /** True when the resources that a class demands are free in these amounts. */
  resourcesFit(taskClass: number): boolean {
    for (const { resource, amount } of this.sessions.classes[taskClass]!.demands) {
      if (this.inUse[resource]! + amount > (this.capacities[resource] ?? 0)) return false;
    }
    return true;
  }

  /**
   * Takes (+1) or gives back (-1) a slot and the demands of a task, without starting it: for the length of a decision,
   * which takes back by itself what its group was charged.
   */
  tentatively(task: number, session: number, sign: 1 | -1): void {
    const { demands, group } = this.sessions.classes[this.tasks.taskClass[task]!]!;
    this.sessions.occupy(session, sign);
    this.#use(demands, sign);
    this.shares.countRunning(group, sign);
    if (sign === 1) this.shares.charge(group, this.expectedDuration(task, session));
  }

  #vacate(task: number): void {
    const session = this.tasks.session.get(task)!;
    const taskClass = this.tasks.taskClass[task]!;
    this.tasks.session.delete(task);
    this.tasks.expectedEnd.delete(task);
    this.urgentRunning.delete(task);
    this.sessions.session(session).running.delete(task);
    this.sessions.occupy(session, -1);
    const { demands, group } = this.sessions.classes[taskClass]!;
    this.#use(demands, -1);
    this.shares.countRunning(group, -1);
  }

  #reorder(task: number): void {
    if (this.tasks.state[task] === TASK_STATE.ready) this.ready.refile(task, this.#now);
    else if (this.tasks.inherited[task]! >= URGENT_BAND) this.urgentRunning.add(task);
    else this.urgentRunning.delete(task);
  }

  #makeReady(task: number, now: number, since = now): void {
    this.tasks.state[task] = TASK_STATE.ready;
    this.tasks.readySince[task] = since;
    this.ready.add(task, now);
  }

  /** Sum of the parts of the capacities that a task takes: scarce resources make a path longer than its durations. */
  #resourceShare(demands: readonly ResourceAmount[]): number {
    let share = 0;
    for (const { resource, amount } of demands) share += amount / Math.max(amount, this.capacities[resource] ?? 0);
    return share;
  }

  #use(demands: readonly ResourceAmount[], sign: 1 | -1): void {
    for (const { resource, amount } of demands) this.inUse[resource]! += sign * amount;
  }
}
