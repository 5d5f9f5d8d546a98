/**
 * Who may get a task that somebody got nowhere with: the idle sessions that it has no setback at; without one of those, the
 * ones it had, but not while it should wait for another that works.
 * Invariant: a task waits for others only while one of them works, and never beyond the time of its setbacks.
 */
import { type DispatchBoard } from './dispatch-board.ts';

/** The idle sessions that may get a task now, whether a setback keeps another from it, and when that has to be looked at again. */
export interface Eligible {
  readonly sessions: readonly number[];
  readonly passedOver: boolean;
  readonly again: number;
}

/** Who of the idle sessions may get a task. */
export function eligibleSessions(board: DispatchBoard, task: number, now: number): Eligible {
  const { sessions, setbacks, tasks } = board;
  const idle = sessions.idleOf(tasks.taskClass[task]!);
  if (!setbacks.any(task)) return { sessions: idle, passedOver: false, again: Number.POSITIVE_INFINITY };
  const fresh = idle.filter((session) => setbacks.until(task, session) === undefined);
  if (fresh.length > 0) return { sessions: fresh, passedOver: fresh.length < idle.length, again: Number.POSITIVE_INFINITY };
  if (!othersWork(board, task)) return { sessions: idle, passedOver: false, again: Number.POSITIVE_INFINITY };
  const over = idle.filter((session) => (setbacks.until(task, session) ?? 0) <= now);
  const again = idle.reduce((least, session) => Math.min(least, setbacks.until(task, session) ?? least), Number.POSITIVE_INFINITY);
  return { sessions: over, passedOver: over.length < idle.length, again: over.length > 0 ? Number.POSITIVE_INFINITY : again };
}

/** True when a task may go to a session now. */
export function isEligible(board: DispatchBoard, task: number, session: number, now: number): boolean {
  return !board.setbacks.any(task) || eligibleSessions(board, task, now).sessions.includes(session);
}

/** True while a session that the task had no setback at works on something else. */
function othersWork({ sessions, setbacks, tasks }: DispatchBoard, task: number): boolean {
  return sessions.classes[tasks.taskClass[task]!]!.pool.sessions.some(
    (session) => sessions.session(session).running.size > 0 && setbacks.until(task, session) === undefined,
  );
}
