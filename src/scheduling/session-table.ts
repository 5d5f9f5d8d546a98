/**
 * The sessions of a board and the classes of tasks they may run. A class is what tasks have in
 * common: required capabilities, kind, demands on resources and group. Which sessions may run it,
 * how fast and how reliably, goes by the first two only, its pool: known per pool, so that nothing
 * is computed per task, and nothing goes by the combinations of demands that there are.
 * Invariants: idleSlots of a pool = sum of free slots over its sessions; `idle` holds who has a free slot.
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
  /** The pools that it is in. */
  readonly pools: PoolRow[];
  /** Tasks running here. */
  readonly running: Set<number>;
}

/** What the capable sessions go by. */
type PoolSpec = Pick<TaskClassSpec, 'requires' | 'kind' | 'options'>;

/** The sessions capable of some classes; `factor` (of the duration) and `success` (probability) are by session. */
export interface PoolRow {
  readonly index: number;
  readonly spec: PoolSpec;
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
  /** Sum of the expected durations of the unfinished tasks of its classes. */
  work: number;
  meanFactor: number;
  /** True while every session has the same factor and success. */
  uniform: boolean;
}

/** A class of tasks. */
export interface ClassRow {
  readonly spec: TaskClassSpec;
  readonly pool: PoolRow;
  readonly demands: readonly ResourceAmount[];
  readonly group: number;
  /** Sum of the expected durations of its unfinished tasks. */
  work: number;
}

/** What was learned about a pool at a session: the factor on the duration, and the probability of success. */
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

/** Sessions, pools and classes by index; an index of a session is reused after it left. */
export class SessionTable {
  readonly sessions: (SessionRow | undefined)[] = [];
  readonly classes: ClassRow[] = [];
  readonly pools: PoolRow[] = [];
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
  readonly #poolIndex = new Map<string, PoolRow>();

  /** Adds a session and gives its index. */
  join(spec: SessionSpec): number {
    const free = this.sessions.indexOf(undefined);
    const index = free < 0 ? this.sessions.length : free;
    const row: SessionRow = {
      spec,
      capabilities: new Set(spec.capabilities),
      used: 0,
      open: true,
      pools: [],
      running: new Set(),
    };
    this.sessions[index] = row;
    if (spec.slots > 0) this.idle.add(index);
    for (const pool of this.pools) this.#connect(pool, index, row);
    return index;
  }

  /** Removes a session without running tasks. */
  leave(session: number): void {
    const row = this.session(session);
    this.setOpen(session, false);
    for (const pool of row.pools) {
      const place = pool.sessions.indexOf(session);
      for (const list of [pool.sessions, pool.factors, pool.costs]) list.splice(place, 1);
      pool.slots -= row.spec.slots;
      pool.factor.delete(session);
      pool.success.delete(session);
      pool.unsure.delete(session);
      this.#summarise(pool);
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
    const { sessions, factor } = this.classes[classIndex]!.pool;
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
    const demands = (spec.demands ?? []).filter((demand) => demand.amount > 0);
    const index = this.classes.push({ spec, pool: this.#poolOf(spec), demands, group: this.#groupOf(spec.group ?? ''), work: 0 }) - 1;
    this.#classIndex.set(key, index);
    return index;
  }

  /** Sets what was learned about a pool at a session: the duration factor and the probability of success. */
  setEstimate(pool: PoolRow, session: number, estimate: SessionEstimate): void {
    if (!pool.factor.has(session)) return;
    this.#set(pool, pool.sessions.indexOf(session), estimate);
    this.#summarise(pool);
  }

  /** The same for every session of a pool; sessions for which it gives undefined keep what is known. */
  setEstimates(pool: PoolRow, estimateOf: (session: number) => SessionEstimate | undefined): void {
    pool.sessions.forEach((session, place) => {
      const estimate = estimateOf(session);
      if (estimate !== undefined) this.#set(pool, place, estimate);
    });
    this.#summarise(pool);
  }

  #set(pool: PoolRow, place: number, { factor, success, unsure }: SessionEstimate): void {
    const session = pool.sessions[place]!;
    pool.factors[place] = factor;
    pool.costs[place] = factor / countedSuccess(success);
    pool.factor.set(session, factor);
    pool.success.set(session, success);
    if (unsure !== undefined) pool.unsure.set(session, unsure);
  }

  /** Adds to the unfinished work of a class. */
  addWork(classIndex: number, amount: number): void {
    const taskClass = this.classes[classIndex]!;
    taskClass.work += amount;
    taskClass.pool.work += amount;
    this.#version++;
  }

  /**
   * How much unfinished work competes for a slot of a session: each pool's work shared over its
   * sessions. Large for a specialist that many need. Recomputed after enough changes.
   */
  contention(session: number): number {
    this.#refresh();
    return this.#contention[session] ?? 0;
  }

  /** The smallest contention over the sessions capable of a class: how long its queue is even at the best place. */
  bottleneck(classIndex: number): number {
    this.#refresh();
    return this.#bottleneck[this.classes[classIndex]!.pool.index] ?? 0;
  }

  /** How long the unfinished work lasts at least: shared by all slots, or at the class with the longest queue. */
  get longestQueue(): number {
    this.#refresh();
    return this.#longestQueue;
  }

  #refresh(): void {
    const cells = this.sessions.length * this.pools.length;
    const tolerated = cells <= 20_000 ? 0 : Math.ceil(cells / 200);
    if (this.#contentionVersion < 0 || this.#version - this.#contentionVersion > tolerated) this.#recompute();
  }

  #recompute(): void {
    this.#contentionVersion = this.#version;
    this.#contention = grownFloats(this.#contention, this.sessions.length);
    this.#contention.fill(0);
    for (const pool of this.pools) {
      if (pool.work <= 0) continue;
      const share = pool.work / pool.sessions.length;
      for (const session of pool.sessions) this.#contention[session]! += share;
    }
    this.sessions.forEach((row, session) => {
      if (row !== undefined) this.#contention[session]! /= Math.max(1, row.spec.slots);
    });
    const slots = this.sessions.reduce((sum, row) => sum + (row?.spec.slots ?? 0), 0);
    this.#longestQueue = this.pools.reduce((sum, { work }) => sum + Math.max(0, work), 0) / Math.max(1, slots);
    this.#bottleneck = grownFloats(this.#bottleneck, this.pools.length);
    this.pools.forEach((pool, index) => {
      let least = Number.POSITIVE_INFINITY;
      for (const session of pool.sessions) least = Math.min(least, this.#contention[session]!);
      this.#bottleneck[index] = pool.sessions.length === 0 ? 0 : least;
      if (pool.work > 0 && least < Number.POSITIVE_INFINITY) this.#longestQueue = Math.max(this.#longestQueue, least);
    });
  }

  /** The pool of a class, made when it is the first. */
  #poolOf({ requires, kind, options }: TaskClassSpec): PoolRow {
    const key = JSON.stringify([[...requires].sort(), kind, options]);
    const known = this.#poolIndex.get(key);
    if (known !== undefined) return known;
    const pool: PoolRow = {
      index: this.pools.length,
      spec: { requires, ...(kind === undefined ? {} : { kind }), ...(options === undefined ? {} : { options }) },
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
    this.pools.push(pool);
    this.#poolIndex.set(key, pool);
    this.sessions.forEach((row, session) => {
      if (row !== undefined) this.#connect(pool, session, row);
    });
    return pool;
  }

  #connect(pool: PoolRow, session: number, row: SessionRow): void {
    const { options, requires } = pool.spec;
    const option = options?.find((candidate) => candidate.session === session);
    if (options === undefined ? !requires.every((capability) => row.capabilities.has(capability)) : option === undefined) return;
    row.pools.push(pool);
    this.#set(pool, pool.sessions.push(session) - 1, { factor: option?.duration ?? 1, success: 1 });
    pool.slots += row.spec.slots;
    pool.idleSlots += this.freeSlots(session);
    this.#summarise(pool);
    this.#version++;
  }

  #summarise(pool: PoolRow): void {
    const { factors, costs } = pool;
    let sum = 0;
    let least = Number.POSITIVE_INFINITY;
    let uniform = true;
    for (let place = 0; place < factors.length; place++) {
      sum += factors[place]!;
      if (costs[place]! < least) least = costs[place]!;
      if (factors[place] !== factors[0] || costs[place] !== costs[0]) uniform = false;
    }
    pool.uniform = uniform;
    pool.leastCost = least;
    pool.meanFactor = factors.length === 0 ? 1 : sum / factors.length;
  }

  #shiftIdle(session: number, change: number): void {
    if (change === 0) return;
    if (this.freeSlots(session) > 0) this.idle.add(session);
    else this.idle.delete(session);
    for (const pool of this.session(session).pools) pool.idleSlots += change;
  }

  #groupOf(name: string): number {
    const known = this.#groupIndex.get(name);
    if (known !== undefined) return known;
    const index = this.groups.push(name) - 1;
    this.#groupIndex.set(name, index);
    return index;
  }
}
