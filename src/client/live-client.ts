/**
 * The client over a WebSocket: calls, many at once, events that go on after a lost connection, work that is pushed.
 * It connects by itself, for as long as it is not closed. Invariant: no answer is handed over twice, and no event either.
 */
import { BATCH_CALLS, REALTIME_PATH } from '../contract/doors.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { OperationName, OutputOf } from '../contract/operations.ts';
import { CallTickets, type Settled } from './call-tickets.ts';
import type { CallInput, CallOptions, TuttiClient } from './client.ts';
import { type ClosableClock, closableClock } from './closable-clock.ts';
import { createIdentify, type Identify } from './command-ids.ts';
import { fetchTransport } from './fetch-transport.ts';
import { type ClientOptions, createHttpClient, DEFAULT_TIMEOUT_MS } from './http-client.ts';
import { LiveSocket, type ReceivedFrame } from './live-socket.ts';
import { type FeedSubscription, LiveSubscriptions } from './live-subscriptions.ts';
import { waitOf } from './operation-request.ts';
import { ROUTES } from './operation-routes.ts';
import { DEFAULT_RETRY } from './retry-policy.ts';
import { type PushedWork, StandingWishes } from './standing-wishes.ts';
import { type TerminalHostHandlers, TerminalOffering } from './terminal-offering.ts';
import { type TerminalHandlers, WatchedTerminals } from './watched-terminals.ts';
import { clientClock, clientRandom } from './system-ports.ts';

/** One call among many. */
export type AnyCall = { readonly [N in OperationName]: { readonly operation: N; readonly input: CallInput<N> } }[OperationName];

/** How one call among many went. */
export type CallOutcome<N extends OperationName = OperationName> =
  | { readonly ok: true; readonly output: OutputOf<N> }
  | { readonly ok: false; readonly error: Failure };

/** How many calls went, in their order. */
export type OutcomesOf<T extends readonly AnyCall[]> = { readonly [K in keyof T]: CallOutcome<T[K]['operation']> };

/** The connection of a live client; `failure` says why it is not there. */
export type ConnectionState = { readonly online: true } | { readonly online: false; readonly failure: Failure };

/** A client with a lasting connection. It keeps the process alive until it is closed. */
export interface LiveClient extends TuttiClient {
  /**
   * Calls many operations: taken in order, answered in order, each for itself. Rejects with `server_unreachable` when no
   * answer comes in time, `call_aborted` when it is ended.
   */
  callMany<const T extends readonly AnyCall[]>(calls: T, options?: CallOptions): Promise<OutcomesOf<T>>;
  /** Follows the swarm, across lost connections. Returns how to stop. */
  subscribe(subscription: FeedSubscription): () => void;
  /**
   * A session's standing wish for work. Each assignment is handed over once; one that came as an answer to a call of this
   * session may come here too, under the same lease. A refused wish is asked for again every few seconds.
   * Returns how to withdraw it.
   */
  wantWork(sessionId: string, onAssignment: (work: PushedWork) => void, onRefused?: (failure: Failure) => void): () => void;
  /**
   * Follows the screen of a terminal, across lost connections: the whole screen each time, and the rows that changed (null:
   * all). `onGone`: it cannot be watched now; it is asked for again every few seconds. Returns how to stop.
   */
  watchTerminal(sessionId: string, handlers: TerminalHandlers): () => void;
  /** Offers the terminals of a host, across lost connections. One host per client. */
  offerTerminals(host: TerminalHostHandlers): TerminalOffering;
  /** Told when the connection is there, and when it is lost or could not be made. Returns how to stop. */
  onConnection(listener: (state: ConnectionState) => void): () => void;
  /** Ends the connection; calls that are not answered reject with `call_aborted`. */
  close(): void;
}

const DIAGNOSED_WITHIN_MS = 5000;

/** Makes a live client and begins to connect. */
export function createLiveClient(options: ClientOptions): LiveClient {
  return new SocketClient(options);
}

class SocketClient implements LiveClient {
  readonly url: string;
  readonly swarm: string;
  readonly #clock: ClosableClock;
  readonly #identify: Identify;
  readonly #tickets: CallTickets;
  readonly #subscriptions: LiveSubscriptions;
  readonly #wishes: StandingWishes;
  readonly #terminals: WatchedTerminals;
  readonly #socket: LiveSocket;
  #offering: TerminalOffering | null = null;
  readonly #listeners = new Set<(state: ConnectionState) => void>();

  constructor(options: ClientOptions) {
    const clock = closableClock(options.clock ?? clientClock);
    const { transport = fetchTransport, random = clientRandom, token, credential = () => null, swarm } = options;
    const url = options.url.replace(/\/+$/, '');
    const retry = { ...DEFAULT_RETRY, ...options.retry };
    const pauseMs = retry.longest_delay_ms;
    const http = createHttpClient({ ...options, retry: { attempts: 1 } });
    const isOnline = (): boolean => this.#socket.online;
    const send = (text: string): void => this.#socket.send(text);
    this.url = url;
    this.swarm = swarm ?? 'default';
    this.#clock = clock;
    this.#identify = createIdentify(random);
    this.#tickets = new CallTickets({ url, clock, random, retry, isOnline, send, bufferedAmount: () => this.#socket.bufferedAmount });
    this.#subscriptions = new LiveSubscriptions({ clock, isOnline, send, pauseMs });
    this.#wishes = new StandingWishes({ clock, isOnline, send, pauseMs });
    this.#terminals = new WatchedTerminals({ clock, isOnline, send, pauseMs });
    this.#socket = new LiveSocket({
      url,
      address: addressOf(url, swarm),
      token,
      credential,
      transport,
      clock,
      random,
      retry,
      diagnose: () => reasonOver(http),
      onOnline: () => this.#online(),
      onOffline: (failure) => this.#offline(failure),
      onFrame: (frame) => this.#receive(frame),
    });
  }

  async call<N extends OperationName>(name: N, input: CallInput<N>, options: CallOptions = {}): Promise<OutputOf<N>> {
    const [outcome] = await this.#ask([{ operation: name, input } as AnyCall], true, options);
    if (outcome?.ok === true) return outcome.output as OutputOf<N>;
    throw outcome?.error ?? new Failure('internal', { reason: 'the server answered nothing' });
  }

  async callMany<const T extends readonly AnyCall[]>(calls: T, options: CallOptions = {}): Promise<OutcomesOf<T>> {
    const outcomes = await Promise.all(slicesOf(calls).map((slice) => this.#ask(slice, false, options)));
    return outcomes.flat() as unknown as OutcomesOf<T>;
  }

  subscribe(subscription: FeedSubscription): () => void {
    return this.#subscriptions.add(subscription);
  }

  wantWork(sessionId: string, onAssignment: (work: PushedWork) => void, onRefused?: (failure: Failure) => void): () => void {
    return this.#wishes.add(sessionId, { onAssignment, onRefused: onRefused ?? (() => undefined) });
  }

  watchTerminal(sessionId: string, handlers: TerminalHandlers): () => void {
    return this.#terminals.add(sessionId, handlers);
  }

  offerTerminals(host: TerminalHostHandlers): TerminalOffering {
    this.#offering = new TerminalOffering({ host, isOnline: () => this.#socket.online, send: (text) => this.#socket.send(text) });
    return this.#offering;
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.close();
    this.#tickets.close();
    this.#clock.close();
  }

  #ask(calls: readonly AnyCall[], repeats: boolean, options: CallOptions): Promise<readonly Settled[]> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const inputs = calls.map((call) => this.#identify(call.operation, call.input));
    const waits = inputs.map(waitOf);
    return new Promise((resolve, reject) => {
      const done = (): void => signal?.removeEventListener('abort', abort);
      const giveUp = this.#tickets.add({
        calls: calls.map(({ operation }, index) => JSON.stringify({ operation, input: inputs[index] })),
        shares: calls.every(({ operation }) => operation !== 'work.request' && ROUTES[operation].kind === 'command'),
        repeats,
        deadline: this.#clock.now() + timeoutMs + Math.max(0, ...waits),
        settle: (outcomes) => {
          done();
          resolve(outcomes);
        },
        fail: (failure) => {
          done();
          reject(failure);
        },
      });
      function abort(): void {
        giveUp();
        reject(new Failure('call_aborted', { operation: calls[0]?.operation ?? 'nothing' }));
      }
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Subscriptions first: who subscribed before a call is told what the call did. */
  #online(): void {
    this.#subscriptions.online();
    this.#wishes.online();
    this.#terminals.online();
    this.#offering?.online();
    this.#tickets.online();
    this.#tell({ online: true });
  }

  #offline(failure: Failure): void {
    this.#tickets.offline(failure);
    this.#tell({ online: false, failure });
  }

  #receive(frame: ReceivedFrame): void {
    const { type } = frame;
    if (type === 'screen' || type === 'unwatched') this.#terminals.receive(frame);
    else if (type === 'order') this.#offering?.receive(frame);
    else void (this.#tickets.receive(frame) || this.#subscriptions.receive(frame) || this.#wishes.receive(frame));
  }

  #tell(state: ConnectionState): void {
    for (const listener of this.#listeners) listener(state);
  }
}

/** The topics come with subscriptions; a connection that names none would be sent everything at once. */
function addressOf(url: string, swarm: string | undefined): string {
  const path = swarm === undefined ? REALTIME_PATH : `/s/${encodeURIComponent(swarm)}${REALTIME_PATH}`;
  return `${url.replace(/^http/, 'ws')}${path}?topics=`;
}

/** Why no WebSocket could be opened, as the server says it over HTTP. */
async function reasonOver(http: TuttiClient): Promise<Failure> {
  try {
    await http.call('swarm.status', {}, { timeoutMs: DIAGNOSED_WITHIN_MS });
    return new Failure('server_unreachable', { url: http.url, reason: 'it took no WebSocket connection' });
  } catch (error) {
    return error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
  }
}

function slicesOf(calls: readonly AnyCall[]): AnyCall[][] {
  return Array.from({ length: Math.ceil(calls.length / BATCH_CALLS) }, (_, index) =>
    calls.slice(index * BATCH_CALLS, (index + 1) * BATCH_CALLS),
  );
}
