/**
 * The priority of a task that names none (B1).
 */
import type { TaskInput } from '../../contract/operations/work-operations.ts';

const BASE = 5;
const HIGHEST = 10;

/** 5, critical +3, infinite_scale +2, roi high +1, dependencies met +1, at most 10. */
export function startPriority(task: TaskInput, dependenciesMet: boolean): number {
  const bonus =
    (task.critical === true ? 3 : 0) +
    (task.infinite_scale === true ? 2 : 0) +
    (task.roi === 'high' ? 1 : 0) +
    (task.dependencies_met === true || dependenciesMet ? 1 : 0);
  return Math.min(HIGHEST, BASE + bonus);
}
