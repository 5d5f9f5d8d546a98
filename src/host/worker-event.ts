/**
 * What a worker tells those who watch it: a stream of facts about its session and its tasks.
 * Invariant: for each lease `assigned` or `leftover` comes first, and exactly one of completed, failed, revoked, given_back, parked,
 * refused, undeliverable and undelivered comes last. What a killed worker's run left is told by `kept` alone.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { TaskResult } from './task-result.ts';

/** The attempt that an event is about. */
export interface AttemptLabel {
  readonly task_id: string;
  readonly lease: number;
}

/** What happened, without its time. */
export type WorkerFact =
  | { readonly kind: 'registered'; readonly session_id: string; readonly incarnation: number; readonly heartbeat_ms: number }
  | ({ readonly kind: 'assigned'; readonly title: string; readonly attempt: number } & AttemptLabel)
  /** A worker that was killed left this result behind; it is delivered now. */
  | ({ readonly kind: 'leftover'; readonly session_id: string } & AttemptLabel)
  | ({ readonly kind: 'started'; readonly folder: string; readonly branch: string | null } & AttemptLabel)
  | ({ readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string } & AttemptLabel)
  | ({ readonly kind: 'progress'; readonly progress: number; readonly message: string } & AttemptLabel)
  /** The run ended and its result is on disk; the server does not know it yet. */
  | ({ readonly kind: 'finished'; readonly result: TaskResult } & AttemptLabel)
  | ({ readonly kind: 'merged'; readonly into: string; readonly commit: string } & AttemptLabel)
  | ({ readonly kind: 'completed'; readonly result: TaskResult } & AttemptLabel)
  | ({ readonly kind: 'failed'; readonly result: TaskResult } & AttemptLabel)
  /** The lease ended before the task did: the run was stopped and its work kept. */
  | ({ readonly kind: 'revoked'; readonly reason: string } & AttemptLabel)
  | ({ readonly kind: 'given_back' } & AttemptLabel)
  /** Its provider takes no more for now: it waits until then, an ISO 8601 time. */
  | ({ readonly kind: 'parked'; readonly until: string } & AttemptLabel)
  /** Its provider refuses the key or the model: the task is given back, and the worker gets none until a person has acted or it tries again. */
  | ({ readonly kind: 'refused'; readonly reason: 'access' | 'model'; readonly message: string } & AttemptLabel)
  /** The server will never take this result; it is kept in `file`. */
  | ({ readonly kind: 'undeliverable'; readonly code: ErrorCode; readonly file: string } & AttemptLabel)
  /** The worker ended before the server could be reached; the next one on this data folder delivers it. */
  | ({ readonly kind: 'undelivered' } & AttemptLabel)
  /** Work of the run that is on no other branch was kept under `ref`, or in `folder`. */
  | ({ readonly kind: 'kept'; readonly ref: string | null; readonly folder: string | null } & AttemptLabel)
  /** Something broke that the worker survives. */
  | { readonly kind: 'warning'; readonly code: ErrorCode; readonly message: string }
  /** Work comes over the WebSocket from now on, or by long polls. */
  | { readonly kind: 'connection'; readonly way: 'websocket' | 'long_poll' }
  | { readonly kind: 'lost_server'; readonly reason: string }
  | { readonly kind: 'back'; readonly lost_ms: number }
  | { readonly kind: 'deregistered'; readonly released: readonly string[] };

/** What happened, and when: ms since 1970. */
export type WorkerEvent = WorkerFact & { readonly time: number };
