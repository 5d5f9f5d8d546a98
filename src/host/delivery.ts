/**
 * Brings a result to the server: on disk first, then sent until there is an answer, then forgotten or set aside.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { Json } from '../contract/ids.ts';
import type { OutputOf } from '../contract/operations.ts';
import type { ResultOutbox, OutboxEntry } from './result-outbox.ts';
import { failureReasonOf } from './failure-reason.ts';
import { meaningOf } from './server-answer.ts';
import type { WorkerFact } from './worker-event.ts';

/** What became of a result. `repeated`: the server had it already. */
export type Delivered =
  | { readonly kind: 'acknowledged'; readonly repeated: boolean }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly file: string }
  | { readonly kind: 'waiting' };

/** A result as it is sent. */
export interface Completion extends Omit<OutboxEntry, 'swarm' | 'recorded_at' | 'result'>, Partial<ReturnType<typeof failureReasonOf>> {
  readonly result: Json;
}

/** What delivery works with. */
export interface DeliveryPorts {
  /** Sends it until there is an answer; rejects with a refusal, or with `call_aborted`. */
  readonly send: (report: Completion, signal: AbortSignal) => Promise<OutputOf<'work.complete'>>;
  readonly outbox: ResultOutbox;
  readonly tell: (fact: WorkerFact) => void;
}

/** Keeps a result on disk. On a full disk it warns and goes on: the result is then only in memory until it is sent. */
export async function keepResult({ outbox, tell }: DeliveryPorts, entry: OutboxEntry): Promise<void> {
  try {
    await outbox.put(entry);
  } catch (error) {
    const { task_id } = entry;
    const failure = new Failure('evidence_unwritable', { task_id, reason: reasonOf(error), path: 'outbox' }, error);
    tell({ kind: 'warning', code: failure.code, message: failure.message });
  }
}

/**
 * Sends a result until the server answers; `waiting` when the signal aborts before, or the token is not accepted.
 * The lease speaks for itself: a worker that was restarted sends what its predecessor left.
 */
export async function deliver(ports: DeliveryPorts, entry: OutboxEntry, signal: AbortSignal): Promise<Delivered> {
  const { send, outbox } = ports;
  try {
    const answer = await send(completionOf(entry), signal);
    await outbox.remove(entry);
    return { kind: 'acknowledged', repeated: answer.repeated };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'call_aborted') return { kind: 'waiting' };
    if (meaningOf(error.code) === 'denied') return { kind: 'waiting' };
    const file = await setAside(ports, entry, error);
    return { kind: 'refused', code: error.code, file };
  }
}

function completionOf({ session_id, task_id, lease, command_id, status, duration_minutes, result }: OutboxEntry): Completion {
  const why = status === 'failed' ? failureReasonOf(result) : {};
  return { session_id, task_id, lease, command_id, status, duration_minutes, ...why, result: { ...result } as unknown as Json };
}

async function setAside({ outbox, tell }: DeliveryPorts, entry: OutboxEntry, failure: Failure): Promise<string> {
  try {
    return await outbox.setAside(entry, failure);
  } catch (error) {
    const { task_id } = entry;
    const unwritable = new Failure('evidence_unwritable', { task_id, reason: reasonOf(error), path: 'undelivered' }, error);
    tell({ kind: 'warning', code: unwritable.code, message: `${unwritable.message} ${JSON.stringify(entry.result)}` });
    return '';
  }
}
