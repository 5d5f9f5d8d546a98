/**
 * The search for plans with urgent work: first the shortest plan of the urgent tasks and of what they wait for, as if there
 * were nothing else; the others go around it, by bands. Both are improved in turns, so that the result is a plan at any time.
 * Invariant: no other task delays the urgent ones beyond their plan.
 */
import { makespanBound } from './plan-bound.ts';
import { type PlanProblem, partOfProblem } from './plan-problem.ts';
import { type Schedule } from './schedule.ts';
import { type PlanSearch, type SearchStart, shortestSearch } from './shortest-search.ts';
import { URGENT_BAND } from './task-table.ts';
import { type PlanCost, WindowSearch } from './window-search.ts';

/** Steps of the urgent plan for one of the others, which costs about as much. */
const URGENT_STEPS = 8;

/** The tasks of the urgent bands, and those that they wait for, in order. */
export function urgentTasks(problem: PlanProblem): number[] {
  const isUrgent = new Uint8Array(problem.tasks);
  for (let task = problem.tasks - 1; task >= 0; task--) {
    let urgent = problem.band[task]! >= URGENT_BAND;
    for (let k = problem.succStart[task]!; k < problem.succStart[task + 1]!; k++) urgent ||= isUrgent[problem.succ[k]!] === 1;
    isUrgent[task] = urgent ? 1 : 0;
  }
  return Array.from(isUrgent.keys()).filter((task) => isUrgent[task] === 1);
}

/** A search that began; `urgent` as `urgentTasks` gives them, at least one. */
export class UrgentFirstSearch implements PlanSearch {
  readonly best: Schedule;
  readonly #urgent: readonly number[];
  readonly #part: PlanSearch;
  readonly #others: WindowSearch | undefined;
  readonly #pinned: { readonly columns: Int32Array; readonly starts: Float64Array };

  constructor(problem: PlanProblem, urgent: readonly number[], { random, cost, incumbent }: SearchStart & { readonly cost: PlanCost }) {
    this.#urgent = urgent;
    const earlier = incumbent === undefined ? undefined : Float64Array.from(urgent, (task) => incumbent[task]!);
    const part = partOfProblem(problem, urgent);
    this.#part = shortestSearch(part, makespanBound(part), { random, incumbent: earlier });
    this.#pinned = { columns: new Int32Array(problem.tasks).fill(-1), starts: new Float64Array(problem.tasks) };
    this.#others = urgent.length === problem.tasks ? undefined : new WindowSearch(problem, random, cost, this.#pinned);
    this.best = this.#others?.best ?? this.#part.best;
    this.#pin();
  }

  /** Begins with the others at a plan of everything. */
  start(schedule: Schedule): void {
    this.#others?.start(schedule);
    this.#others?.repin();
  }

  isDone(): boolean {
    return this.#others === undefined && this.#part.isDone();
  }

  step(): boolean {
    if (this.#others === undefined) return this.#part.step();
    let better = false;
    for (let k = 0; k < URGENT_STEPS && !this.#part.isDone(); k++) better = this.#part.step() || better;
    if (!better) return this.#others.step();
    this.#pin();
    this.#others.repin();
    return true;
  }

  #pin(): void {
    this.#urgent.forEach((task, index) => {
      this.#pinned.columns[task] = this.#part.best.column[index]!;
      this.#pinned.starts[task] = this.#part.best.start[index]!;
    });
  }
}
