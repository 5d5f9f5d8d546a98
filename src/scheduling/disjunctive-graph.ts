/**
 * A plan as a disjunctive graph: every column has a sequence of tasks, and the graph of precedence
 * and sequence arcs gives each task its head (longest path before it) and tail (longest path behind
 * it). Source: Roy & Sussmann 1964; for flexible shops Mastrolilli & Gambardella 2000.
 * Invariant: after `evaluate` returned true, the graph has no cycle and heads, tails and makespan fit it.
 */
import { type PlanProblem } from './plan-problem.ts';
import { type Schedule } from './schedule.ts';

/** Sequences and path lengths of one plan, changed in place by a search. */
export class DisjunctiveGraph {
  readonly problem: PlanProblem;
  readonly column: Int32Array;
  readonly duration: Float64Array;
  /** Neighbours in the column's sequence, -1 for none. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly first: Int32Array;
  /** Longest path to the start, and from the end, of each task; the same over precedence alone. */
  readonly head: Float64Array;
  readonly tail: Float64Array;
  readonly precedenceHead: Float64Array;
  readonly precedenceTail: Float64Array;
  makespan = 0;
  readonly #order: Int32Array;
  readonly #waiting: Int32Array;
  readonly #predecessors: Int32Array;

  constructor(problem: PlanProblem) {
    this.problem = problem;
    const { tasks, columns, predStart } = problem;
    this.column = new Int32Array(tasks);
    this.duration = new Float64Array(tasks);
    this.before = new Int32Array(tasks);
    this.after = new Int32Array(tasks);
    this.first = new Int32Array(columns);
    this.head = new Float64Array(tasks);
    this.tail = new Float64Array(tasks);
    this.precedenceHead = new Float64Array(tasks);
    this.precedenceTail = new Float64Array(tasks);
    this.#order = new Int32Array(tasks);
    this.#waiting = new Int32Array(tasks);
    this.#predecessors = Int32Array.from({ length: tasks }, (_, task) => predStart[task + 1]! - predStart[task]!);
  }

  /** Takes the sequences of a schedule; columns that take any number of tasks stay without sequence. */
  load(schedule: Schedule): void {
    const { tasks, unbounded } = this.problem;
    const last = new Int32Array(this.problem.columns).fill(-1);
    this.first.fill(-1);
    this.before.fill(-1);
    this.after.fill(-1);
    this.column.set(schedule.column);
    const order = Array.from({ length: tasks }, (_, task) => task);
    order.sort((a, b) => schedule.start[a]! - schedule.start[b]! || schedule.finish[a]! - schedule.finish[b]! || a - b);
    for (const task of order) {
      const column = this.column[task]!;
      this.duration[task] = this.durationOn(task, column);
      if (unbounded[column] === 1) continue;
      this.#link(task, last[column]!, column);
      last[column] = task;
    }
    this.evaluate();
  }

  /** Writes heads as starts. */
  store(out: Schedule): void {
    out.start.set(this.head);
    out.column.set(this.column);
    for (let task = 0; task < this.head.length; task++) out.finish[task] = this.head[task]! + this.duration[task]!;
    out.makespan = this.makespan;
  }

  /** Expected duration of a task on a column; NaN where it is not an option. */
  durationOn(task: number, column: number): number {
    const { optionStart, optionColumn, optionDuration } = this.problem;
    for (let k = optionStart[task]!; k < optionStart[task + 1]!; k++) if (optionColumn[k] === column) return optionDuration[k]!;
    return Number.NaN;
  }

  /** Moves a task behind `previous` (-1: to the front) on a column. Heads and tails are stale until `evaluate`. */
  move(task: number, column: number, previous: number): void {
    const { unbounded } = this.problem;
    if (unbounded[this.column[task]!] === 0) this.#unlink(task);
    this.column[task] = column;
    this.duration[task] = this.durationOn(task, column);
    if (unbounded[column] === 0) this.#link(task, previous, column);
  }

  /** Computes heads, tails and makespan; false when the sequences contradict the precedence. */
  evaluate(): boolean {
    const { tasks } = this.problem;
    const waiting = this.#waiting;
    const order = this.#order;
    waiting.set(this.#predecessors);
    let count = 0;
    for (let task = 0; task < tasks; task++) {
      if (this.before[task]! >= 0) waiting[task]!++;
      if (waiting[task] === 0) order[count++] = task;
    }
    return this.#passForward(count) && this.#passBackward();
  }

  #passForward(sources: number): boolean {
    const { tasks, predStart, pred, succStart, succ, release, columnFree } = this.problem;
    const { head, duration, before, after, column, precedenceHead } = this;
    const waiting = this.#waiting;
    const order = this.#order;
    let count = sources;
    let makespan = 0;
    for (let at = 0; at < count; at++) {
      const task = order[at]!;
      let start = release[task]!;
      for (let k = predStart[task]!; k < predStart[task + 1]!; k++) {
        const other = pred[k]!;
        const finish = head[other]! + duration[other]!;
        if (finish > start) start = finish;
      }
      precedenceHead[task] = start;
      const previous = before[task]!;
      const free = previous >= 0 ? head[previous]! + duration[previous]! : columnFree[column[task]!]!;
      if (free > start) start = free;
      head[task] = start;
      const finish = start + duration[task]!;
      if (finish > makespan) makespan = finish;
      const next = after[task]!;
      if (next >= 0 && --waiting[next]! === 0) order[count++] = next;
      for (let k = succStart[task]!; k < succStart[task + 1]!; k++) {
        const other = succ[k]!;
        if (--waiting[other]! === 0) order[count++] = other;
      }
    }
    this.makespan = makespan;
    return count === tasks;
  }

  #passBackward(): boolean {
    const { tasks, succStart, succ } = this.problem;
    const { tail, duration, after, precedenceTail } = this;
    for (let at = tasks - 1; at >= 0; at--) {
      const task = this.#order[at]!;
      let rest = 0;
      for (let k = succStart[task]!; k < succStart[task + 1]!; k++) {
        const other = succ[k]!;
        const length = tail[other]! + duration[other]!;
        if (length > rest) rest = length;
      }
      precedenceTail[task] = rest;
      const next = after[task]!;
      if (next >= 0) {
        const length = tail[next]! + duration[next]!;
        if (length > rest) rest = length;
      }
      tail[task] = rest;
    }
    return true;
  }

  #link(task: number, previous: number, column: number): void {
    const next = previous < 0 ? this.first[column]! : this.after[previous]!;
    this.before[task] = previous;
    this.after[task] = next;
    if (previous < 0) this.first[column] = task;
    else this.after[previous] = task;
    if (next >= 0) this.before[next] = task;
  }

  #unlink(task: number): void {
    const previous = this.before[task]!;
    const next = this.after[task]!;
    if (previous < 0) this.first[this.column[task]!] = next;
    else this.after[previous] = next;
    if (next >= 0) this.before[next] = previous;
    this.before[task] = -1;
    this.after[task] = -1;
  }
}
