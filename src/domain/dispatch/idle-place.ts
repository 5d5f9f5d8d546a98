/**
 * Where something could go that was given out already: a session that is idle, and what it is expected to take there.
 */
import type { Fact } from '../../contract/event.ts';
import type { AssignmentTerms } from '../../contract/events/task-events.ts';
import { estimateOf } from '../learning/estimate.ts';
import { kindOf, nominalDuration } from '../learning/task-kind.ts';
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';
import { sessionObstacle } from './blockers.ts';
import { roundedTerms } from './policy.ts';

/** An idle session as a place for a task. */
export interface Place {
  readonly session: Session;
  /** What it is expected to take there, ÷ the chance of success, ms. */
  readonly expected: number;
}

/** True when a session does nothing and could be given something. */
export function isIdle(session: Session, now: number): boolean {
  return session.held.length === 0 && session.status === 'idle' && sessionObstacle(session, { required_capability: null }, now) === null;
}

/** The idle session other than the holder that is expected to end it first; null when none can do it. */
export function bestPlace(
  state: SwarmState,
  task: Task,
  { idle, holder, now }: { readonly idle: ReadonlySet<Session>; readonly holder: string; readonly now: number },
): Place | null {
  let best: Place | null = null;
  for (const session of idle) {
    if (session.id === holder || sessionObstacle(session, task, now) !== null) continue;
    const { factor, success } = estimateOf(state.kinds, session.performance.learned, kindOf(task), now);
    const expected = (nominalDuration(task) * factor) / success;
    if (best === null || expected < best.expected) best = { session, expected };
  }
  return best;
}

/** The fact that gives a task to this place. */
export function assignedTo(
  { id, attempt }: Pick<Task, 'id' | 'attempt'>,
  { session, expected }: Place,
  { rule, order }: Pick<AssignmentTerms, 'rule' | 'order'>,
): Fact {
  const candidates = [{ session_id: session.id, terms: roundedTerms({ cost_seconds: expected / 1000 }) }];
  return {
    type: 'task_assigned',
    data: {
      task_id: id,
      prev: 0,
      session_id: session.id,
      incarnation: session.incarnation,
      attempt: attempt + 1,
      started: false,
      policy: rule,
      score: 1,
      why: { rule, order: roundedTerms(order), candidates, more: 0 },
    },
  };
}
