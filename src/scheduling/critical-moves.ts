/**
 * Moves of critical tasks: each task of a critical path may go to any feasible place on any of its
 * columns. A place is feasible if the task behind it cannot reach a predecessor of the moved task
 * and no successor of it can reach the task before; the length of the longest path through the moved
 * task is estimated from heads and tails. Source: Mastrolilli & Gambardella 2000 (Nopt, flexible job
 * shop), extended from chains to any precedence; on one column it contains N5 and N6 (Nowicki &
 * Smutnicki 1996, Balas & Vazacopoulos 1998).
 */
import { type DisjunctiveGraph } from './disjunctive-graph.ts';
import { type RandomSource } from './random.ts';

/**
 * A move: `task` to `column`, behind `previous` (-1: first), and the estimated longest path through it. By the path alone
 * work drifts to columns that are slow at it, which no single move of a full plan makes good again.
 */
export interface CriticalMove {
  task: number;
  column: number;
  previous: number;
  estimate: number;
  /** By which moves are compared: the estimate, and how much longer the task takes there. */
  score: number;
}

/** Receives the moves of one task; the object is reused between calls. */
export type MoveVisitor = (move: CriticalMove) => void;

/** Finds critical paths and enumerates moves on one graph, reusing its memory. */
export class CriticalMoves {
  readonly #graph: DisjunctiveGraph;
  readonly #path: Int32Array;
  #visit: MoveVisitor = () => {};
  /** How much longer the task takes on the column that is visited. */
  #added = 0;
  readonly #move: CriticalMove = { task: 0, column: 0, previous: -1, estimate: 0, score: 0 };

  constructor(graph: DisjunctiveGraph) {
    this.#graph = graph;
    this.#path = new Int32Array(graph.problem.tasks);
  }

  /** Tasks of a critical path chosen at random, in order; a view that the next call overwrites. */
  criticalPath(random: RandomSource): Int32Array {
    const { problem, head, duration, makespan } = this.#graph;
    const slack = makespan * 1e-9;
    let length = 0;
    let at = -1;
    let seen = 0;
    for (let task = 0; task < problem.tasks; task++) {
      if (head[task]! + duration[task]! < makespan - slack) continue;
      if (random() * ++seen < 1) at = task;
    }
    // Walked from the end back to the start.
    while (at >= 0) {
      this.#path[problem.tasks - ++length] = at;
      at = this.#criticalBefore(at, slack, random);
    }
    return this.#path.subarray(problem.tasks - length);
  }

  /** Calls `visit` for every feasible place of a task but the one where it is. */
  visit(task: number, visit: MoveVisitor): void {
    this.#visit = visit;
    const { optionStart, optionColumn, optionDuration, unbounded } = this.#graph.problem;
    const own = this.#graph.column[task]!;
    for (let k = optionStart[task]!; k < optionStart[task + 1]!; k++) {
      const column = optionColumn[k]!;
      this.#added = optionDuration[k]! - this.#graph.duration[task]!;
      if (unbounded[column] === 1) {
        if (column !== own) this.#offer(task, column, -1, this.#precedenceOnly(task, optionDuration[k]!));
      } else if (column === own) {
        this.#visitOwn(task);
      } else {
        this.#visitOther(task, column, optionDuration[k]!);
      }
    }
  }

  #criticalBefore(task: number, slack: number, random: RandomSource): number {
    const { problem, head, duration, before } = this.#graph;
    const start = head[task]!;
    let chosen = -1;
    let seen = 0;
    const previous = before[task]!;
    if (previous >= 0 && head[previous]! + duration[previous]! >= start - slack) {
      chosen = previous;
      seen = 1;
    }
    for (let k = problem.predStart[task]!; k < problem.predStart[task + 1]!; k++) {
      const other = problem.pred[k]!;
      if (head[other]! + duration[other]! >= start - slack && random() * ++seen < 1) chosen = other;
    }
    return chosen;
  }

  #precedenceOnly(task: number, duration: number): number {
    return this.#graph.precedenceHead[task]! + duration + this.#graph.precedenceTail[task]!;
  }

  #offer(task: number, column: number, previous: number, estimate: number): void {
    const move = this.#move;
    move.score = estimate + this.#added;
    move.task = task;
    move.column = column;
    move.previous = previous;
    move.estimate = estimate;
    this.#visit(move);
  }

  /** Latest start among the predecessors: a task that ends later cannot reach any of them. */
  #latestPredecessor(task: number): number {
    const { problem, head } = this.#graph;
    let latest = Number.NEGATIVE_INFINITY;
    for (let k = problem.predStart[task]!; k < problem.predStart[task + 1]!; k++) latest = Math.max(latest, head[problem.pred[k]!]!);
    return latest;
  }

  /** Longest tail among the successors: a task with more behind its start cannot be reached from them. */
  #longestSuccessor(task: number): number {
    const { problem, tail } = this.#graph;
    let longest = Number.NEGATIVE_INFINITY;
    for (let k = problem.succStart[task]!; k < problem.succStart[task + 1]!; k++) longest = Math.max(longest, tail[problem.succ[k]!]!);
    return longest;
  }

  /** True when `before` is a direct predecessor of `task`. */
  #precedes(before: number, task: number): boolean {
    const { predStart, pred } = this.#graph.problem;
    for (let k = predStart[task]!; k < predStart[task + 1]!; k++) if (pred[k] === before) return true;
    return false;
  }

  #visitOther(task: number, column: number, duration: number): void {
    const graph = this.#graph;
    const { head, tail, duration: durations, after } = graph;
    const latest = this.#latestPredecessor(task);
    const longest = this.#longestSuccessor(task);
    const start = graph.precedenceHead[task]!;
    const rest = graph.precedenceTail[task]!;
    let previous = -1;
    let free = graph.problem.columnFree[column]!;
    for (let next = graph.first[column]!; ; next = after[next]!) {
      const nextLength = next < 0 ? 0 : durations[next]!;
      if (next < 0 || (head[next]! + nextLength > latest && !this.#precedes(next, task))) {
        const path = Math.max(start, free) + duration + (next < 0 ? rest : Math.max(rest, tail[next]! + nextLength));
        this.#offer(task, column, previous, path);
      }
      // Behind `next`, the moved task must not be able to reach it.
      if (next < 0 || tail[next]! + nextLength <= longest || this.#precedes(task, next)) return;
      previous = next;
      free = head[next]! + nextLength;
    }
  }

  #visitOwn(task: number): void {
    const graph = this.#graph;
    const { head, tail, duration, before, after, precedenceHead, precedenceTail } = graph;
    const column = graph.column[task]!;
    const latest = this.#latestPredecessor(task);
    const longest = this.#longestSuccessor(task);
    const length = duration[task]!;
    const start = precedenceHead[task]!;
    const rest = precedenceTail[task]!;
    // Backwards: the tasks before it get tails as if it were not there.
    let tailBehind = after[task]! < 0 ? 0 : tail[after[task]!]! + duration[after[task]!]!;
    for (let next = before[task]!; next >= 0; next = before[next]!) {
      if (head[next]! + duration[next]! <= latest || this.#precedes(next, task)) break;
      tailBehind = Math.max(precedenceTail[next]!, tailBehind) + duration[next]!;
      const previous = before[next]!;
      const free = previous < 0 ? graph.problem.columnFree[column]! : head[previous]! + duration[previous]!;
      this.#offer(task, column, previous, Math.max(start, free) + length + Math.max(rest, tailBehind));
    }
    // Forwards: the tasks behind it get heads as if it were not there.
    const earlier = before[task]!;
    let free = earlier < 0 ? graph.problem.columnFree[column]! : head[earlier]! + duration[earlier]!;
    for (let previous = after[task]!; previous >= 0; previous = after[previous]!) {
      if (tail[previous]! + duration[previous]! <= longest || this.#precedes(task, previous)) break;
      free = Math.max(precedenceHead[previous]!, free) + duration[previous]!;
      const next = after[previous]!;
      const behind = next < 0 ? 0 : tail[next]! + duration[next]!;
      this.#offer(task, column, previous, Math.max(start, free) + length + Math.max(rest, behind));
    }
  }
}
