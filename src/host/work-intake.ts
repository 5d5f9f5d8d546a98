/**
 * Asks for work as long as a slot is free and the WebSocket, over which work is pushed, is not there. Invariant: one request is under way at a time, and none while an assignment
 * that was taken has not been started, because the server would answer with the same one again.
 */
import { Failure } from '../contract/failure.ts';
import type { Clock } from '../contract/ports.ts';
import type { AssignmentView } from '../contract/views/task-view.ts';
import type { HeldTask } from './held-task.ts';
import type { LeaseTable } from './lease-table.ts';
import { pause } from '../client/pause.ts';
import type { TwoWayClient } from './two-way-client.ts';
import type { WorkerFate } from './worker-fate.ts';
import type { WorkerSession } from './worker-session.ts';

/** How long one request waits for work, in seconds. */
const WAIT_SECONDS = 25;

/** The pause after an answer that leads to nothing, so that a confused server is not asked in a hot loop. */
const CONFUSED_MS = 1000;

/** What the intake works with. */
export interface IntakePorts {
  readonly client: TwoWayClient;
  readonly session: WorkerSession;
  readonly table: LeaseTable;
  readonly fate: WorkerFate;
  readonly clock: Clock;
  /** Takes an assignment; null when it is known already. */
  readonly take: (assignment: AssignmentView) => HeldTask | null;
}

/** Takes work until the worker leaves. Never rejects. */
export async function takeWork({ client, session, table, fate, clock, take }: IntakePorts): Promise<void> {
  const leaving = fate.leaving;
  while (!leaving.aborted) {
    await table.until(() => table.free > 0, leaving);
    if (client.online) {
      await client.whileOnline(leaving);
      continue;
    }
    if (leaving.aborted) return;
    try {
      const { assignment } = await session.call('work.request', { wait: WAIT_SECONDS }, leaving);
      if (assignment === null) continue;
      const held = take(assignment) ?? table.find(assignment.task_id);
      await (held === null ? pause(clock, CONFUSED_MS, leaving) : untilAborted(held.begun, leaving));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await pause(clock, CONFUSED_MS, leaving);
    }
  }
}

function untilAborted(event: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    void event.then(end);
  });
}
