/**
 * What pauses do to the state. Tasks that need a paused capability are not in the ready queue.
 */
import type { EventOf } from '../../contract/event.ts';
import type { SwarmState } from '../state.ts';
import { leaveQueue, queueIfReady } from '../task/lifecycle.ts';
import type { Task } from '../task/state.ts';

/** Nothing new begins there. */
export function onWorkPaused(state: SwarmState, event: EventOf<'work_paused'>): void {
  const { scope, target } = event.data;
  const { pauses } = state;
  const pause = { ...event.data, by: event.actor, since: event.time };
  if (scope === 'swarm') pauses.swarm = pause;
  else (scope === 'capability' ? pauses.capabilities : pauses.sessions).set(target, pause);
  if (scope === 'capability') for (const task of pendingNeeding(state, target)) leaveQueue(state, task);
  if (scope === 'session') setPaused(state, target, true);
}

/** Work is given out there again, in the order in which it became ready. */
export function onWorkResumed(state: SwarmState, event: EventOf<'work_resumed'>): void {
  const { scope, target } = event.data;
  const { pauses } = state;
  if (scope === 'swarm') pauses.swarm = null;
  else (scope === 'capability' ? pauses.capabilities : pauses.sessions).delete(target);
  if (scope === 'session') setPaused(state, target, false);
  if (scope !== 'capability') return;
  for (const task of pendingNeeding(state, target).toSorted((a, b) => a.ready_at - b.ready_at)) {
    queueIfReady(state, task, false, task.ready_at);
  }
}

function pendingNeeding({ tasks }: SwarmState, capability: string): Task[] {
  return Array.from(tasks.values()).filter((task) => task.status === 'pending' && task.required_capability === capability);
}

function setPaused(state: SwarmState, sessionId: string, paused: boolean): void {
  const session = state.sessions.get(sessionId);
  if (session !== undefined) session.paused = paused;
}
