/**
 * The work that waits for a session to start it: what is pushed to one with a standing wish for work.
 */
import type { OutputOf } from '../contract/operations.ts';
import type { SwarmState } from '../domain/state.ts';
import { taskContextOf } from './task-context.ts';
import { showAssignment } from './task-view.ts';
import type { ViewContext } from './view-context.ts';

/** One task that a session was given and has not started. */
export interface OutstandingWork {
  readonly lease: number;
  /** As work.request answers; null for work that is `known`. */
  readonly work: Promise<OutputOf<'work.request'>> | null;
}

/** The tasks that the session was given and has not started. Those whose lease is known already are only named. */
export function outstandingWork(
  state: SwarmState,
  sessionId: string,
  known: ReadonlySet<number>,
  { log }: ViewContext,
): readonly OutstandingWork[] {
  return (state.sessions.get(sessionId)?.held ?? []).flatMap((id): OutstandingWork[] => {
    const task = state.tasks.get(id);
    const lease = task?.lease ?? null;
    if (task === undefined || lease === null || lease.started_at !== 0) return [];
    if (known.has(lease.number)) return [{ lease: lease.number, work: null }];
    const assignment = showAssignment(state, task, lease);
    const work = taskContextOf(state, task, log).then((context) => ({ task: { ...assignment.task, context }, assignment }));
    work.catch(() => undefined);
    return [{ lease: lease.number, work }];
  });
}
