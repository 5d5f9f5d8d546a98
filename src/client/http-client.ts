/**
 * The client over HTTP: one request per call, repeated when the connection was lost or the server said that a later
 * attempt can succeed. Invariant: every attempt of a command carries the same command_id.
 */
import { Failure, reasonOf } from '../contract/failure.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';
import type { Clock, Random } from '../contract/ports.ts';
import type { CallInput, CallOptions, TuttiClient } from './client.ts';
import { createIdentify } from './command-ids.ts';
import { fetchTransport } from './fetch-transport.ts';
import { type OperationRequest, operationRequest, waitOf } from './operation-request.ts';
import { pause } from './pause.ts';
import { clientClock, clientRandom } from './system-ports.ts';
import { readAnswer, readBatchOfOne } from './read-answer.ts';
import { DEFAULT_RETRY, retryDelay, type RetryPolicy } from './retry-policy.ts';
import type { Transport } from './transport.ts';

/** What a client needs. */
export interface ClientOptions {
  /** Address of the server, for example http://127.0.0.1:8600. */
  readonly url: string;
  /** null: a server without authentication. */
  readonly token: string | null;
  /** Left out: the token's own swarm. */
  readonly swarm?: string;
  /** The credential that register returned, asked for at each call. */
  readonly credential?: () => string | null;
  readonly retry?: Partial<RetryPolicy>;
  readonly transport?: Transport;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** How long a call waits for its answer when it does not say. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Makes a client over HTTP. It holds no resources and needs no closing. */
export function createHttpClient(options: ClientOptions): TuttiClient {
  const { transport = fetchTransport, clock = clientClock, random = clientRandom } = options;
  const url = options.url.replace(/\/+$/, '');
  const retry = { ...DEFAULT_RETRY, ...options.retry };
  const identify = createIdentify(random);

  async function attempt(request: OperationRequest, signal: AbortSignal): Promise<unknown> {
    const headers = headersOf(options, request.body !== null);
    const { method, target, body } = request;
    let response;
    try {
      response = await transport.request({ method, url: url + target, headers, body, signal });
    } catch (error) {
      throw new Failure('server_unreachable', { url, reason: reasonOf(error) }, error);
    }
    const answer = readAnswer(url, response);
    return request.batched ? readBatchOfOne(url, answer) : answer;
  }

  async function repeat(request: OperationRequest, signal: AbortSignal): Promise<unknown> {
    for (let made = 1; ; made += 1) {
      try {
        return await attempt(request, signal);
      } catch (error) {
        const again = error instanceof Failure && error.retryable && made < retry.attempts && !signal.aborted;
        if (!again) throw error;
        await pause(clock, retryDelay(retry, made, random.next(), error), signal);
      }
    }
  }

  return {
    url,
    swarm: options.swarm ?? 'default',
    async call<N extends OperationName>(name: N, input: CallInput<N>, { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {}) {
      const fields = identify(name, input);
      const request = operationRequest(name, fields, options.swarm ?? null);
      const waiting = timeoutMs + waitOf(fields);
      const ending = new AbortController();
      const abort = (): void => ending.abort();
      signal?.addEventListener('abort', abort);
      const cancelTimer = clock.after(waiting, abort);
      try {
        if (signal?.aborted === true) throw new Failure('call_aborted', { operation: name });
        return (await repeat(request, ending.signal)) as OutputOf<N>;
      } catch (error) {
        if (signal?.aborted === true) throw new Failure('call_aborted', { operation: name }, error);
        if (!ending.signal.aborted) throw error;
        throw new Failure('server_unreachable', { url, reason: `no answer within ${waiting / 1000} s` }, error);
      } finally {
        cancelTimer();
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

function headersOf({ token, credential }: ClientOptions, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (hasBody) headers['content-type'] = 'application/json';
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  const session = credential?.() ?? null;
  if (session !== null) headers['tutti-session'] = session;
  return headers;
}
