/**
 * A worker at work: its session, its leases, its heartbeats and its intake, from registration to its last word.
 *
 *     leftovers cleared ─▶ registered ─▶ working ─▶ leaving ─▶ runs ended or finished ─▶ deregistered ─▶ closed
 *
 * Invariant: when it has closed, no process of a run is left and no result is only in memory.
 */
import type { AssignmentView } from '../contract/views/task-view.ts';
import { Failure } from '../contract/failure.ts';
import { keepBeating } from './heartbeats.ts';
import type { HeldTask } from './held-task.ts';
import type { ServerLink } from './server-link.ts';
import { type CoursePorts, followTask } from './task-course.ts';
import type { TwoWayClient } from './two-way-client.ts';
import type { WorkerEnd } from './worker-options.ts';
import { takeWork } from './work-intake.ts';

/** How long a leaving worker waits for a server that is away to take its last results and its goodbye, each. */
const FAREWELL_MS = 3000;

/** What a worker is made of. */
export interface WorkerParts extends CoursePorts {
  readonly client: TwoWayClient;
  readonly link: ServerLink;
  readonly on_stop: 'give_back' | 'finish';
  /** How long its goodbye may take at a server that is there and slow, ms; left out: no longer than at one that is away. */
  readonly goodbye_ms?: number;
}

/** Takes an assignment; null when it is known already. */
export function takeAssignment(parts: CoursePorts, assignment: AssignmentView): HeldTask | null {
  const held = parts.table.take(assignment);
  if (held === null) return null;
  parts.tell({ kind: 'assigned', ...held.label, title: held.task.title, attempt: held.task.attempt });
  if (parts.fate.leaving.aborted) held.withdraw({ kind: 'leaving', reason: 'the worker leaves' });
  void followTask(parts, held);
  return held;
}

/** Takes every task from its run: all leases of the session have ended. A result that is under way is decided by its answer. */
export function loseLeases({ table }: Pick<CoursePorts, 'table'>, reason: string): void {
  table.renew();
  for (const held of table.held) if (held.phase !== 'reporting') held.withdraw({ kind: 'revoked', reason });
}

/** Works until its fate is sealed; returns the tasks that went back to the queue. */
export async function work(parts: WorkerParts): Promise<readonly string[]> {
  const { client, session, table, fate } = parts;
  const clock = parts.attempt.clock;
  const take = (assignment: AssignmentView): HeldTask | null => takeAssignment(parts, assignment);
  await session.open();
  const beating = keepBeating({ session, table, fate, clock, onAssignment: take });
  await takeWork({ client, session, table, fate, clock, take });
  await letGo(parts, fate.end);
  const released = await farewell(parts);
  fate.close();
  await beating;
  return released;
}

/** Lets runs finish or ends them; then waits for what is still being settled and sent, within a limit. */
async function letGo({ table, fate, on_stop, attempt }: WorkerParts, end: WorkerEnd): Promise<void> {
  if (end === 'stopped' && on_stop === 'finish') await table.until(() => table.held.length === 0);
  for (const held of table.held.filter((each) => each.beforeEndOfRun)) {
    held.withdraw({ kind: end === 'stopped' ? 'leaving' : 'revoked', reason: `the worker has ${end}` });
  }
  const cancelLimit = attempt.clock.after(FAREWELL_MS, () => fate.close());
  await table.until(() => table.held.length === 0);
  cancelLimit();
}

/** Deregisters, unless a result waits to be sent: its lease ends by silence then, and the next worker may be in time. */
async function farewell({ session, fate, link, outbox, tell, attempt, goodbye_ms = FAREWELL_MS }: WorkerParts): Promise<readonly string[]> {
  const waiting = await outbox.list().catch(() => ({ entries: [] }));
  const hasWaiting = waiting.entries.some((entry) => entry.session_id === session.id);
  if (fate.end !== 'stopped' || !session.registered || hasWaiting) return [];
  const limit = new AbortController();
  let cancelLimit = attempt.clock.after(FAREWELL_MS, () => {
    if (link.isLost || goodbye_ms <= FAREWELL_MS) limit.abort();
    else cancelLimit = attempt.clock.after(goodbye_ms - FAREWELL_MS, () => limit.abort());
  });
  try {
    const { released } = await link.call('session.deregister', { session_id: session.id }, limit.signal);
    tell({ kind: 'deregistered', released });
    return released;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell({ kind: 'warning', code: error.code, message: `The goodbye did not arrive: ${error.message}` });
    return [];
  } finally {
    cancelLimit();
  }
}
