/**
 * Calls over the WebSocket while it is there, over HTTP while it is not. Invariant: a call that the WebSocket lost is
 * given up at once with a failure that may be retried, so that its caller goes on by HTTP under the same command_id.
 */
import type { CallOptions, CallInput, TuttiClient } from '../client/client.ts';
import type { LiveClient } from '../client/live-client.ts';
import { Failure } from '../contract/failure.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';

/** A client that knows both ways. */
export interface TwoWayClient extends TuttiClient {
  readonly live: LiveClient;
  /** True while the WebSocket is there. */
  readonly online: boolean;
  /** Told when the WebSocket comes and goes. */
  onChange(listener: (online: boolean) => void): void;
  /** Resolves when the WebSocket is lost or the signal aborts; at once when it is not there. */
  whileOnline(signal: AbortSignal): Promise<void>;
}

/** Joins a client over HTTP and a live one. Closing the live one is left to the caller. */
export function createTwoWayClient(http: TuttiClient, live: LiveClient): TwoWayClient {
  let lost: AbortController | null = null;
  let reason: Failure | null = null;
  const listeners: ((online: boolean) => void)[] = [];
  live.onConnection((state) => {
    const before = lost;
    lost = state.online ? new AbortController() : null;
    if (!state.online) reason = state.failure;
    before?.abort();
    if ((before === null) === state.online) for (const tell of listeners) tell(state.online);
  });

  async function callLive<N extends OperationName>(
    name: N,
    input: CallInput<N>,
    options: CallOptions,
    connection: AbortSignal,
  ): Promise<OutputOf<N>> {
    const { signal } = options;
    try {
      return await live.call(name, input, {
        ...options,
        signal: signal === undefined ? connection : AbortSignal.any([signal, connection]),
      });
    } catch (error) {
      if (!connection.aborted || signal?.aborted === true) throw error;
      throw new Failure('server_unreachable', { url: http.url, reason: reason?.message ?? 'the connection was lost' }, error);
    }
  }

  return {
    url: http.url,
    swarm: http.swarm,
    live,
    get online() {
      return lost !== null;
    },
    call: (name, input, options = {}) => (lost === null ? http.call(name, input, options) : callLive(name, input, options, lost.signal)),
    onChange: (listener) => {
      listeners.push(listener);
    },
    whileOnline: (signal) => {
      const connection = lost?.signal;
      if (connection === undefined || signal.aborted) return Promise.resolve();
      const either = AbortSignal.any([connection, signal]);
      return new Promise((resolve) => either.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
}
