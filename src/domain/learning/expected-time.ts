/**
 * How long a task is expected to take at a session: its nominal duration by what was learned, or by what its capability
 * says while nobody has done its kind.
 */
import { timeMultiplier } from '../capability/state.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import { estimateOf } from './estimate.ts';
import { kindOf, nominalDuration } from './task-kind.ts';

/** What the estimate of a kind that needs these capabilities is multiplied by: 1 once the kind is known. */
export function untriedFactor({ kinds, capabilities }: SwarmState, kind: string, requires: readonly string[]): number {
  return kinds.has(kind) ? 1 : timeMultiplier(capabilities, requires);
}

/** The expected duration of an attempt that begins now, in ms. */
export function expectedTime(state: SwarmState, task: Task, session: Session): number {
  const kind = kindOf(task);
  const { factor } = estimateOf(state.kinds, session.performance.learned, kind, state.time);
  const requires = task.required_capability === null ? [] : [task.required_capability];
  return nominalDuration(task) * factor * untriedFactor(state, kind, requires);
}
