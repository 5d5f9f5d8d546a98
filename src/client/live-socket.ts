/**
 * A WebSocket that comes back. Modes: connecting → greeting (open, `hello` sent) → online (`welcome` received) → waiting
 * (lost; a pause with jitter) → connecting …; closed ends it. Invariant: frames of a lost socket are never handed on.
 */
import { Failure } from '../contract/failure.ts';
import type { CancelTimer, Clock, Random } from '../contract/ports.ts';
import { REALTIME_PROTOCOL } from '../contract/doors.ts';
import { failureFrom, isObject } from './read-answer.ts';
import { retryDelay, type RetryPolicy } from './retry-policy.ts';
import type { Transport, TransportSocket } from './transport.ts';

/** A frame from the server. */
export type ReceivedFrame = Readonly<Record<string, unknown>>;

/** What a live socket needs. */
export interface LiveSocketOptions {
  /** Address of the server, for messages. */
  readonly url: string;
  /** Address of the WebSocket. */
  readonly address: string;
  readonly token: string | null;
  readonly credential: () => string | null;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly retry: RetryPolicy;
  /** Asks over HTTP why a WebSocket could not be opened: its own errors say nothing. */
  readonly diagnose: () => Promise<Failure>;
  readonly onOnline: () => void;
  /** The connection is lost, or could not be made. */
  readonly onOffline: (failure: Failure) => void;
  readonly onFrame: (frame: ReceivedFrame) => void;
}

const WELCOME_WITHIN_MS = 10_000;
const NORMAL = 1000;
/** For the log of the server only: a peer that gives up says so. */
const GIVEN_UP = 4000;

/** A WebSocket that comes back. */
export class LiveSocket {
  readonly #options: LiveSocketOptions;
  #socket: TransportSocket | null = null;
  #mode: 'connecting' | 'greeting' | 'online' | 'waiting' | 'closed' = 'waiting';
  #tried = 0;
  #heard = false;
  #pinged = false;
  #credential: string | null = null;
  #refusal: Failure | null = null;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    this.#connect();
  }

  /** True while frames can be sent. */
  get online(): boolean {
    return this.#mode === 'online';
  }

  /** Bytes that were sent but are not on their way yet. */
  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Sends a frame; only while online. A credential that changed goes before it. */
  send(text: string): void {
    if (this.#mode !== 'online' || this.#socket === null) return;
    const credential = this.#options.credential();
    if (credential !== this.#credential) {
      this.#credential = credential;
      this.#socket.send(JSON.stringify({ type: 'hello', credential }));
    }
    this.#socket.send(text);
  }

  /** Ends it for good. */
  close(): void {
    this.#mode = 'closed';
    this.#cancelTimer();
    this.#socket?.close(NORMAL, 'done');
    this.#socket = null;
  }

  #connect(): void {
    const { transport, address, clock } = this.#options;
    this.#mode = 'connecting';
    this.#refusal = null;
    let opened = false;
    const own = (run: () => void): void => {
      if (this.#socket === socket) run();
    };
    const socket: TransportSocket = transport.connect(address, [REALTIME_PROTOCOL], {
      opened: () =>
        own(() => {
          opened = true;
          this.#greet(socket);
        }),
      received: (text) => own(() => this.#receive(text)),
      closed: (_code, reason) => own(() => this.#lost(opened, reason)),
    });
    this.#socket = socket;
    this.#cancelTimer = clock.after(WELCOME_WITHIN_MS, () => this.#giveUp(opened, `no welcome within ${WELCOME_WITHIN_MS / 1000} s`));
  }

  #greet(socket: TransportSocket): void {
    const { token, credential } = this.#options;
    this.#mode = 'greeting';
    this.#credential = credential();
    const hello = { type: 'hello', credential: this.#credential, topics: [] };
    socket.send(JSON.stringify(token === null ? hello : { ...hello, token }));
  }

  #receive(text: string): void {
    this.#heard = true;
    const frame: unknown = parsed(text);
    if (!isObject(frame)) return;
    if (this.#mode === 'online') this.#options.onFrame(frame);
    else if (frame['type'] === 'welcome') this.#welcomed(Number(frame['heartbeat_seconds'] ?? 15) * 1000);
    else if (frame['type'] === 'error' && isObject(frame['error'])) this.#refusal = failureFrom(frame['error']);
  }

  #welcomed(heartbeatMs: number): void {
    this.#mode = 'online';
    this.#tried = 0;
    this.#pinged = false;
    this.#cancelTimer();
    this.#listenFor(heartbeatMs);
    this.#options.onOnline();
  }

  /** A peer that is gone without a word is noticed within three heartbeats. */
  #listenFor(heartbeatMs: number): void {
    this.#heard = false;
    this.#cancelTimer = this.#options.clock.after(heartbeatMs, () => {
      if (!this.#heard && this.#pinged) {
        this.#giveUp(true, 'the server is silent');
        return;
      }
      this.#pinged = !this.#heard;
      if (this.#pinged) this.#socket?.send(JSON.stringify({ type: 'ping' }));
      this.#listenFor(heartbeatMs);
    });
  }

  #giveUp(opened: boolean, reason: string): void {
    const socket = this.#socket;
    this.#lost(opened, reason);
    socket?.close(GIVEN_UP, reason);
  }

  #lost(opened: boolean, reason: string): void {
    const { clock, retry, random, diagnose, onOffline, url } = this.#options;
    this.#socket = null;
    this.#mode = 'waiting';
    this.#tried += 1;
    this.#cancelTimer();
    const known =
      this.#refusal ?? (opened ? new Failure('server_unreachable', { url, reason: reason || 'the connection was lost' }) : null);
    const settle = (failure: Failure): void => {
      if (this.#mode !== 'waiting') return;
      onOffline(failure);
      // Whoever was told may have closed it.
      if (this.#isWaiting()) this.#cancelTimer = clock.after(retryDelay(retry, this.#tried, random.next(), failure), () => this.#connect());
    };
    if (known !== null) settle(known);
    else void diagnose().then(settle);
  }

  #isWaiting(): boolean {
    return this.#mode === 'waiting';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
