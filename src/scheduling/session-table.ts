/**
 * The sessions of a board and the classes of tasks they may run. A class is what tasks have in
 * common: required capabilities, demands on resources, group and kind. Which session may run a class,
 * how fast and how reliably, is known per class, so that nothing is computed per task.
 * Invariants: idleSlots[class] = sum of free slots over the sessions capable of it; `idle` holds who has a free slot.
 */
import { grownFloats } from './growing-arrays.ts';
import { type PlanOption, type ResourceAmount } from './plan-problem.ts';

/** A session. */
export interface SessionSpec {
  readonly slots: number;
  readonly capabilities: readonly string[];
}

/** What tasks of a class have in common. With `options` exactly these sessions are capable, at these duration factors. */
export interface TaskClassSpec {
  readonly requires: readonly string[];
  readonly kind?: string;
  readonly group?: string;
  readonly demands?: readonly ResourceAmount[];
  readonly options?: readonly PlanOption[];
}

/** A session at work: what it is, what it holds, whether it takes new work. */
export interface SessionRow {
  readonly spec: SessionSpec;
  readonly capabilities: ReadonlySet<string>;
  used: number;
  open: boolean;
  readonly classes: number[];
  /** Tasks running here. */
  readonly running: Set<number>;
}

/** A class with its capable sessions; `factor` (of the duration) and `success` (probability) are by session. */
export interface ClassRow {
  readonly spec: TaskClassSpec;
  readonly demands: readonly ResourceAmount[];
  readonly group: number;
  readonly sessions: number[];
  readonly factor: Map<number, number>;
  readonly success: Map<number, number>;
  /** Variance of the mean of ln(duration) of those sessions of which it is known. */
  readonly unsure: Map<number, number>;
  /** Factor, and factor ÷ success, by place in `sessions`; and the least of the latter. */
  readonly factors: number[];
  readonly costs: number[];
  leastCost: number;
  /** Slots of all its sessions. */
  slots: number;
  idleSlots: number;
  /** Sum of the expected durations of its unfinished tasks. */
  work: number;
  meanFactor: number;
  /** True while every capable session has the same factor and success. */
  uniform: boolean;
}

/** What was learned about a class at a session: the factor on the duration, and the probability of success. */
export interface SessionEstimate {
  readonly factor: number;
  readonly success: number;
  /** Variance of the mean of ln(duration): how little is known of this pair. */
  readonly unsure?: number;
}

/** A success below 1 % counts as 1 %. */
export function countedSuccess(success: number): number {
  return Math.max(0.01, success);
}

/** Sessions and classes by index; an index of a session is reused after it left. */
export class SessionTable {
  readonly sessions: (SessionRow | undefined)[] = [];
  readonly classes: ClassRow[] = [];
  readonly groups: string[] = [];
  /** Sessions with a free slot. */
  readonly idle = new Set<number>();
  readonly #groupIndex = new Map<string, number>();
  #version = 0;
  #contention = new Float64Array(0);
  #bottleneck = new Float64Array(0);
  #contentionVersion = -1;
  #longestQueue = 0;
  readonly #classIndex = new Map<string, number>();

  /** Adds a session and gives its index. */
  join(spec: SessionSpec): number {
    const free = this.sessions.indexOf(undefined);
    const index = free < 0 ? this.sessions.length : free;
    const row: SessionRow = {
      spec,
      capabilities: new Set(spec.capabilities),
      used: 0,
      open: true,
      classes: [],
      running: new Set(),
    };
    this.sessions[index] = row;
    if (spec.slots > 0) this.idle.add(index);
    this.classes.forEach((taskClass, classIndex) => this.#connect(classIndex, taskClass, index, row));
    return index;
  }

  /** Removes a session without running tasks. */
  leave(session: number): void {
    const row = this.session(session);
    this.setOpen(session, false);
    for (const index of row.classes) {
      const taskClass = this.classes[index]!;
      const place = taskClass.sessions.indexOf(session);
      for (const list of [taskClass.sessions, taskClass.factors, taskClass.costs]) list.splice(place, 1);
      taskClass.slots -= row.spec.slots;
      taskClass.factor.delete(session);
      taskClass.success.delete(session);
      taskClass.unsure.delete(session);
      this.#summarise(taskClass);
    }
    this.sessions[session] = undefined;
    this.#version++;
  }

  /** The row of a session, which must be present. */
  session(session: number): SessionRow {
    return this.sessions[session]!;
  }

  /** Slots of a session that can take work now. */
  freeSlots(session: number): number {
    const row = this.session(session);
    return row.open ? Math.max(0, row.spec.slots - row.used) : 0;
  }

  /** Sessions with a free slot that are capable of a class, by index. */
  idleOf(classIndex: number): readonly number[] {
    const { sessions, factor } = this.classes[classIndex]!;
    if (this.idle.size >= sessions.length) return sessions.filter((session) => this.freeSlots(session) > 0);
    return [...this.idle].filter((session) => factor.has(session)).sort((a, b) => a - b);
  }

  /** Opens or closes a session (paused, draining, broken circuit): a closed one gets nothing new. */
  setOpen(session: number, open: boolean): void {
    const before = this.freeSlots(session);
    this.session(session).open = open;
    this.#shiftIdle(session, this.freeSlots(session) - before);
  }

  /** Changes the number of slots in use. */
  occupy(session: number, slots: number): void {
    const before = this.freeSlots(session);
    this.session(session).used += slots;
    this.#shiftIdle(session, this.freeSlots(session) - before);
  }

  /** The index of a class, made when it is new. Equal specifications share one. */
  classOf(spec: TaskClassSpec): number {
    const key = JSON.stringify([[...spec.requires].sort(), spec.kind, spec.group, spec.demands, spec.options]);
    const known = this.#classIndex.get(key);
    if (known !== undefined) return known;
    const index = this.classes.length;
    const taskClass: ClassRow = {
      spec,
      demands: (spec.demands ?? []).filter((demand) => demand.amount > 0),
      group: this.#groupOf(spec.group ?? ''),
      sessions: [],
      factor: new Map(),
      success: new Map(),
      unsure: new Map(),
      factors: [],
      costs: [],
      leastCost: Number.POSITIVE_INFINITY,
      slots: 0,
      idleSlots: 0,
      work: 0,
      meanFactor: 1,
      uniform: true,
    };
    this.classes.push(taskClass);
    this.#classIndex.set(key, index);
    this.sessions.forEach((row, session) => {
      if (row !== undefined) this.#connect(index, taskClass, session, row);
    });
    return index;
  }

  /** Sets what was learned about a class at a session: the duration factor and the probability of success. */
  setEstimate(classIndex: number, session: number, estimate: SessionEstimate): void {
    const taskClass = this.classes[classIndex]!;
    if (!taskClass.factor.has(session)) return;
    this.#set(taskClass, taskClass.sessions.indexOf(session), estimate);
    this.#summarise(taskClass);
  }

  /** The same for every session of a class; sessions for which it gives undefined keep what is known. */
  setEstimates(classIndex: number, estimateOf: (session: number) => SessionEstimate | undefined): void {
    const taskClass = this.classes[classIndex]!;
    taskClass.sessions.forEach((session, place) => {
      const estimate = estimateOf(session);
      if (estimate !== undefined) this.#set(taskClass, place, estimate);
    });
    this.#summarise(taskClass);
  }

  #set(taskClass: ClassRow, place: number, { factor, success, unsure }: SessionEstimate): void {
    const session = taskClass.sessions[place]!;
    taskClass.factors[place] = factor;
    taskClass.costs[place] = factor / countedSuccess(success);
    taskClass.factor.set(session, factor);
    taskClass.success.set(session, success);
    if (unsure !== undefined) taskClass.unsure.set(session, unsure);
  }

  /** Adds to the unfinished work of a class. */
  addWork(classIndex: number, amount: number): void {
    this.classes[classIndex]!.work += amount;
    this.#version++;
  }

  /**
   * How much unfinished work competes for a slot of a session: each class's work shared over its
   * capable sessions. Large for a specialist that many need. Recomputed after enough changes.
   */
  contention(session: number): number {
    this.#refresh();
    return this.#contention[session] ?? 0;
  }

  /** The smallest contention over the sessions capable of a class: how long its queue is even at the best place. */
  bottleneck(classIndex: number): number {
    this.#refresh();
    return this.#bottleneck[classIndex] ?? 0;
  }

  /** How long the unfinished work lasts at least: shared by all slots, or at the class with the longest queue. */
  get longestQueue(): number {
    this.#refresh();
    return this.#longestQueue;
  }

  #refresh(): void {
    const cells = this.sessions.length * this.classes.length;
    const tolerated = cells <= 20_000 ? 0 : Math.ceil(cells / 200);
    if (this.#contentionVersion < 0 || this.#version - this.#contentionVersion > tolerated) this.#recompute();
  }

  #recompute(): void {
    this.#contentionVersion = this.#version;
    this.#contention = grownFloats(this.#contention, this.sessions.length);
    this.#contention.fill(0);
    for (const taskClass of this.classes) {
      if (taskClass.work <= 0) continue;
      const share = taskClass.work / taskClass.sessions.length;
      for (const session of taskClass.sessions) this.#contention[session]! += share;
    }
    this.sessions.forEach((row, session) => {
      if (row !== undefined) this.#contention[session]! /= Math.max(1, row.spec.slots);
    });
    const slots = this.sessions.reduce((sum, row) => sum + (row?.spec.slots ?? 0), 0);
    this.#longestQueue = this.classes.reduce((sum, { work }) => sum + Math.max(0, work), 0) / Math.max(1, slots);
    this.#bottleneck = grownFloats(this.#bottleneck, this.classes.length);
    this.classes.forEach((taskClass, index) => {
      let least = Number.POSITIVE_INFINITY;
      for (const session of taskClass.sessions) least = Math.min(least, this.#contention[session]!);
      this.#bottleneck[index] = taskClass.sessions.length === 0 ? 0 : least;
      if (taskClass.work > 0 && least < Number.POSITIVE_INFINITY) this.#longestQueue = Math.max(this.#longestQueue, least);
    });
  }

  #connect(classIndex: number, taskClass: ClassRow, session: number, row: SessionRow): void {
    const { options, requires } = taskClass.spec;
    const option = options?.find((candidate) => candidate.session === session);
    if (options === undefined ? !requires.every((capability) => row.capabilities.has(capability)) : option === undefined) return;
    row.classes.push(classIndex);
    this.#set(taskClass, taskClass.sessions.push(session) - 1, { factor: option?.duration ?? 1, success: 1 });
    taskClass.slots += row.spec.slots;
    taskClass.idleSlots += this.freeSlots(session);
    this.#summarise(taskClass);
    this.#version++;
  }

  #summarise(taskClass: ClassRow): void {
    const { factors, costs } = taskClass;
    let sum = 0;
    let least = Number.POSITIVE_INFINITY;
    let uniform = true;
    for (let place = 0; place < factors.length; place++) {
      sum += factors[place]!;
      if (costs[place]! < least) least = costs[place]!;
      if (factors[place] !== factors[0] || costs[place] !== costs[0]) uniform = false;
    }
    taskClass.uniform = uniform;
    taskClass.leastCost = least;
    taskClass.meanFactor = factors.length === 0 ? 1 : sum / factors.length;
  }

  #shiftIdle(session: number, change: number): void {
    if (change === 0) return;
    if (this.freeSlots(session) > 0) this.idle.add(session);
    else this.idle.delete(session);
    for (const index of this.session(session).classes) this.classes[index]!.idleSlots += change;
  }

  #groupOf(name: string): number {
    const known = this.#groupIndex.get(name);
    if (known !== undefined) return known;
    const index = this.groups.push(name) - 1;
    this.#groupIndex.set(name, index);
    return index;
  }
}
