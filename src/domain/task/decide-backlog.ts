/**
 * The rules for people who tend the backlog: cancel, retry and reprioritise, one task or many.
 */
import type { Refusal } from '../../contract/failure.ts';
import { type DecideContext, NO_NAMES, NOTHING, type RetiredRecord, type Rule } from '../decision.ts';
import { isRefused, refusal } from '../refuse.ts';
import { refuseAsks } from '../resource/decide.ts';
import type { SwarmState } from '../state.ts';
import { cancelTasks, reprioritiseTasks, retryTasks } from './change-tasks.ts';
import { chooseTasks, type Choosing, refuseChoice } from './choose-tasks.ts';
import { type Recalled, recalledFrom } from './recall.ts';
import { isTerminal, type Task } from './state.ts';

/** The most tasks that one call changes: as many as it may name. */
const CHANGED_AT_ONCE = 1000;

const NO_REASON = 'cancelled';

/** Ends a task before it ends by itself. */
export const cancelRule: Rule<'task.cancel'> = {
  names: (state, input) => missing(state, [input.task_id]),
  decide: (state, input, context) => {
    const no = whyNotCancel(input.task_id, statusOf(state, input.task_id, context.retired));
    if (no !== null) return no;
    const task = state.tasks.get(input.task_id);
    return task === undefined ? NOTHING : cancelTasks(state, [task], input.reason ?? NO_REASON);
  },
};

/** Puts a failed or cancelled task back into the queue. */
export const retryRule: Rule<'task.retry'> = {
  recalls: true,
  names: (state, input, found) => namedByRetry(state, [input.task_id], found),
  decide: (state, { task_id }, { retired }) => {
    const task = state.tasks.get(task_id);
    const no = whyNotRetry(state, task_id, { task, retired: retired.get(task_id)?.status });
    if (no !== null) return no;
    if (task !== undefined) return retryTasks(state, [task], [], retired);
    const recalled = recalledNow(state, task_id, retired);
    return isRefused(recalled) ? recalled : retryTasks(state, [], [recalled], retired);
  },
};

/** Changes how urgent an unfinished task is. */
export const reprioritiseRule: Rule<'task.reprioritise'> = {
  names: (state, input) => missing(state, [input.task_id]),
  decide: (state, input, context) => {
    const task = unfinished(state, input.task_id, context);
    return isRefused(task) ? task : reprioritiseTasks([task], input.priority);
  },
};

/** Cancels many. */
export const cancelManyRule: Rule<'task.cancel_many'> = {
  decide: (state, input) => {
    const no = refuseChoice(input);
    if (no !== null) return no;
    return input.dry_run === true ? NOTHING : cancelTasks(state, chosenToEnd(state, input).tasks, input.reason ?? NO_REASON);
  },
};

/** Retries many. */
export const retryManyRule: Rule<'task.retry_many'> = {
  recalls: true,
  names: (state, input, found) => {
    const chosen = chosenToRetry(state, input).tasks.map(({ id }) => id);
    return namedByRetry(state, [...chosen, ...(input.task_ids ?? [])], found);
  },
  decide: (state, input, { retired }) => {
    const no = refuseChoice(input);
    if (no !== null) return no;
    if (input.dry_run === true) return NOTHING;
    const tasks = chosenToRetry(state, input).tasks.filter((task) => canRetry(state, task));
    const gone = [...new Set(input.task_ids)].filter((id) => !state.tasks.has(id));
    const recalled = gone.flatMap((id) => {
      const each = recalledNow(state, id, retired);
      return isRefused(each) ? [] : [each];
    });
    return retryTasks(state, tasks, recalled, retired);
  },
};

/** Reprioritises many. */
export const reprioritiseManyRule: Rule<'task.reprioritise_many'> = {
  decide: (state, input) => {
    const no = refuseChoice(input);
    if (no !== null) return no;
    return input.dry_run === true ? NOTHING : reprioritiseTasks(chosenToReprioritise(state, input).tasks, input.priority);
  },
};

/** The tasks that a call would cancel. */
export function chosenToEnd(state: SwarmState, choosing: Choosing): ReturnType<typeof chooseTasks> {
  return chooseTasks(state, choosing, CHANGED_AT_ONCE, (task) => !isTerminal(task.status));
}

/** The tasks that a call would retry. */
export function chosenToRetry(state: SwarmState, choosing: Choosing): ReturnType<typeof chooseTasks> {
  return chooseTasks(state, choosing, CHANGED_AT_ONCE, (task) => canRetry(state, task));
}

/** The tasks that a call would reprioritise. */
export function chosenToReprioritise(
  state: SwarmState,
  { priority, ...choosing }: Choosing & { readonly priority: number },
): ReturnType<typeof chooseTasks> {
  return chooseTasks(state, choosing, CHANGED_AT_ONCE, (task) => !isTerminal(task.status) && task.priority !== priority);
}

/** Why a task cannot be cancelled; null when it can, or is already. */
export function whyNotCancel(task_id: string, status: string | undefined): Refusal | null {
  if (status === undefined) return refusal('task_unknown', { task_id });
  return status === 'completed' || status === 'failed' ? refusal('task_terminal', { task_id, status }) : null;
}

/** A task in memory, or what it ended as when it has left. */
interface Known {
  readonly task: Task | undefined;
  readonly retired: string | undefined;
}

/** Why a task cannot be retried. */
export function whyNotRetry(state: SwarmState, task_id: string, { task, retired }: Known): Refusal | null {
  const status = task?.status ?? retired;
  if (status === undefined) return refusal('task_unknown', { task_id });
  if (status === 'completed' || (task?.options.speculates_on ?? null) !== null) return refusal('task_terminal', { task_id, status });
  if (!isTerminal(status)) return refusal('task_not_terminal', { task_id, status });
  return task === undefined || task.asks === null ? null : refuseAsks(state, task.asks);
}

/** Why a task's priority cannot be changed. */
export function whyNotReprioritise(task_id: string, status: string | undefined): Refusal | null {
  if (status === undefined) return refusal('task_unknown', { task_id });
  return isTerminal(status) ? refusal('task_terminal', { task_id, status }) : null;
}

/** True for those that ended and may run again. */
export function canRetry(state: SwarmState, task: Task): boolean {
  return whyNotRetry(state, task.id, { task, retired: undefined }) === null;
}

function unfinished(state: SwarmState, id: string, { retired }: DecideContext): Task | Refusal {
  const task = state.tasks.get(id);
  const no = whyNotReprioritise(id, statusOf(state, id, retired));
  return no ?? task ?? refusal('task_unknown', { task_id: id });
}

function statusOf(state: SwarmState, id: string, retired: DecideContext['retired']): string | undefined {
  return state.tasks.get(id)?.status ?? retired.get(id)?.status;
}

function missing(state: SwarmState, ids: readonly string[]): readonly string[] {
  return ids.every((id) => state.tasks.has(id)) ? NO_NAMES : ids.filter((id) => !state.tasks.has(id));
}

/** A task that has left memory, to be put back into the queue. */
function recalledNow(state: SwarmState, task_id: string, retired: DecideContext['retired']): Recalled | Refusal {
  const record = retired.get(task_id);
  if (record === undefined) return refusal('task_unknown', { task_id });
  const recalled = recalledFrom(record);
  if (recalled === null) return refusal('task_retired', { task_id, status: record.status });
  return refuseAsks(state, recalled) ?? recalled;
}

/** The tasks themselves and what they depend on, as far as it is not in memory. */
function namedByRetry(state: SwarmState, ids: readonly string[], found: ReadonlyMap<string, RetiredRecord>): readonly string[] {
  const dependencies = (id: string): readonly string[] => {
    const record = found.get(id);
    return state.tasks.get(id)?.dependencies ?? (record === undefined ? [] : (recalledFrom(record)?.dependencies ?? []));
  };
  return missing(
    state,
    ids.flatMap((id) => [id, ...dependencies(id)]),
  );
}
