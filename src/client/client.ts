/**
 * What every client of Tutti offers: one typed call per operation. Invariant: a call settles exactly once,
 * with the operation's output or a Failure.
 */
import type { z } from 'zod';
import type { OPERATIONS, OperationName, OutputOf } from '../contract/operations.ts';

/** What an operation is given by a caller: fields with defaults may be left out. */
export type CallInput<N extends OperationName> = z.input<(typeof OPERATIONS)[N]['input']>;

/** How one call behaves. */
export interface CallOptions {
  /** Ends the call early: it rejects with the Failure `call_aborted`. The server may have done it all the same. */
  readonly signal?: AbortSignal;
  /** How long to wait for an answer, all attempts together, in ms; a `wait` of the input comes on top. Default 30,000. */
  readonly timeoutMs?: number;
}

/** A client of one swarm. */
export interface TuttiClient {
  /** Address of the server, without a path. */
  readonly url: string;
  readonly swarm: string;
  /**
   * Calls an operation. Commands get a command_id, so that a retry after a lost connection changes nothing twice.
   * Rejects with the server's Failure, with `server_unreachable` when nothing answers, or with `call_aborted`.
   */
  call<N extends OperationName>(name: N, input: CallInput<N>, options?: CallOptions): Promise<OutputOf<N>>;
}
