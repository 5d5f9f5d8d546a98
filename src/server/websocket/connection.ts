/**
 * One WebSocket connection. Modes: anonymous (only `hello` is taken) → open → closing.
 * Nothing is read from its peer while too many of its calls run, too much waits to be sent to it, or its turn is over;
 * it is dropped when it is silent or does not read for too long.
 * Invariant: what it makes the server hold is bounded, whatever it sends.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Failure } from '../../contract/failure.ts';
import { type ClientFrame, CLOSE_CODES, DEFAULT_SUBSCRIPTION, type ServerFrame } from '../../contract/websocket.ts';
import { type Principal, principalOf, withCredential } from '../principal.ts';
import { asFailure, problemOf } from '../problem.ts';
import type { ServerContext } from '../server-context.ts';
import { CallDesk } from './call-desk.ts';
import { ConnectionFeed } from './connection-feed.ts';
import { FrameInbox } from './frame-inbox.ts';
import { Outbox } from './outbox.ts';
import { readFrame } from './read-frame.ts';
import type { SwarmHub } from './swarm-hub.ts';
import type { WebSocketLimits } from './websocket-limits.ts';
import { TerminalHostEnd } from './terminal-host-end.ts';
import { TerminalWatches } from './terminal-watches.ts';
import { WorkWishes } from './work-wishes.ts';

/** What a connection needs. */
export interface ConnectionOptions {
  readonly ws: WebSocket;
  readonly socket: Duplex;
  readonly context: ServerContext;
  readonly hub: SwarmHub;
  readonly limits: WebSocketLimits;
  /** Who it is; null until `hello` says so. */
  readonly principal: Principal | null;
  /** What it is subscribed to without asking; null: nothing. */
  readonly subscription: ClientFrame<'subscribe'> | null;
}

const CREDENTIALS_KEPT = 100;

/** One WebSocket connection. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #inbox: FrameInbox;
  readonly #desk: CallDesk;
  readonly #feed: ConnectionFeed;
  readonly #wishes: WorkWishes;
  readonly #watches: TerminalWatches;
  readonly #hostEnd: TerminalHostEnd;
  readonly #speakers = new Map<string, Principal>();
  readonly #opened: number;
  #principal: Principal | null;
  #heard: number;
  #pinged = 0;
  #finishing = 0;
  #closing = 0;
  readonly #closed: Promise<void>;

  constructor(options: ConnectionOptions) {
    const { ws, socket, context, hub, limits } = options;
    this.#options = options;
    this.#principal = options.principal;
    this.#opened = this.#heard = context.time.now();
    const send = (frame: ServerFrame): void => this.#outbox.send(JSON.stringify(frame));
    const principal = (credential: string | undefined): Principal => this.#speaker(credential);
    const hasRoom = (): boolean => this.#outbox.hasRoom();
    this.#outbox = new Outbox({
      socket,
      bound: limits.unsent_bytes,
      isOpen: () => this.#closing === 0 && ws.readyState === ws.OPEN,
      onRoom: () => this.#onRoom(),
      now: () => context.time.now(),
    });
    this.#inbox = new FrameInbox({
      ws,
      time: context.time,
      take: (data, isBinary) => this.#take(data, isBinary),
      mayTake: () => this.#mayTake(),
    });
    const onProgress = (): void => (this.#finishing > 0 ? this.#closeWhenAnswered() : this.#inbox.go());
    this.#desk = new CallDesk({ context, swarm: hub.engine.name, principal, send: (text) => this.#outbox.send(text), onProgress });
    this.#feed = new ConnectionFeed({ hub, outbox: this.#outbox, send, bound: limits.subscriptions });
    this.#wishes = new WorkWishes({ context, hub, principal, hasRoom, send, bound: limits.work_wishes });
    const desk = context.terminals.of(hub.engine);
    this.#watches = new TerminalWatches({ desk, hasRoom, send, bound: limits.subscriptions });
    this.#hostEnd = new TerminalHostEnd({ desk, send, role: () => this.#principal?.role ?? 'viewer' });
    this.#closed = new Promise((resolve) => ws.once('close', () => resolve()));
    this.#attend(ws, socket);
    if (options.principal !== null && options.subscription !== null) this.#feed.subscribe(options.subscription);
  }

  /** Looks for what time has decided: no token, no reading, no sign of life. */
  sweep(): void {
    const now = this.#options.context.time.now();
    const { ws, limits } = this.#options;
    const { fullSince } = this.#outbox;
    if (this.#finishing > 0 && now - this.#finishing > limits.close_ms) this.#close(CLOSE_CODES.going_away, 'the server is shutting down');
    if (this.#closing > 0) {
      if (now - this.#closing > limits.close_ms) ws.terminate();
    } else if (this.#principal === null) {
      if (now - this.#opened > limits.hello_ms) this.#refuse(new Failure('unauthenticated'));
    } else if (fullSince > 0) {
      if (now - fullSince > limits.slow_reader_ms) this.#close(CLOSE_CODES.too_slow, this.#resumePoint());
    } else if (!ws.isPaused) this.#beat(now);
  }

  /** Takes no more frames, answers what runs and what waits for work, then ends the connection. */
  async finish(): Promise<void> {
    this.#inbox.stop();
    this.#finishing = this.#options.context.time.now();
    this.#desk.endWaiting();
    this.#closeWhenAnswered();
    await this.#closed;
  }

  #closeWhenAnswered(): void {
    if (this.#desk.inFlight === 0) this.#close(CLOSE_CODES.going_away, 'the server is shutting down');
  }

  #attend(ws: WebSocket, socket: Duplex): void {
    const heard = (): void => {
      this.#heard = this.#options.context.time.now();
    };
    if (this.#principal === null) this.#guardAnonymous(socket);
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      heard();
      this.#inbox.receive(data, isBinary);
    });
    ws.on('ping', heard);
    ws.on('pong', heard);
    ws.on('error', (error) => this.#options.context.log.debug({ reason: error.message }, 'WebSocket failed'));
    ws.on('close', () => {
      this.#inbox.stop();
      this.#desk.end();
      this.#feed.end();
      this.#wishes.end();
      this.#watches.end();
      this.#hostEnd.end();
    });
  }

  /** Without a token nobody may make the server hold large frames. */
  #guardAnonymous(socket: Duplex): void {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (this.#principal !== null) socket.off('data', count);
      else if (bytes > this.#options.limits.hello_bytes) this.#options.ws.terminate();
    };
    socket.on('data', count);
  }

  #mayTake(): boolean {
    const { limits } = this.#options;
    const { taking, inFlight, queriesInFlight } = this.#desk;
    return !taking && inFlight < limits.calls_in_flight && queriesInFlight < limits.queries_in_flight && this.#outbox.hasRoom();
  }

  #take(data: Buffer, isBinary: boolean): void {
    const frame = readFrame(data, isBinary);
    if (this.#principal === null && frame.type !== 'hello') this.#refuse(new Failure('unauthenticated'));
    else if (frame.type === 'bad') this.#sendError(frame.failure, frame.id);
    else this.#handle(frame);
  }

  #handle(frame: ClientFrame): void {
    switch (frame.type) {
      case 'call':
        return this.#desk.call(frame);
      case 'calls':
        return this.#desk.calls(frame);
      case 'subscribe':
        return this.#feed.subscribe(frame);
      case 'unsubscribe':
        return this.#feed.unsubscribe(frame.id);
      case 'work':
        return this.#wishes.take(frame);
      case 'watch':
        return this.#watches.watch(frame.session_id);
      case 'unwatch':
        return this.#watches.unwatch(frame.session_id);
      case 'offer':
        return this.#hostEnd.offer(frame);
      case 'screen':
        return this.#hostEnd.screen(frame);
      case 'served':
        return this.#hostEnd.served(frame);
      case 'hello':
        return this.#greet(frame);
      case 'ping':
        return this.#outbox.send(JSON.stringify({ type: 'pong', id: frame.id }));
    }
  }

  #greet(frame: ClientFrame<'hello'>): void {
    const { hub, limits, subscription } = this.#options;
    const wasAnonymous = this.#principal === null;
    try {
      this.#principal = this.#introduced(frame);
    } catch (error) {
      const failure = asFailure(error);
      if (wasAnonymous || failure.code === 'unauthenticated') this.#refuse(failure);
      else this.#sendError(failure);
      return;
    }
    const { name, journalId, feed } = hub.engine;
    this.#send({
      type: 'welcome',
      cursor: { swarm: name, journal: journalId, seq: feed.head },
      role: this.#principal.role,
      heartbeat_seconds: limits.heartbeat_ms / 1000,
    });
    const topics = frame.topics ?? subscription?.topics ?? [];
    if (frame.topics === undefined && frame.since === undefined && !wasAnonymous) return;
    if (topics.length === 0) this.#feed.unsubscribe(DEFAULT_SUBSCRIPTION);
    else this.#feed.subscribe({ type: 'subscribe', id: DEFAULT_SUBSCRIPTION, topics, since: frame.since ?? subscription?.since });
  }

  /** Who says hello: what it does not say stays as it was, but a token begins without a credential. Throws Failure. */
  #introduced({ token, credential }: ClientFrame<'hello'>): Principal {
    const { context } = this.#options;
    const before = this.#principal;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const bearer = before !== null && token === undefined ? before : principalOf(context, headers);
    if (credential === undefined) return bearer;
    if (credential !== null) return withCredential(context, bearer, credential);
    return { role: bearer.role, caller: { actor: `role:${bearer.role}`, credential: null }, swarm: null };
  }

  /** Who speaks in a frame. Throws Failure. */
  #speaker(credential: string | undefined): Principal {
    if (this.#principal === null) throw new Failure('unauthenticated');
    if (credential === undefined) return this.#principal;
    const known = this.#speakers.get(credential);
    if (known !== undefined && known.role === this.#principal.role) return known;
    const speaker = withCredential(this.#options.context, this.#principal, credential);
    if (this.#speakers.size >= CREDENTIALS_KEPT) this.#speakers.clear();
    this.#speakers.set(credential, speaker);
    return speaker;
  }

  #onRoom(): void {
    this.#feed.advance();
    this.#feed.moved();
    this.#wishes.look();
    this.#watches.flush();
    this.#inbox.go();
  }

  #beat(now: number): void {
    const { ws, limits } = this.#options;
    if (this.#pinged > this.#heard) {
      if (now - this.#pinged > limits.heartbeat_ms) ws.terminate();
    } else if (now - this.#heard > limits.heartbeat_ms) {
      this.#pinged = now;
      ws.ping();
    }
  }

  #resumePoint(): string {
    const seq = this.#feed.sentUpTo;
    return seq === null ? '' : JSON.stringify({ journal: this.#options.hub.engine.journalId.slice(0, 64), seq });
  }

  #refuse(failure: Failure): void {
    this.#sendError(failure);
    this.#close(CLOSE_CODES.unauthenticated, failure.code);
  }

  #sendError(failure: Failure, id?: string | number): void {
    const error = problemOf(failure);
    this.#send(id === undefined ? { type: 'error', error } : { type: 'error', id, error });
  }

  #send(frame: ServerFrame): void {
    this.#outbox.send(JSON.stringify(frame));
  }

  #close(code: number, reason: string): void {
    if (this.#closing > 0) return;
    this.#outbox.flush();
    this.#closing = this.#options.context.time.now();
    this.#inbox.stop();
    this.#options.ws.close(code, reason);
  }
}
