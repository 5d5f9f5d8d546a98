/**
 * The rewind: the moment before the kill, asked of the server as anybody can ask for any moment of the log.
 * Invariant: nothing in it was remembered; it is what the log folds into there.
 */
import type { TuttiClient } from '../client/client.ts';
import type { KilledWorker } from './demo-fact.ts';

/** What one session did then. */
export interface RewoundSession {
  readonly id: string;
  readonly status: string;
  readonly task_id: string | null;
  readonly lease: number | null;
}

/** The swarm at a moment, and what became of the killed worker's task. */
export interface Rewind {
  /** The last event then, and its time in ms since 1970. */
  readonly seq: number;
  readonly time: number;
  readonly sessions: readonly RewoundSession[];
  readonly tasks: { readonly completed: number; readonly in_progress: number; readonly waiting: number };
  /** The task's status and holder, then and now. */
  readonly before: { readonly status: string; readonly session_id: string | null; readonly lease: number | null };
  readonly after: { readonly status: string; readonly session_id: string | null };
}

/** Sessions that are shown. */
const SESSIONS = 20;

/** Goes back to just before `killed_at` (ms since 1970). */
export async function rewind(client: TuttiClient, killed: KilledWorker, killed_at: number): Promise<Rewind> {
  const { seq } = await client.call('swarm.status', { at: new Date(killed_at).toISOString() });
  const { tasks: held } = await client.call('task.list', { at: seq, limit: 1000 });
  const status = await client.call('swarm.status', { at: seq });
  const { task: before } = await client.call('task.show', { at: seq, task_id: killed.task_id });
  const { task: after } = await client.call('task.show', { task_id: killed.task_id });
  return {
    seq,
    time: Date.parse(status.time),
    sessions: status.sessions.list.slice(0, SESSIONS).map(({ id, status: state, current_task }) => {
      const lease = held.find((task) => task.id === current_task)?.lease ?? null;
      return { id, status: state, task_id: current_task, lease };
    }),
    tasks: { completed: status.tasks.completed, in_progress: status.tasks.in_progress, waiting: status.tasks.pending },
    before: { status: before.status, session_id: before.assigned_to, lease: before.lease },
    after: { status: after.status, session_id: after.assigned_to },
  };
}
