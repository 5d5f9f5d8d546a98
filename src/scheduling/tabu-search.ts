/**
 * Tabu search over critical moves: every step takes the best move of a critical path that is not
 * tabu, even when it makes the plan longer; what a task just left it may not return to for a while.
 * After a stall it starts again from the best plan, disturbed. Source: Glover 1989; Nowicki &
 * Smutnicki 1996; Mastrolilli & Gambardella 2000.
 */
import { type CriticalMove, CriticalMoves } from './critical-moves.ts';
import { DisjunctiveGraph } from './disjunctive-graph.ts';
import { type PlanProblem } from './plan-problem.ts';
import { type RandomSource } from './random.ts';
import { emptySchedule, type Schedule } from './schedule.ts';

/** A search on one problem without binding resources. `best` is the shortest plan seen since `start`. */
export class TabuSearch {
  readonly best: Schedule;
  readonly #problem: PlanProblem;
  readonly #random: RandomSource;
  readonly #graph: DisjunctiveGraph;
  readonly #moves: CriticalMoves;
  /** Per task and column the step until which the task may not come (back) to the column. */
  readonly #tabuUntil: Int32Array;
  readonly #chosen: CriticalMove = { task: -1, column: 0, previous: -1, estimate: 0, score: 0 };
  readonly #chosenTabu: CriticalMove = { task: -1, column: 0, previous: -1, estimate: 0, score: 0 };
  #ties = 0;
  #step = 0;
  #stalled = 0;
  #restarts = 0;

  constructor(problem: PlanProblem, random: RandomSource) {
    this.#problem = problem;
    this.#random = random;
    this.#graph = new DisjunctiveGraph(problem);
    this.#moves = new CriticalMoves(this.#graph);
    this.#tabuUntil = new Int32Array(problem.tasks * problem.columns);
    this.best = emptySchedule(problem);
  }

  /** Begins at a schedule. */
  start(schedule: Schedule): void {
    this.#graph.load(schedule);
    this.#graph.store(this.best);
    this.#tabuUntil.fill(0);
    this.#step = 0;
    this.#stalled = 0;
  }

  /** One move. True when it found a shorter plan than ever before. */
  step(): boolean {
    this.#step++;
    const path = this.#moves.criticalPath(this.#random);
    this.#chosen.task = -1;
    this.#chosenTabu.task = -1;
    for (let k = 0; k < path.length; k++) this.#moves.visit(path[k]!, this.#consider);
    const move = this.#chosen.task >= 0 ? this.#chosen : this.#chosenTabu;
    if (move.task < 0 || !this.#apply(move, path.length)) {
      this.#restart();
      return false;
    }
    if (this.#graph.makespan < this.best.makespan - 1e-9 * this.best.makespan) {
      this.#graph.store(this.best);
      this.#stalled = 0;
      return true;
    }
    if (++this.#stalled > this.#patience()) this.#restart();
    return false;
  }

  #patience(): number {
    return 200 + 2 * this.#problem.tasks;
  }

  readonly #consider = (move: CriticalMove): void => {
    const tabu = this.#tabuUntil[move.task * this.#problem.columns + move.column]! >= this.#step;
    if (tabu && move.estimate >= this.best.makespan) {
      if (this.#chosenTabu.task < 0 || this.#random() < 0.1) copyMove(move, this.#chosenTabu);
      return;
    }
    const { task, score } = this.#chosen;
    if (task >= 0 && move.score > score) return;
    this.#ties = task >= 0 && move.score === score ? this.#ties + 1 : 1;
    if (this.#ties === 1 || this.#random() * this.#ties < 1) copyMove(move, this.#chosen);
  };

  #apply(move: CriticalMove, pathLength: number): boolean {
    const graph = this.#graph;
    const { task } = move;
    const column = graph.column[task]!;
    const before = graph.before[task]!;
    const { optionStart } = this.#problem;
    const choices = optionStart[task + 1]! - optionStart[task]!;
    graph.move(task, move.column, move.previous);
    if (!graph.evaluate()) {
      // Only tasks without duration can hide a cycle from the estimate.
      graph.move(task, column, before);
      graph.evaluate();
      return false;
    }
    const tenure = Math.min(pathLength, 30) + Math.min(choices, 10) + Math.floor(this.#random() * 8);
    this.#tabuUntil[task * this.#problem.columns + column] = this.#step + tenure;
    return true;
  }

  /** Back to the best plan, with some random moves of critical tasks. */
  #restart(): void {
    this.#graph.load(this.best);
    this.#stalled = 0;
    this.#restarts++;
    const moves = 2 + (this.#restarts % 8);
    for (let k = 0; k < moves; k++) {
      const path = this.#moves.criticalPath(this.#random);
      this.#chosenTabu.task = -1;
      let seen = 0;
      const task = path[Math.floor(this.#random() * path.length)];
      if (task === undefined) return;
      this.#moves.visit(task, (move) => {
        if (this.#random() * ++seen < 1) copyMove(move, this.#chosenTabu);
      });
      if (this.#chosenTabu.task >= 0) this.#apply(this.#chosenTabu, path.length);
    }
  }
}

function copyMove(from: CriticalMove, to: CriticalMove): void {
  to.task = from.task;
  to.column = from.column;
  to.previous = from.previous;
  to.estimate = from.estimate;
  to.score = from.score;
}
