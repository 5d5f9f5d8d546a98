/**
 * Tasks that are parts of others. A part is added while its parent is unfinished, and cancelled with it.
 */
import type { TaskInput } from '../../contract/operations/work-operations.ts';
import type { Refusal } from '../../contract/failure.ts';
import type { DecideContext } from '../decision.ts';
import { refusal } from '../refuse.ts';
import type { SwarmState } from '../state.ts';
import { isTerminal } from './state.ts';

/** Parts of parts of parts … go no deeper. */
const DEEPEST_PART = 100;

/** Why a task cannot be a part of the parent that it names; null when it can, or names none. */
export function refuseParent(state: SwarmState, task: TaskInput, { retired }: DecideContext): Refusal | null {
  const { parent } = task;
  if (parent === undefined) return null;
  const status = state.tasks.get(parent)?.status ?? retired.get(parent)?.status;
  if (status === undefined) return refusal('task_unknown', { task_id: parent });
  if (isTerminal(status)) return refusal('parent_ended', { parent, status, task_id: task.id ?? `the task “${task.title.slice(0, 80)}”` });
  const depth = depthOf(state, parent);
  return depth < DEEPEST_PART ? null : refusal('parts_too_deep', { parent, depth, limit: DEEPEST_PART });
}

/** How many tasks a task is a part of, one within the other. */
function depthOf(state: SwarmState, id: string): number {
  let depth = 0;
  for (let above = parentOf(state, id); above !== null; above = parentOf(state, above)) depth += 1;
  return depth;
}

function parentOf(state: SwarmState, id: string): string | null {
  return state.tasks.get(id)?.options.parent ?? null;
}
