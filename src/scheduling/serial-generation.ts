/**
 * Serial schedule generation: tasks are taken one by one in the order of their keys (predecessors
 * first), each at the earliest finish over its options, with insertion into gaps. Source: Kelley
 * 1963; Kolisch 1996; the insertion and earliest-finish rule of HEFT (Topcuoglu et al. 2002).
 * Invariant: a task placed later never moves one placed earlier.
 */
import { type PlanProblem } from './plan-problem.ts';
import { ResourceProfile } from './resource-profile.ts';
import { emptySchedule, type Schedule } from './schedule.ts';
import { TaskHeap } from './task-heap.ts';

/** The place behind the last task of a column. */
const BEHIND_ALL = -2;

/** Generates schedules of one problem, reusing its memory. */
export class SerialGenerator {
  readonly #problem: PlanProblem;
  readonly #profile: ResourceProfile | undefined;
  readonly #ready: TaskHeap;
  readonly #waiting: Int32Array;
  /** Per column a linked list of its tasks by start: first, next, last, and when the last ends. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #last: Int32Array;
  readonly #end: Float64Array;
  /** The schedule being filled. */
  #out: Schedule;
  /** The gap found last: its start, and the task before it (-1 for none). */
  #gapStart = 0;
  #gapAfter = -1;
  /** The profile's breakpoint in force at the gap's start. */
  #gapBreakpoint = 0;

  constructor(problem: PlanProblem) {
    this.#problem = problem;
    this.#profile = problem.resources > 0 ? new ResourceProfile(problem) : undefined;
    this.#ready = new TaskHeap(problem.tasks);
    this.#waiting = new Int32Array(problem.tasks);
    this.#first = new Int32Array(problem.columns);
    this.#next = new Int32Array(problem.tasks);
    this.#last = new Int32Array(problem.columns);
    this.#end = new Float64Array(problem.columns);
    this.#out = emptySchedule(problem);
  }

  /** Fills `out` in ascending order of `keys`. With `columns` each task stays on its given column. */
  generate(keys: Float64Array, out: Schedule, columns?: Int32Array): void {
    const { tasks, predStart, succStart, succ } = this.#problem;
    this.#out = out;
    this.#profile?.reset();
    this.#first.fill(-1);
    this.#last.fill(-1);
    this.#end.set(this.#problem.columnFree);
    this.#ready.reset(keys);
    out.makespan = 0;
    for (let task = 0; task < tasks; task++) {
      const predecessors = predStart[task + 1]! - predStart[task]!;
      this.#waiting[task] = predecessors;
      if (predecessors === 0) this.#ready.push(task);
    }
    for (let task = this.#ready.pop(); task >= 0; task = this.#ready.pop()) {
      this.#place(task, out, columns === undefined ? -1 : columns[task]!);
      for (let k = succStart[task]!; k < succStart[task + 1]!; k++) {
        const next = succ[k]!;
        if (--this.#waiting[next]! === 0) this.#ready.push(next);
      }
    }
  }

  #place(task: number, out: Schedule, fixed: number): void {
    const { predStart, pred, release, optionStart, optionColumn, optionDuration } = this.#problem;
    let from = release[task]!;
    let near = 0;
    for (let k = predStart[task]!; k < predStart[task + 1]!; k++) {
      const before = pred[k]!;
      if (out.finish[before]! < from) continue;
      from = out.finish[before]!;
      if (this.#profile !== undefined) near = this.#profile.endOf[before]!;
    }
    if (this.#profile !== undefined && optionStart[task + 1]! - optionStart[task]! > 1) {
      // On no column can it start before the resources are there for the shortest of its durations.
      from = this.#profile.earliest(task, from, this.#problem.shortest[task]!, near);
      near = this.#profile.found;
    }
    let bestFinish = Number.POSITIVE_INFINITY;
    let bestStart = 0;
    let bestColumn = -1;
    let bestAfter = -1;
    let bestBreakpoint = 0;
    for (let k = optionStart[task]!; k < optionStart[task + 1]!; k++) {
      const column = optionColumn[k]!;
      const duration = optionDuration[k]!;
      if ((fixed >= 0 && column !== fixed) || from + duration >= bestFinish) continue;
      this.#gapBreakpoint = near;
      this.#findGap(task, column, from, duration);
      if (this.#gapStart + duration < bestFinish) {
        bestFinish = this.#gapStart + duration;
        bestStart = this.#gapStart;
        bestColumn = column;
        bestAfter = this.#gapAfter;
        bestBreakpoint = this.#gapBreakpoint;
      }
    }
    out.start[task] = bestStart;
    out.finish[task] = bestFinish;
    out.column[task] = bestColumn;
    out.makespan = Math.max(out.makespan, bestFinish);
    this.#profile?.reserve(task, bestStart, bestFinish - bestStart, bestBreakpoint);
    if (this.#problem.unbounded[bestColumn] === 0) this.#link(task, bestColumn, bestAfter, bestFinish);
  }

  /** Finds the earliest start from `from` on at which column and resources are free. */
  #findGap(task: number, column: number, from: number, duration: number): void {
    const { start: starts, finish: ends } = this.#out;
    let start = Math.max(from, this.#problem.columnFree[column]!);
    if (this.#problem.unbounded[column] === 1) {
      this.#gapStart = this.#earliest(task, start, duration);
      return;
    }
    let after = -1;
    let next = this.#first[column]!;
    for (;;) {
      if (start >= this.#end[column]!) {
        // Behind everything on this column: only the resources matter.
        this.#gapStart = this.#earliest(task, start, duration);
        this.#gapAfter = BEHIND_ALL;
        return;
      }
      while (next >= 0 && starts[next]! < start + duration) {
        start = Math.max(start, ends[next]!);
        after = next;
        next = this.#next[next]!;
      }
      const fits = this.#earliest(task, start, duration);
      if (fits === start) break;
      start = fits;
    }
    this.#gapStart = start;
    this.#gapAfter = after;
  }

  #earliest(task: number, from: number, duration: number): number {
    if (this.#profile === undefined) return from;
    const start = this.#profile.earliest(task, from, duration, this.#gapBreakpoint);
    this.#gapBreakpoint = this.#profile.found;
    return start;
  }

  #link(task: number, column: number, after: number, finish: number): void {
    const previous = after === BEHIND_ALL ? this.#last[column]! : after;
    const next = previous < 0 ? this.#first[column]! : this.#next[previous]!;
    this.#next[task] = next;
    if (previous < 0) this.#first[column] = task;
    else this.#next[previous] = task;
    if (next < 0) this.#last[column] = task;
    this.#end[column] = Math.max(this.#end[column]!, finish);
  }
}
