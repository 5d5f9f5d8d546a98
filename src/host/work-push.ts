/**
 * What the server pushes over the WebSocket: work for free slots, the end of leases, changed rules. A faster way to know,
 * never the only one: heartbeats and requests say the same. Invariant: one wish for work per session.
 */
import type { LiveClient } from '../client/live-client.ts';
import type { EventView } from '../contract/views/event-view.ts';
import type { AssignmentView } from '../contract/views/task-view.ts';
import type { LeaseTable } from './lease-table.ts';
import type { WorkerFate } from './worker-fate.ts';
import type { WorkerSession } from './worker-session.ts';

/** Events that end a lease before its run has, and what is said of them. */
const ENDINGS: Readonly<Record<string, string>> = {
  task_cancelled: 'the task is cancelled',
  task_released: 'the lease ended; the task was given back',
  task_parked: 'the task waits for its provider',
  task_failed: 'the task is failed',
  task_suspended: 'the task waits for others and will be given out again',
};

/** What pushed work needs. */
export interface PushPorts {
  readonly live: LiveClient;
  readonly session: WorkerSession;
  readonly table: LeaseTable;
  readonly fate: WorkerFate;
  readonly take: (assignment: AssignmentView) => unknown;
}

/** Begins for the present incarnation. Returns how to end it; it ends by itself when the worker leaves. */
export function followPush({ live, session, table, fate, take }: PushPorts): () => void {
  const ask = (): void => {
    // Whatever the refusal means, an ordinary call brings it out.
    session.call('work.request', {}, fate.leaving).then(
      ({ assignment }) => assignment !== null && take(assignment),
      () => undefined,
    );
  };
  const withdraw = live.wantWork(session.id, ({ assignment }) => assignment !== null && take(assignment), ask);
  const onEvents = (events: readonly EventView[]): void => {
    for (const event of events) heed(event, table, session);
  };
  const unsubscribe = live.subscribe({ topics: [`work:${session.id}`, 'swarm'], onEvents });
  fate.leaving.addEventListener('abort', withdraw);
  return () => {
    fate.leaving.removeEventListener('abort', withdraw);
    withdraw();
    unsubscribe();
  };
}

function heed({ type, data }: EventView, table: LeaseTable, session: WorkerSession): void {
  if (type === 'config_applied') {
    const { heartbeat_interval } = data['settings'] as { readonly heartbeat_interval?: number };
    if (heartbeat_interval !== undefined) session.beatEvery(heartbeat_interval);
    return;
  }
  const reason = ENDINGS[type];
  const held = reason === undefined ? undefined : table.held.find((each) => each.lease === data['lease']);
  if (reason !== undefined && held !== undefined && held.phase !== 'reporting') held.withdraw({ kind: 'revoked', reason });
}
