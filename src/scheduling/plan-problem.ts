/**
 * The planning problem as flat arrays: tasks with options (a column and a duration), precedence and
 * demands on resources. A session with k slots is k columns. Tasks that can never run (no capable
 * session, a demand above the capacity, behind such a task or on a cycle) are left out, so every
 * task of a problem can be planned.
 * Invariant: task indices are a topological order: every predecessor has a smaller index.
 */

/** One way to run a task: a session and the expected duration there. */
export interface PlanOption {
  readonly session: number;
  readonly duration: number;
}

/** An amount of a resource, by the resource's index. */
export interface ResourceAmount {
  readonly resource: number;
  readonly amount: number;
}

/** A task to plan. `after` holds indices of other tasks; `release` is the earliest start; a higher `band` goes first. */
export interface PlanTask {
  readonly options: readonly PlanOption[];
  readonly after: readonly number[];
  readonly demands?: readonly ResourceAmount[];
  readonly release?: number;
  readonly band?: number;
}

/** A session: its slots and, per slot, the time from which it is free (0 where missing). */
export interface PlanSession {
  readonly slots: number;
  readonly freeAt?: readonly number[];
}

/** What buildPlanProblem takes. Times share one unit and one origin. */
export interface PlanInput {
  readonly tasks: readonly PlanTask[];
  readonly sessions: readonly PlanSession[];
  readonly capacities?: readonly number[];
  /** Amounts in use by work outside the plan, each until a time. */
  readonly held?: readonly (ResourceAmount & { readonly until: number })[];
}

/** The problem as flat arrays; lists of task i are the entries from start[i] to start[i + 1]. */
export interface PlanProblem {
  readonly tasks: number;
  /** Position of each task in the input's list. */
  readonly inputTask: Int32Array;
  readonly columns: number;
  readonly columnSession: Int32Array;
  readonly columnFree: Float64Array;
  /** 1 where a column takes any number of tasks at once (a session with at least as many slots as there are tasks). */
  readonly unbounded: Uint8Array;
  readonly optionStart: Int32Array;
  readonly optionColumn: Int32Array;
  readonly optionDuration: Float64Array;
  /** Smallest duration of each task over its options. */
  readonly shortest: Float64Array;
  readonly predStart: Int32Array;
  readonly pred: Int32Array;
  readonly succStart: Int32Array;
  readonly succ: Int32Array;
  readonly resources: number;
  readonly capacity: Float64Array;
  readonly demandStart: Int32Array;
  readonly demandResource: Int32Array;
  readonly demandAmount: Float64Array;
  readonly held: readonly (ResourceAmount & { readonly until: number })[];
  readonly release: Float64Array;
  readonly band: Float64Array;
}

/** Builds the arrays in O(tasks · options + precedence). */
export function buildPlanProblem(input: PlanInput): PlanProblem {
  const order = plannableOrder(input);
  const position = new Int32Array(input.tasks.length).fill(-1);
  for (let i = 0; i < order.length; i++) position[order[i]!] = i;
  const tasks = order.map((index) => input.tasks[index]!);
  const columns = expandColumns(input.sessions, tasks.length);
  const options = expandOptions(tasks, columns.firstColumn);
  const pred = packed(tasks.map((task) => [...new Set(task.after)].map((index) => position[index]!)));
  const succ = packed(invert(pred, tasks.length));
  const demands = tasks.map((task) => (task.demands ?? []).filter((demand) => demand.amount > 0));
  const demandResource = packed(demands.map((list) => list.map((demand) => demand.resource)));
  return {
    tasks: tasks.length,
    inputTask: Int32Array.from(order),
    columns: columns.columnSession.length,
    columnSession: columns.columnSession,
    columnFree: columns.columnFree,
    unbounded: columns.unbounded,
    ...options,
    predStart: pred.start,
    pred: pred.items,
    succStart: succ.start,
    succ: succ.items,
    resources: input.capacities?.length ?? 0,
    capacity: Float64Array.from(input.capacities ?? []),
    demandStart: demandResource.start,
    demandResource: demandResource.items,
    demandAmount: Float64Array.from(demands.flat(), (demand) => demand.amount),
    held: input.held ?? [],
    release: Float64Array.from(tasks, (task) => task.release ?? 0),
    band: Float64Array.from(tasks, (task) => task.band ?? 0),
  };
}

/** The same problem with time running backwards; what is held or released at the present does not bind there. */
export function reversedProblem(problem: PlanProblem): PlanProblem {
  return {
    ...problem,
    predStart: problem.succStart,
    pred: problem.succ,
    succStart: problem.predStart,
    succ: problem.pred,
    columnFree: new Float64Array(problem.columns),
    release: new Float64Array(problem.tasks),
    held: [],
  };
}

/** The problem of some tasks alone, without bands; `chosen` ascends and holds every predecessor of its tasks. Task k of it is chosen[k]. */
export function partOfProblem(problem: PlanProblem, chosen: readonly number[]): PlanProblem {
  const { optionStart, predStart, demandStart } = problem;
  const place = new Map(chosen.map((task, index) => [task, index]));
  const range = <T>(items: ArrayLike<T>, start: Int32Array): T[][] =>
    chosen.map((task) => Array.from({ length: start[task + 1]! - start[task]! }, (_, k) => items[start[task]! + k]!));
  const options = packed(range(problem.optionColumn, optionStart));
  const pred = packed(range(problem.pred, predStart).map((list) => list.map((before) => place.get(before)!)));
  const succ = packed(invert(pred, chosen.length));
  const demands = packed(range(problem.demandResource, demandStart));
  return {
    ...problem,
    tasks: chosen.length,
    inputTask: Int32Array.from(chosen, (task) => problem.inputTask[task]!),
    optionStart: options.start,
    optionColumn: options.items,
    optionDuration: Float64Array.from(range(problem.optionDuration, optionStart).flat()),
    shortest: Float64Array.from(chosen, (task) => problem.shortest[task]!),
    predStart: pred.start,
    pred: pred.items,
    succStart: succ.start,
    succ: succ.items,
    demandStart: demands.start,
    demandResource: demands.items,
    demandAmount: Float64Array.from(range(problem.demandAmount, demandStart).flat()),
    release: Float64Array.from(chosen, (task) => problem.release[task]!),
    band: new Float64Array(chosen.length),
  };
}

/** True when some resource's capacity can be exceeded, i.e. resources shape the plan at all. */
export function resourcesBind(problem: PlanProblem): boolean {
  const total = new Float64Array(problem.resources);
  for (let k = 0; k < problem.demandAmount.length; k++) total[problem.demandResource[k]!]! += problem.demandAmount[k]!;
  return total.some((sum, resource) => sum > problem.capacity[resource]!);
}

function plannableOrder(input: PlanInput): number[] {
  const { tasks } = input;
  const waiting = new Int32Array(tasks.length);
  const followers: number[][] = tasks.map(() => []);
  tasks.forEach((task, index) => {
    for (const before of new Set(task.after)) {
      followers[before]!.push(index);
      waiting[index]!++;
    }
  });
  const runnable = (task: PlanTask): boolean =>
    task.options.some((option) => (input.sessions[option.session]?.slots ?? 0) > 0) &&
    (task.demands ?? []).every((demand) => demand.amount <= (input.capacities?.[demand.resource] ?? 0));
  const order: number[] = [];
  for (let index = 0; index < tasks.length; index++) if (waiting[index] === 0 && runnable(tasks[index]!)) order.push(index);
  for (let head = 0; head < order.length; head++) {
    for (const next of followers[order[head]!]!) {
      if (--waiting[next]! === 0 && runnable(tasks[next]!)) order.push(next);
    }
  }
  return order;
}

function expandColumns(sessions: readonly PlanSession[], tasks: number) {
  const firstColumn = new Int32Array(sessions.length + 1);
  const columnSession: number[] = [];
  const columnFree: number[] = [];
  const unbounded: number[] = [];
  sessions.forEach((session, index) => {
    const free = session.freeAt?.every((time) => time <= 0) ?? true;
    const shared = free && session.slots > 1 && session.slots >= tasks;
    for (let slot = 0; slot < (shared ? 1 : session.slots); slot++) {
      columnSession.push(index);
      columnFree.push(session.freeAt?.[slot] ?? 0);
      unbounded.push(shared ? 1 : 0);
    }
    firstColumn[index + 1] = columnSession.length;
  });
  return {
    firstColumn,
    columnSession: Int32Array.from(columnSession),
    columnFree: Float64Array.from(columnFree),
    unbounded: Uint8Array.from(unbounded),
  };
}

function expandOptions(tasks: readonly PlanTask[], firstColumn: Int32Array) {
  const optionStart = new Int32Array(tasks.length + 1);
  const optionColumn: number[] = [];
  const optionDuration: number[] = [];
  const shortest = new Float64Array(tasks.length).fill(Number.POSITIVE_INFINITY);
  tasks.forEach((task, index) => {
    for (const { session, duration } of task.options) {
      for (let column = firstColumn[session]!; column < firstColumn[session + 1]!; column++) {
        optionColumn.push(column);
        optionDuration.push(duration);
        shortest[index] = Math.min(shortest[index]!, duration);
      }
    }
    optionStart[index + 1] = optionColumn.length;
  });
  return { optionStart, optionColumn: Int32Array.from(optionColumn), optionDuration: Float64Array.from(optionDuration), shortest };
}

function packed(lists: readonly (readonly number[])[]): { start: Int32Array; items: Int32Array } {
  const start = new Int32Array(lists.length + 1);
  lists.forEach((list, index) => (start[index + 1] = start[index]! + list.length));
  return { start, items: Int32Array.from(lists.flat()) };
}

function invert(pred: { start: Int32Array; items: Int32Array }, tasks: number): number[][] {
  const lists: number[][] = Array.from({ length: tasks }, () => []);
  for (let task = 0; task < tasks; task++) {
    for (let k = pred.start[task]!; k < pred.start[task + 1]!; k++) lists[pred.items[k]!]!.push(task);
  }
  return lists;
}
