/**
 * What a dispatch policy is: given the sessions that want work, it names the next pair of task and session.
 * Policies are pure; the dispatcher records what they choose.
 */
import type { Session } from '../session/state.ts';
import type { SwarmState } from '../state.ts';
import type { Task } from '../task/state.ts';

/** A task and the session that should get it. */
export interface Choice {
  readonly task: Task;
  readonly session: Session;
  /** How good the pair is by the policy's own measure. */
  readonly score: number;
}

/** A named way to choose. */
export interface DispatchPolicy {
  readonly name: string;
  /** The next choice among sessions with a free slot, or null when nothing fits. */
  readonly choose: (state: SwarmState, free: readonly Session[]) => Choice | null;
}
