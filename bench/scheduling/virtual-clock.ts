/**
 * Runs the real scheduler on an instance under a virtual clock: the board is told what happens and
 * the policy decides, exactly as an engine would do it. Actual durations may differ from estimates.
 */
import { type Assignment } from '../../src/scheduling/dispatch-decision.ts';
import { DispatchBoard } from '../../src/scheduling/dispatch-board.ts';
import { optimalPolicy } from '../../src/scheduling/optimal-policy.ts';
import { greedyBaseline } from './greedy-baseline.ts';
import { type PlanInput } from '../../src/scheduling/plan-problem.ts';

/** When and where a task ran. */
export interface Run {
  readonly session: number;
  readonly start: number;
  readonly finish: number;
}

/** How to run an instance. */
export interface SimulationOptions {
  readonly policy: 'greedy' | 'optimal';
  /** Priority of each task, 1 to 10; 5 where missing. */
  readonly priorities?: readonly number[];
  /** Actual ÷ estimated duration of each task; 1 where missing. */
  readonly noise?: Float64Array;
  /** Called before each decision, to lay a plan over the board. */
  readonly beforeDecision?: (board: DispatchBoard, now: number, boardTask: readonly number[]) => void;
  /** Asked for the time of a decision, in ms; decisions are timed when given. */
  readonly stopwatch?: () => number;
}

/** What came out: a run per task (undefined for one that could not run), and the time of each decision in ms. */
export interface SimulationResult {
  readonly runs: readonly (Run | undefined)[];
  readonly makespan: number;
  readonly decisionMs: number[];
}

/** Adds an instance's sessions and tasks to a new board. */
function loadBoard(input: PlanInput, options: SimulationOptions): { board: DispatchBoard; boardTask: number[] } {
  const board = new DispatchBoard({ maxAge: 1e9, capacities: input.capacities ?? [] });
  for (const session of input.sessions) board.joinSession({ slots: session.slots, capabilities: [] });
  const boardTask: number[] = [];
  for (const index of dependencyOrder(input)) {
    const task = input.tasks[index]!;
    const first = task.options[0]?.duration ?? 1;
    const uniform = task.options.every((option) => option.duration === first);
    const base = uniform && first > 0 ? first : 1;
    const taskClass = board.classOf({
      requires: [],
      options: task.options.map((option) => ({ session: option.session, duration: option.duration / base })),
      ...(task.demands === undefined ? {} : { demands: task.demands }),
    });
    const after = task.after.map((before) => boardTask[before]!);
    boardTask[index] = board.addTask({ taskClass, priority: options.priorities?.[index] ?? 5, duration: base, after }, 0);
  }
  return { board, boardTask };
}

/** Runs an instance to its end. */
export function simulate(input: PlanInput, options: SimulationOptions): SimulationResult {
  const { board, boardTask } = loadBoard(input, options);
  const inputTask = new Map(boardTask.map((task, index) => [task, index]));
  const runs: (Run | undefined)[] = input.tasks.map(() => undefined);
  const ends: { at: number; task: number; input: number }[] = [];
  const decisionMs: number[] = [];
  let now = 0;
  let makespan = 0;
  for (;;) {
    options.beforeDecision?.(board, now, boardTask);
    const began = options.stopwatch?.() ?? 0;
    const assignments: Assignment[] = options.policy === 'greedy' ? greedyBaseline(board) : optimalPolicy(board, now);
    if (options.stopwatch !== undefined) decisionMs.push(options.stopwatch() - began);
    for (const { task, session } of assignments) {
      const index = inputTask.get(task)!;
      const finish = now + board.expectedDuration(task, session) * (options.noise?.[index] ?? 1);
      board.startTask(task, session, now);
      runs[index] = { session, start: now, finish };
      makespan = Math.max(makespan, finish);
      let at = ends.length;
      while (at > 0 && ends[at - 1]!.at < finish) at--;
      ends.splice(at, 0, { at: finish, task, input: index });
    }
    if ((ends.at(-1)?.at ?? Number.POSITIVE_INFINITY) > board.reconsiderAt && board.reconsiderAt > now) {
      now = board.reconsiderAt;
      continue;
    }
    const next = ends.pop();
    if (next === undefined) return { runs, makespan, decisionMs };
    now = next.at;
    board.finishTask(next.task, now);
    // What ends at the same moment is one event.
    while (ends.length > 0 && ends.at(-1)!.at <= now + 1e-9 * now) board.finishTask(ends.pop()!.task, now);
  }
}

function dependencyOrder(input: PlanInput): number[] {
  const seen = new Set<number>();
  const order: number[] = [];
  const visit = (root: number): void => {
    const stack: [number, number][] = [[root, 0]];
    seen.add(root);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const before = input.tasks[top[0]]!.after[top[1]++];
      if (before === undefined) {
        order.push(top[0]);
        stack.pop();
      } else if (!seen.has(before)) {
        seen.add(before);
        stack.push([before, 0]);
      }
    }
  };
  input.tasks.forEach((_, index) => {
    if (!seen.has(index)) visit(index);
  });
  return order;
}
