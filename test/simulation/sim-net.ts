/**
 * Owns the simulated network between clients and servers: delay, loss, resets before and after the server has acted,
 * requests that arrive twice, black holes in either direction. Requests overtake each other.
 */
import type { SocketListener, Transport, TransportRequest, TransportResponse, TransportSocket } from '../../src/client/transport.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimProcess } from './sim-process.ts';
import { type Believer, SimSocket, type SocketWay } from './sim-socket.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How often what goes wrong, per message. */
export interface NetFaults {
  readonly loss: number;
  readonly reset: number;
  readonly duplicate: number;
  /** Mean delay of a message in ms. */
  readonly delay_ms: number;
}

/** Of a connection that lasts many frames as many break as of requests. */
const RESETS_PER_FRAME = 5;
/** Mean time until TCP has sent again what was lost, in ms. */
const SENT_AGAIN_MS = 500;
const ABNORMAL = 1006;

/** A network without faults. */
export const SOUND_NET: NetFaults = { loss: 0, reset: 0, duplicate: 0, delay_ms: 1 };

/** Connections of a client end with it, and its server is told. */
export interface Peer {
  once(event: 'close', listener: () => void): void;
}

/** Answers requests. */
export type Answering = (request: TransportRequest, peer: Peer) => Promise<TransportResponse>;

/** Takes WebSockets in. */
export type Accepting = (url: URL, socket: SimSocket) => void;

interface Listener {
  readonly process: SimProcess;
  readonly answer: Answering;
  readonly accept: Accepting;
}

/** The network. */
export class SimNet {
  faults: NetFaults = SOUND_NET;
  /** False: no WebSocket can be opened, as behind a proxy that knows none. */
  sockets = true;
  /** What a client sends over a WebSocket as its server gets it. */
  frame: (text: string) => string = (text) => text;
  /** Who takes its peer for alive whatever it hears; null: nobody. */
  believer: Believer | null = null;
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #seen: (fault: string) => void;
  readonly #cut = new Set<string>();
  /** Sockets by the process that opened them. */
  readonly #sockets = new Map<SimProcess, SimSocket[]>();
  #listener: Listener | null = null;

  constructor(time: VirtualTime, random: SeededRandom, seen: (fault: string) => void) {
    this.#time = time;
    this.#random = random;
    this.#seen = seen;
  }

  /** From now on this process answers at the only address there is. */
  listen(process: SimProcess, answer: Answering, accept: Accepting): void {
    this.#listener = { process, answer, accept };
  }

  /** Nothing of this client reaches the server, or nothing comes back, until it is healed. */
  partition(client: string, direction: 'there' | 'back'): void {
    this.#seen(`net: black hole on the way ${direction}`);
    this.#cut.add(`${client} ${direction}`);
  }

  /** Ends all partitions. */
  heal(): void {
    this.#cut.clear();
  }

  /** The machine of this process is gone: no connection of it is closed, and none is heard of again. */
  silence(client: SimProcess): void {
    for (const socket of this.#sockets.get(client) ?? []) {
      socket.vanish();
      this.#seen('socket: its machine is gone');
    }
  }

  /** Who still believes in a connection that is gone without a word. */
  get deceived(): readonly Believer[] {
    return [...this.#sockets.values()].flat().flatMap(({ deceived }) => deceived ?? []);
  }

  /** The network as one process sees it. */
  transportOf(client: SimProcess): Transport {
    return {
      request: (request) => this.#request(client, request),
      connect: (url, _protocols, listener) => this.#connect(client, new URL(url), listener),
    };
  }

  #connect(client: SimProcess, url: URL, listener: SocketListener): TransportSocket {
    let socket: TransportSocket | null = null;
    let over = false;
    const fail = (): void => {
      void client.after(this.#delay(), () => {
        if (!over) listener.closed(ABNORMAL, '');
        over = true;
      });
    };
    if (!this.sockets) fail();
    else if (!this.#lostOn(client, 'there', fail)) {
      void this.#time.after(this.#delay(), () => {
        const server = this.#listener;
        if (over || !client.alive) return;
        if (server === null || !server.process.alive) {
          fail();
          return;
        }
        this.#seen('socket: opened');
        const made = new SimSocket(this.#wayOf(client), { client, server: server.process, listener });
        socket = made.clientEnd;
        this.#sockets.set(client, [...(this.#sockets.get(client) ?? []), made]);
        made.takeIn(() => server.accept(url, made));
      });
    }
    return {
      bufferedAmount: 0,
      send: (text) => socket?.send(text),
      close: (code, reason) => {
        over = true;
        socket?.close(code, reason);
      },
    };
  }

  #wayOf(client: SimProcess): SocketWay {
    return {
      time: this.#time,
      delay: () => this.#delay() + (this.#random.chance(this.faults.loss) ? this.#random.exponential(SENT_AGAIN_MS) : 0),
      isCut: (direction) => this.#cut.has(`${client.name} ${direction}`),
      breaks: () => this.#random.chance(this.faults.reset / RESETS_PER_FRAME),
      vanishes: () => this.#random.chance(this.faults.reset / RESETS_PER_FRAME / 2),
      see: this.#seen,
      frame: (text) => this.frame(text),
      believer: this.believer,
    };
  }

  #request(client: SimProcess, request: TransportRequest): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      const closed = new Set<() => void>();
      let over = false;
      const end = (settle: () => void): void => {
        if (over) return;
        over = true;
        request.signal.removeEventListener('abort', abort);
        settle();
        // Whoever waits for the server to answer is no longer there.
        for (const tell of closed) void this.#time.after(this.#delay(), tell);
      };
      const fail = (reason: string): void => void client.after(this.#delay(), () => end(() => reject(new Error(reason))));
      const abort = (): void => end(() => reject(new Error('aborted')));
      const peer: Peer = { once: (_event, listener) => void closed.add(listener) };
      request.signal.addEventListener('abort', abort);
      client.onDeath(() => end(() => undefined));
      const send = (): void => this.#deliver(client, request, { peer, fail, answered: (response) => end(() => resolve(response)) });
      send();
      if (this.#random.chance(this.faults.duplicate)) {
        this.#seen('net: a request arrives twice');
        void this.#time.after(this.#random.exponential(2000), send);
      }
    });
  }

  #deliver(
    client: SimProcess,
    request: TransportRequest,
    way: { readonly peer: Peer; readonly fail: (reason: string) => void; readonly answered: (response: TransportResponse) => void },
  ): void {
    const { peer, fail, answered } = way;
    if (this.#lostOn(client, 'there', fail)) return;
    void this.#time.after(this.#delay(), () => {
      const listener = this.#listener;
      if (listener === null || !listener.process.alive) {
        fail('ECONNREFUSED');
        return;
      }
      listener.process.onDeath(() => fail('ECONNRESET'));
      listener.process.enter(() => {
        void listener.answer(request, peer).then((response) => {
          if (!listener.process.alive || this.#lostOn(client, 'back', fail)) return;
          void client.after(this.#delay(), () => answered(response));
        });
      });
    });
  }

  /** True when a message goes nowhere; a reset is noticed by its sender, loss and a black hole are not. */
  #lostOn(client: SimProcess, direction: 'there' | 'back', fail: (reason: string) => void): boolean {
    if (this.#cut.has(`${client.name} ${direction}`)) return true;
    if (this.#random.chance(this.faults.reset)) {
      this.#seen(`net: reset on the way ${direction}`);
      fail('ECONNRESET');
      return true;
    }
    if (!this.#random.chance(this.faults.loss)) return false;
    this.#seen(`net: loss on the way ${direction}`);
    return true;
  }

  #delay(): number {
    return 0.1 + this.#random.exponential(this.faults.delay_ms);
  }
}
