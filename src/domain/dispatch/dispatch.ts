/**
 * Fills the free slots of sessions that show demand. Event-driven: it runs with the command that caused it,
 * and its facts land in the same batch.
 * Invariant: a task is given out at most once, and only within the session's capabilities and free slots.
 */
import type { Fact } from '../../contract/event.ts';
import { freeSlots, type Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import { fifoPolicy } from './fifo.ts';
import { greedyPolicy } from './greedy.ts';
import type { DispatchPolicy } from './policy.ts';

const POLICIES: Readonly<Record<SwarmState['settings']['policy'], DispatchPolicy>> = { greedy: greedyPolicy, fifo: fifoPolicy };

/** The next assignment for the sessions that want work, or null. Call again after folding it in. */
export function decideDispatch(state: SwarmState, demand: Iterable<string>): Fact | null {
  if (state.ready.size === 0) return null;
  const free: Session[] = [];
  for (const id of demand) {
    const session = state.sessions.get(id);
    if (session !== undefined && freeSlots(session) > 0) free.push(session);
  }
  if (free.length === 0) return null;
  const policy = POLICIES[state.settings.policy];
  const choice = policy.choose(state, free);
  if (choice === null) return null;
  const { task, session, score } = choice;
  return {
    type: 'task_assigned',
    data: {
      task_id: task.id,
      prev: 0,
      session_id: session.id,
      incarnation: session.incarnation,
      attempt: task.attempt + 1,
      started: false,
      policy: policy.name,
      score,
    },
  };
}
