/**
 * The unfinished tasks of a board: their state, precedence, inherited priority and upward rank, kept
 * up to date as tasks come and go.
 * States: waiting (for predecessors) → ready → running → gone; held (delayed or paused) ⇄ ready;
 * running → ready when an attempt ends without a result.
 * Invariants: a task is ready only when no predecessor is in the table; inherited priority = max(own,
 * every descendant's); rank = length + max over successors of rank, of which an urgent task counts a less urgent path a fifth
 * (both may lag while `settle` has work left); `dependent` counts the tasks that wait for others.
 */
import { grownFloats, grownInts } from './growing-arrays.ts';

/** States of a task in the table. */
export const TASK_STATE = { gone: 0, waiting: 1, held: 2, ready: 3, running: 4 } as const;

/** A task to add. `duration` is the estimate at a session of factor 1; `after` holds indices of tasks in the table. */
export interface TaskSpec {
  readonly taskClass: number;
  /** 1 (low) to 10 (urgent). */
  readonly priority: number;
  readonly duration: number;
  readonly after: readonly number[];
}

/** The band from which work is urgent. */
export const URGENT_BAND = 9;

/** Propagation steps that one update may spend; the rest waits for `settle`. */
const STEPS_PER_UPDATE = 20_000;

/** What a path that is less urgent than an urgent task adds to its rank: urgent work goes by how far urgent ends are, all other by how far the end of everything is. */
const LESS_URGENT = 0.2;

const NONE: readonly number[] = [];

/** Rows of tasks; an index is reused after its task is gone. */
export class TaskTable {
  count = 0;
  /** Tasks that wait for others. */
  dependent = 0;
  state = new Int32Array(0);
  taskClass = new Int32Array(0);
  /** Unfinished predecessors. */
  waiting = new Int32Array(0);
  priority = new Float64Array(0);
  inherited = new Float64Array(0);
  duration = new Float64Array(0);
  /** Mean expected duration over the capable sessions. */
  work = new Float64Array(0);
  /** What the rank adds up: the work, weighted by the share of the resources that it takes. */
  length = new Float64Array(0);
  rank = new Float64Array(0);
  /** Number of the arrival: the last tie-break. */
  sequence = new Float64Array(0);
  readySince = new Float64Array(0);
  /** Where each running task runs, and when it is expected to end. */
  readonly session = new Map<number, number>();
  readonly expectedEnd = new Map<number, number>();
  /** When each task of the plan that is laid should start. */
  readonly planStart = new Map<number, number>();
  /** Most tasks have neither; they share one empty list, which `linked` replaces. */
  readonly predecessors: (readonly number[])[] = [];
  readonly successors: (readonly number[])[] = [];
  readonly #free: number[] = [];
  readonly #stale: number[] = [];
  readonly #onOrderChange: (task: number) => void;
  #size = 0;
  #arrivals = 0;

  /** `onOrderChange` is called when the inherited priority or the rank of a task that is ready or runs changed. */
  constructor(onOrderChange: (task: number) => void) {
    this.#onOrderChange = onOrderChange;
  }

  /** One more than the largest index ever used. */
  get size(): number {
    return this.#size;
  }

  /** True while ranks or inherited priorities lag behind. */
  get unsettled(): boolean {
    return this.#stale.length > 0;
  }

  /** Adds a task in state waiting or held and gives its index. */
  add(spec: TaskSpec, length: number): number {
    const task = this.#free.pop() ?? this.#size++;
    this.#grow(this.#size);
    this.count++;
    this.state[task] = TASK_STATE.waiting;
    this.taskClass[task] = spec.taskClass;
    this.priority[task] = spec.priority;
    this.inherited[task] = spec.priority;
    this.duration[task] = spec.duration;
    this.length[task] = length;
    this.rank[task] = length;
    this.sequence[task] = this.#arrivals++;
    this.planStart.delete(task);
    this.successors[task] = NONE;
    const before = [...new Set(spec.after)].filter((index) => this.state[index] !== TASK_STATE.gone);
    this.predecessors[task] = before.length === 0 ? NONE : before;
    this.waiting[task] = before.length;
    for (const index of before) this.successors[index] = linked(this.successors[index]!, task);
    if (before.length === 0) return task;
    this.dependent++;
    this.#raise(task);
    return task;
  }

  /** Removes a task; its successors no longer wait for it. Gives those that wait for nothing now. */
  remove(task: number): number[] {
    const freed: number[] = [];
    for (const next of this.successors[task]!) {
      this.predecessors[next] = unlinked(this.predecessors[next]!, task);
      if (--this.waiting[next]! > 0) continue;
      this.dependent--;
      freed.push(next);
    }
    if (this.waiting[task]! > 0) this.dependent--;
    const before = this.predecessors[task]!;
    for (const index of before) this.successors[index] = unlinked(this.successors[index]!, task);
    this.successors[task] = NONE;
    this.predecessors[task] = NONE;
    this.state[task] = TASK_STATE.gone;
    this.count--;
    this.#free.push(task);
    this.#stale.push(...before);
    this.settle();
    return freed;
  }

  /** Lets a task that is there already wait for another one. */
  link(task: number, before: number): void {
    this.predecessors[task] = linked(this.predecessors[task]!, before);
    this.successors[before] = linked(this.successors[before]!, task);
    if (this.waiting[task]!++ === 0) this.dependent++;
    this.#raise(task);
  }

  /** Changes a task's own priority. */
  setPriority(task: number, priority: number): void {
    this.priority[task] = priority;
    this.#stale.push(task);
    this.settle();
  }

  /** Changes a task's duration estimate and its length in the rank. */
  setDuration(task: number, duration: number, length: number): void {
    this.duration[task] = duration;
    this.length[task] = length;
    this.#stale.push(task);
    this.settle();
  }

  /** Brings inherited priorities and ranks up to date, spending at most so many steps. */
  settle(steps = STEPS_PER_UPDATE): void {
    for (let step = 0; step < steps && this.#stale.length > 0; step++) {
      const task = this.#stale.pop()!;
      if (this.state[task] === TASK_STATE.gone) continue;
      let inherited = this.priority[task]!;
      let tail = 0;
      for (const next of this.successors[task]!) if (this.inherited[next]! > inherited) inherited = this.inherited[next]!;
      for (const next of this.successors[task]!) {
        tail = Math.max(tail, this.#tail(next, inherited));
        step++;
      }
      if (this.#change(task, inherited, this.length[task]! + tail)) this.#stale.push(...this.predecessors[task]!);
    }
  }

  /** Carries a new task's priority and rank to its ancestors. */
  #raise(task: number): void {
    const stack = [task];
    for (let step = 0; stack.length > 0; step++) {
      const from = stack.pop()!;
      for (const before of this.predecessors[from]!) {
        const inherited = this.inherited[before]!;
        // More urgent than before: what else follows it counts less now.
        if (this.inherited[from]! > inherited) {
          this.#stale.push(before);
          continue;
        }
        const rank = Math.max(this.rank[before]!, this.length[before]! + this.#tail(from, inherited));
        if (!this.#change(before, inherited, rank)) continue;
        if (step < STEPS_PER_UPDATE) stack.push(before);
        else this.#stale.push(...this.predecessors[before]!);
      }
    }
    if (this.#stale.length > 0) this.settle();
  }

  /** What a successor adds to the rank of a task of this inherited priority. */
  #tail(next: number, inherited: number): number {
    return this.rank[next]! * (inherited >= URGENT_BAND && this.inherited[next]! < inherited ? LESS_URGENT : 1);
  }

  #change(task: number, inherited: number, rank: number): boolean {
    if (this.inherited[task] === inherited && this.rank[task] === rank) return false;
    this.inherited[task] = inherited;
    this.rank[task] = rank;
    if (this.state[task]! >= TASK_STATE.ready) this.#onOrderChange(task);
    return true;
  }

  #grow(capacity: number): void {
    if (this.state.length >= capacity) return;
    this.state = grownInts(this.state, capacity);
    this.taskClass = grownInts(this.taskClass, capacity);
    this.waiting = grownInts(this.waiting, capacity);
    this.priority = grownFloats(this.priority, capacity);
    this.inherited = grownFloats(this.inherited, capacity);
    this.duration = grownFloats(this.duration, capacity);
    this.work = grownFloats(this.work, capacity);
    this.length = grownFloats(this.length, capacity);
    this.rank = grownFloats(this.rank, capacity);
    this.sequence = grownFloats(this.sequence, capacity);
    this.readySince = grownFloats(this.readySince, capacity);
  }
}

/** A list with one more entry; in place, unless it is the shared empty one. */
function linked(list: readonly number[], entry: number): readonly number[] {
  if (list.length === 0) return [entry];
  (list as number[]).push(entry);
  return list;
}

/** A list without an entry. */
function unlinked(list: readonly number[], entry: number): readonly number[] {
  if (list.length === 1) return NONE;
  (list as number[]).splice(list.indexOf(entry), 1);
  return list;
}
