/**
 * Chooses tasks for a list or for a change of many: by their ids, or by a filter of which everything must fit.
 */
import type { TaskFilter } from '../../contract/operations/task-operations.ts';
import type { Refusal } from '../../contract/failure.ts';
import { refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from './state.ts';

/** What a change of many tasks names. */
export interface Choosing {
  readonly task_ids?: readonly string[] | undefined;
  readonly filter?: TaskFilter | undefined;
}

/** The tasks that were chosen. */
export interface Chosen {
  /** Tasks in memory; of a filter only those that can be changed. */
  readonly tasks: readonly Task[];
  /** More fit the filter. */
  readonly more: boolean;
}

/** True when everything that the filter names fits. */
export function fitsFilter(task: Task, filter: TaskFilter): boolean {
  const { status, type, required_capability, group, label, parent, assigned_to, reason } = filter;
  if (status !== undefined && task.status !== status) return false;
  if (type !== undefined && task.type !== type) return false;
  if (required_capability !== undefined && task.required_capability !== required_capability) return false;
  if (group !== undefined && task.group !== group) return false;
  if (label !== undefined && !task.options.labels.includes(label)) return false;
  if (parent !== undefined && task.options.parent !== parent) return false;
  if (assigned_to !== undefined && (task.lease ?? task.ending)?.session_id !== assigned_to) return false;
  return reason === undefined || task.ending?.reason === reason;
}

/** The refusal of a choice that names nothing, or both; null when it is sound. */
export function refuseChoice({ task_ids, filter }: Choosing): Refusal | null {
  const names = filter !== undefined && Object.values(filter).some((value) => value !== undefined);
  if ((task_ids !== undefined) !== names) return null;
  const both = 'Tasks are named and a filter too, so it is not clear which are meant.';
  return refusal('nothing_chosen', {
    what: names ? both : 'No task is named and the filter names nothing, which would choose every task.',
  });
}

/** The tasks that are named, or at most `limit` that fit the filter and `can` be changed. */
export function chooseTasks(state: SwarmState, choosing: Choosing, limit: number, can: (task: Task) => boolean): Chosen {
  const { task_ids, filter } = choosing;
  const tasks: Task[] = [];
  if (task_ids !== undefined) {
    for (const id of new Set(task_ids)) {
      const task = state.tasks.get(id);
      if (task !== undefined) tasks.push(task);
    }
    return { tasks, more: false };
  }
  for (const task of filter === undefined ? [] : state.tasks.values()) {
    if (!fitsFilter(task, filter ?? {}) || !can(task)) continue;
    if (tasks.length === limit) return { tasks, more: true };
    tasks.push(task);
  }
  return { tasks, more: false };
}
