/**
 * Takes a task from its session: it goes back to the queue, or has failed when it lost too many leases.
 */
import type { Fact } from '../../contract/event.ts';
import type { ReleaseReason } from '../../contract/events/task-events.ts';
import type { SwarmState } from '../state.ts';
import { failForGood } from './failure.ts';
import { countsAsLost } from './evolve.ts';
import type { Task } from './state.ts';

/** The facts of a release. `last_contact` is when its session was last heard of, if that is why. */
export function releaseTask(
  state: SwarmState,
  task: Task,
  reason: ReleaseReason,
  context: { readonly now: number; readonly last_contact?: number },
): readonly Fact[] {
  const lease = task.lease;
  if (lease === null) return [];
  if (countsAsLost(reason) && task.lost + 1 >= state.settings.max_lost_attempts) {
    return failForGood(state, task, { reason: 'leases_lost', result: null, duration_ms: context.now - lease.assigned_at });
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
