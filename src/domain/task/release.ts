/**
 * Takes a task from its session: it goes back to the queue, or has failed when it lost too many leases.
 */
import type { Fact } from '../../contract/event.ts';
import type { ReleaseReason } from '../../contract/events/task-events.ts';
import type { SwarmState } from '../state.ts';
import { failForGood } from './failure.ts';
import { countsAsLost } from './setbacks.ts';
import type { Task } from './state.ts';

/** What a release is decided with. */
export interface ReleaseContext {
  readonly now: number;
  /** When its session was last heard of, if that is why. */
  readonly last_contact?: number;
  /** Tasks that the same decision has let fail already, shared by all its releases. */
  readonly failing?: Set<string>;
}

/** The facts of a release. */
export function releaseTask(state: SwarmState, task: Task, reason: ReleaseReason, context: ReleaseContext): readonly Fact[] {
  const lease = task.lease;
  if (lease === null) return [];
  if (countsAsLost(reason) && task.lost + 1 >= state.settings.max_lost_attempts) {
    const failure = { reason: 'leases_lost' as const, result: null, duration_ms: context.now - lease.assigned_at };
    return failForGood(state, task, failure, context.failing);
  }
  return [
    {
      type: 'task_released',
      data: {
        task_id: task.id,
        prev: 0,
        lease: lease.number,
        session_id: lease.session_id,
        reason,
        last_contact: context.last_contact ?? null,
      },
    },
  ];
}
