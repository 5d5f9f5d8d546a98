/**
 * The ready task that any of some sessions should do next: highest priority, then the one added first.
 */
import { isCapable, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { firstOf } from '../task/ready-queue.ts';
import type { Task } from '../task/state.ts';

/** The first ready task that one of the sessions can do, or null. */
export function nextTask(state: SwarmState, sessions: readonly Session[]): Task | null {
  let best: Task | null = null;
  for (const capability of state.ready.shelves.keys()) {
    if (capability !== '' && !sessions.some((session) => isCapable(session, capability))) continue;
    const task = firstOf(state.ready, capability);
    if (task !== null && (best === null || comesBefore(task, best))) best = task;
  }
  return best;
}

function comesBefore(a: Task, b: Task): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.created_at < b.created_at;
}
