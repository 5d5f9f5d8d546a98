/**
 * Parallel schedule generation: time moves from event to event, and at each one the ready tasks are
 * started in the order of their keys while columns and resources are free. Nothing idles that could
 * work (a non-delay schedule). Source: Bedworth & Bailey 1982; Kolisch 1996.
 */
import { type PlanProblem } from './plan-problem.ts';
import { type Schedule } from './schedule.ts';
import { TaskHeap } from './task-heap.ts';

/** Generates schedules of one problem, reusing its memory. */
export class ParallelGenerator {
  readonly #problem: PlanProblem;
  /** Ready tasks by key, then index. */
  readonly #ready: Int32Array;
  #readyCount = 0;
  #keys: Float64Array = new Float64Array(0);
  readonly #running: TaskHeap;
  readonly #later: TaskHeap;
  readonly #waiting: Int32Array;
  readonly #earliest: Float64Array;
  readonly #free: Float64Array;
  readonly #left: Float64Array;
  readonly #contention: Float64Array;
  readonly #bounded: number;

  constructor(problem: PlanProblem) {
    this.#problem = problem;
    this.#ready = new Int32Array(problem.tasks);
    this.#running = new TaskHeap(problem.tasks);
    this.#later = new TaskHeap(problem.tasks);
    this.#waiting = new Int32Array(problem.tasks);
    this.#earliest = new Float64Array(problem.tasks);
    this.#free = new Float64Array(problem.columns);
    this.#left = new Float64Array(problem.resources);
    this.#contention = columnContention(problem);
    this.#bounded = problem.columns - problem.unbounded.reduce((sum, flag) => sum + flag, 0);
  }

  /** Fills `out`, starting ready tasks in ascending order of `keys`. */
  generate(keys: Float64Array, out: Schedule): void {
    const { tasks, predStart, release } = this.#problem;
    this.#keys = keys;
    this.#readyCount = 0;
    this.#running.reset(out.finish);
    this.#later.reset(this.#earliest);
    this.#free.set(this.#problem.columnFree);
    this.#earliest.set(release);
    this.#left.set(this.#problem.capacity);
    for (const held of this.#problem.held) this.#left[held.resource]! -= held.amount;
    for (let task = 0; task < tasks; task++) {
      this.#waiting[task] = predStart[task + 1]! - predStart[task]!;
      if (this.#waiting[task] === 0) this.#later.push(task);
    }
    const held = [...this.#problem.held].sort((a, b) => a.until - b.until);
    out.makespan = 0;
    let started = 0;
    let now = 0;
    let heldDone = 0;
    while (started < tasks) {
      while (heldDone < held.length && held[heldDone]!.until <= now) this.#left[held[heldDone]!.resource]! += held[heldDone++]!.amount;
      while (this.#later.size > 0 && this.#earliest[this.#later.peek()]! <= now) this.#insert(this.#later.pop());
      started += this.#startReady(now, out);
      if (started === tasks) return;
      now = this.#nextEvent(now, out, held[heldDone]?.until ?? Number.POSITIVE_INFINITY);
      while (this.#running.size > 0 && out.finish[this.#running.peek()]! <= now) this.#finish(this.#running.pop());
    }
  }

  #startReady(now: number, out: Schedule): number {
    let idle = this.#bounded;
    if (idle > 0) {
      idle = 0;
      for (let column = 0; column < this.#free.length; column++) if (this.#free[column]! <= now) idle++;
    }
    const isBounded = this.#bounded === this.#problem.columns;
    if (isBounded && idle === 0) return 0;
    const ready = this.#ready;
    const count = this.#readyCount;
    let blocked = 0;
    let at = 0;
    while (at < count) {
      const task = ready[at++]!;
      const option = this.#fits(task) ? this.#idleOption(task, now) : -1;
      if (option < 0) {
        ready[blocked++] = task;
        continue;
      }
      this.#start(task, option, now, out);
      if (this.#problem.unbounded[out.column[task]!] === 0 && --idle === 0 && isBounded) break;
    }
    const started = at - blocked;
    if (started > 0) ready.copyWithin(blocked, at, count);
    this.#readyCount = count - started;
    return started;
  }

  /** Files a ready task where it belongs. */
  #insert(task: number): void {
    const ready = this.#ready;
    const keys = this.#keys;
    const key = keys[task]!;
    let low = 0;
    let high = this.#readyCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = ready[middle]!;
      if (keys[other]! < key || (keys[other] === key && other < task)) low = middle + 1;
      else high = middle;
    }
    ready.copyWithin(low + 1, low, this.#readyCount++);
    ready[low] = task;
  }

  #fits(task: number): boolean {
    const { demandStart, demandResource, demandAmount } = this.#problem;
    for (let k = demandStart[task]!; k < demandStart[task + 1]!; k++) {
      if (this.#left[demandResource[k]!]! < demandAmount[k]!) return false;
    }
    return true;
  }

  /** The idle option with the shortest duration, among equals the one least asked for by other work. */
  #idleOption(task: number, now: number): number {
    const { optionStart, optionColumn, optionDuration, unbounded } = this.#problem;
    let best = -1;
    for (let k = optionStart[task]!; k < optionStart[task + 1]!; k++) {
      const column = optionColumn[k]!;
      if (this.#free[column]! > now && unbounded[column] === 0) continue;
      const gain = best < 0 ? 1 : optionDuration[best]! - optionDuration[k]!;
      if (gain > 0 || (gain === 0 && this.#contention[column]! < this.#contention[optionColumn[best]!]!)) best = k;
    }
    return best;
  }

  #start(task: number, option: number, now: number, out: Schedule): void {
    const { demandStart, demandResource, demandAmount, optionColumn, optionDuration } = this.#problem;
    const column = optionColumn[option]!;
    out.start[task] = now;
    const finish = now + optionDuration[option]!;
    out.finish[task] = finish;
    out.column[task] = column;
    out.makespan = Math.max(out.makespan, finish);
    this.#free[column] = finish;
    for (let k = demandStart[task]!; k < demandStart[task + 1]!; k++) this.#left[demandResource[k]!]! -= demandAmount[k]!;
    this.#running.push(task);
  }

  #finish(task: number): void {
    const { demandStart, demandResource, demandAmount, succStart, succ } = this.#problem;
    for (let k = demandStart[task]!; k < demandStart[task + 1]!; k++) this.#left[demandResource[k]!]! += demandAmount[k]!;
    for (let k = succStart[task]!; k < succStart[task + 1]!; k++) if (--this.#waiting[succ[k]!]! === 0) this.#later.push(succ[k]!);
  }

  #nextEvent(now: number, out: Schedule, heldUntil: number): number {
    let next = heldUntil;
    if (this.#running.size > 0) next = Math.min(next, out.finish[this.#running.peek()]!);
    if (this.#later.size > 0) next = Math.min(next, this.#earliest[this.#later.peek()]!);
    for (let column = 0; column < this.#free.length; column++) {
      if (this.#free[column]! > now) next = Math.min(next, this.#free[column]!);
    }
    return next;
  }
}

/** Per column the work that could fall on it: each task's shortest duration shared over its options. */
export function columnContention(problem: PlanProblem): Float64Array {
  const contention = new Float64Array(problem.columns);
  for (let task = 0; task < problem.tasks; task++) {
    const from = problem.optionStart[task]!;
    const to = problem.optionStart[task + 1]!;
    for (let k = from; k < to; k++) contention[problem.optionColumn[k]!]! += problem.shortest[task]! / (to - from);
  }
  return contention;
}
