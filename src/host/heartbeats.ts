/**
 * The signs of life of a worker: one for each running task, or one for the idle session. They renew the leases; the
 * task's own processes never do. Invariant: a heartbeat never names a task that has not been started.
 */
import { Failure } from '../contract/failure.ts';
import type { OutputOf } from '../contract/operations.ts';
import type { Clock } from '../contract/ports.ts';
import type { AssignmentView } from '../contract/views/task-view.ts';
import type { HeldTask } from './held-task.ts';
import type { LeaseTable } from './lease-table.ts';
import { pause } from '../client/pause.ts';
import type { WorkerFate } from './worker-fate.ts';
import type { WorkerSession } from './worker-session.ts';

/** What heartbeats work with. */
export interface HeartbeatPorts {
  readonly session: WorkerSession;
  readonly table: LeaseTable;
  readonly fate: WorkerFate;
  readonly clock: Clock;
  readonly onAssignment: (assignment: AssignmentView) => void;
}

/** Beats until the worker closes; a session that was never registered has no heart. Never rejects. */
export async function keepBeating(ports: HeartbeatPorts): Promise<void> {
  const { session, table, fate, clock } = ports;
  if (!session.registered) return;
  const isIdle = (): boolean => !table.held.some((task) => task.isStarted);
  await pause(clock, session.heartbeat_ms, AbortSignal.any([fate.closing, session.retuned]));
  while (!fate.closing.aborted) {
    const busy = table.held.filter((task) => task.isStarted);
    if (busy.length === 0) await beat(ports, null);
    for (const task of busy) if (task.phase !== 'ended') await beat(ports, task);
    // Whoever said that it is busy says so at once when it is idle again.
    const early = new AbortController();
    const end = AbortSignal.any([fate.closing, session.retuned, early.signal]);
    if (busy.length > 0) void table.until(isIdle, end).then(() => early.abort());
    await pause(clock, session.heartbeat_ms, end);
    early.abort();
  }
}

async function beat(ports: HeartbeatPorts, task: HeldTask | null): Promise<void> {
  const { session, table, fate, onAssignment } = ports;
  try {
    const input =
      task === null
        ? { status: 'idle' as const, current_task: null, wants_work: table.free > 0 && !fate.leaving.aborted }
        : { status: 'busy' as const, current_task: task.task.id, lease: task.lease, progress: task.progress };
    const answer = await session.call('session.heartbeat', input, fate.closing);
    if (task !== null) heed(task, answer.revoked);
    for (const id of answer.probed) await reassure(ports, id);
    if (answer.assignment !== null) onAssignment(answer.assignment);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The session has heeded what concerns it; the next beat says the rest.
  }
}

/** A task whose result is under way may have ended by it; the answer to its report decides then, not this. */
function heed(task: HeldTask, revoked: OutputOf<'session.heartbeat'>['revoked']): void {
  if (task.phase === 'reporting') return;
  const found = revoked.find((each) => each.task_id === task.task.id);
  if (found !== undefined) task.withdraw({ kind: 'revoked', reason: found.reason });
}

/** Answers a question about a silent task: its processes live, and this is how long they have said nothing. */
async function reassure({ session, table, fate, clock }: HeartbeatPorts, id: string): Promise<void> {
  const task = table.find(id);
  if (task === null || !task.isStarted) return;
  const silent_seconds = Math.round((clock.now() - task.heard_at) / 1000);
  const details = { alive: true, silent_seconds, output_bytes: task.output_bytes };
  await session.call('work.update', { task_id: id, lease: task.lease, details }, fate.closing);
}
