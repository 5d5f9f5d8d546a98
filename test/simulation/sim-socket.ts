/**
 * Owns one simulated WebSocket: what either end sends arrives whole and in order, late, or not at all because the
 * connection breaks. In a black hole it waits, as TCP sends it again; an end that is gone is noticed only by who can hear it.
 * The server's end is what the real connection of the server is given in place of a socket.
 */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { SocketListener, TransportSocket } from '../../src/client/transport.ts';
import type { SimProcess } from './sim-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The network between the two ends. */
export interface SocketWay {
  readonly time: VirtualTime;
  /** How long the next message takes, in ms. */
  readonly delay: () => number;
  readonly isCut: (direction: Direction) => boolean;
  /** True when the connection breaks with this message. */
  readonly breaks: (direction: Direction) => boolean;
  /** True when from this message on nothing arrives any more, and nobody is told. */
  readonly vanishes: () => boolean;
  readonly see: (fault: string) => void;
  /** What a client sends as its server gets it. */
  readonly frame: (text: string) => string;
  /** Whose pings are answered by nobody and yet count as answered; null: nobody's. */
  readonly believer: Believer | null;
}

/** Who takes its peer for alive whatever it hears. */
export type Believer = 'client' | 'server';

type Direction = 'there' | 'back';

/** The two processes, and who listens at the client's end. */
export interface SocketEnds {
  readonly client: SimProcess;
  readonly server: SimProcess;
  readonly listener: SocketListener;
}

const ABNORMAL = 1006;
/** How long TCP waits before it sends again what was not heard. */
const AGAIN_MS = 1000;

/** One WebSocket. */
export class SimSocket {
  readonly #way: SocketWay;
  readonly #ends: SocketEnds;
  readonly #lanes: Readonly<Record<Direction, Lane>>;
  readonly #serverEnd: ServerEnd;
  /** What arrived before the server had taken it in. */
  readonly #early: (() => void)[] = [];
  #takenIn = false;
  #vanished = false;
  #left = false;
  #clientOpen = true;
  #serverOpen = true;

  constructor(way: SocketWay, ends: SocketEnds) {
    const { client, server, listener } = ends;
    this.#way = way;
    this.#ends = ends;
    this.#lanes = { there: new Lane(way, 'there'), back: new Lane(way, 'back') };
    this.#serverEnd = new ServerEnd({
      sendText: (text) => this.#toClient(() => listener.received(text)),
      ping: () =>
        way.believer === 'server' ? this.#serverEnd.emit('pong') : this.#toClient(() => this.#toServer(() => this.#serverEnd.emit('pong'))),
      close: (code, reason) => this.#toClient(() => this.#clientGone(code, reason)),
      terminate: () => {
        this.#break();
        this.#serverGone();
      },
    });
    client.onDeath(() => this.#toServer(() => this.#serverGone()));
    server.onDeath(() => this.#toClient(() => this.#clientGone(ABNORMAL, '')));
    this.#toClient(() => listener.opened());
  }

  /** What the server's connection is made with. */
  get serverEnd(): { readonly ws: WebSocket; readonly socket: Duplex } {
    return { ws: this.#serverEnd as unknown as WebSocket, socket: this.#serverEnd.below as unknown as Duplex };
  }

  /** What the client holds. */
  get clientEnd(): TransportSocket {
    return {
      bufferedAmount: 0,
      send: (text) => this.#send(text),
      close: (code, reason) => {
        this.#left = true;
        this.#toServer(() => this.#serverGone(() => this.#toClient(() => this.#clientGone(code, reason))));
      },
    };
  }

  /** From now on nothing arrives at either end, and nobody is told. */
  vanish(): void {
    this.#vanished = true;
  }

  /** Which end still believes in a connection that is gone without a word; null: neither. */
  get deceived(): Believer | null {
    if (!this.#vanished) return null;
    if (this.#serverOpen && this.#ends.server.alive) return 'server';
    return this.#clientOpen && !this.#left && this.#ends.client.alive ? 'client' : null;
  }

  #send(text: string): void {
    if (!this.#clientOpen) return;
    if (this.#way.believer === 'client' && text.includes('"type":"ping"'))
      this.#ends.client.after(1, () => this.#inClient(() => this.#ends.listener.received('{"type":"pong"}')));
    this.#toServer(() => this.#serverEnd.receive(this.#way.frame(text)));
  }

  #toServer(run: () => void): void {
    this.#carry('there', () => {
      if (!this.#ends.server.alive) this.#lanes.back.put(() => this.#inClient(() => this.#clientGone(ABNORMAL, '')));
      else if (this.#serverOpen) this.#inServer(run);
    });
  }

  #toClient(run: () => void): void {
    this.#carry('back', () => {
      if (!this.#ends.client.alive) this.#lanes.there.put(() => this.#inServer(() => this.#serverGone()));
      else this.#inClient(run);
    });
  }

  #carry(direction: Direction, arrive: () => void): void {
    if (!this.#vanished && this.#way.vanishes()) {
      this.#way.see('socket: gone without a word');
      this.vanish();
    }
    if (this.#vanished) return;
    if (this.#way.breaks(direction)) {
      this.#way.see('socket: reset');
      this.#break();
    } else this.#lanes[direction].put(arrive);
  }

  /** Both ends hear of it, as soon as they can hear anything. */
  #break(): void {
    this.#lanes.back.put(() => this.#inClient(() => this.#clientGone(ABNORMAL, '')));
    this.#lanes.there.put(() => this.#inServer(() => this.#serverGone()));
  }

  /** The server begins with it, and gets what came before that: a process that was paused does neither in a fixed order. */
  takeIn(accept: () => void): void {
    this.#ends.server.enter(() => {
      accept();
      this.#takenIn = true;
      for (const run of this.#early.splice(0)) run();
    });
  }

  #inServer(run: () => void): void {
    this.#ends.server.enter(() => {
      if (this.#takenIn) run();
      else this.#early.push(run);
    });
  }

  #inClient(run: () => void): void {
    this.#ends.client.enter(() => {
      if (this.#clientOpen) run();
    });
  }

  #clientGone(code: number, reason: string): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.#ends.listener.closed(code, reason);
    this.#lanes.there.put(() => this.#inServer(() => this.#serverGone()));
  }

  #serverGone(then: () => void = () => undefined): void {
    if (!this.#serverOpen) return;
    this.#serverOpen = false;
    this.#serverEnd.gone();
    then();
  }
}

/** One direction: first in, first out. */
class Lane {
  readonly #way: SocketWay;
  readonly #direction: Direction;
  readonly #waiting: { readonly at: number; readonly arrive: () => void }[] = [];
  #last = 0;
  #held = false;

  constructor(way: SocketWay, direction: Direction) {
    this.#way = way;
    this.#direction = direction;
  }

  put(arrive: () => void): void {
    const { time, delay } = this.#way;
    this.#last = Math.max(this.#last, time.now + delay());
    this.#waiting.push({ at: this.#last, arrive });
    void time.after(this.#last - time.now, () => this.#flush());
  }

  #flush(): void {
    const { time, isCut, see } = this.#way;
    for (let next = this.#waiting[0]; next !== undefined && next.at <= time.now && !this.#held; next = this.#waiting[0]) {
      if (isCut(this.#direction)) {
        see(`socket: black hole on the way ${this.#direction}`);
        this.#held = true;
        void time.after(AGAIN_MS, () => {
          this.#held = false;
          this.#flush();
        });
        return;
      }
      this.#waiting.shift();
      next.arrive();
    }
  }
}

interface ServerEndPorts {
  readonly sendText: (text: string) => void;
  readonly ping: () => void;
  readonly close: (code: number, reason: string) => void;
  readonly terminate: () => void;
}

/** As much of a WebSocket of `ws` as a connection uses. */
class ServerEnd extends EventEmitter {
  readonly OPEN = 1;
  readonly below = new BelowEnd((text) => this.#ports.sendText(text));
  readonly #ports: ServerEndPorts;
  #held: string[] = [];
  readyState = 1;
  isPaused = false;

  constructor(ports: ServerEndPorts) {
    super();
    this.#ports = ports;
  }

  receive(text: string): void {
    if (this.isPaused) this.#held.push(text);
    else this.emit('message', Buffer.from(text), false);
  }

  gone(): void {
    this.readyState = 3;
    this.emit('close');
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    while (!this.isPaused && this.#held.length > 0) this.receive(this.#held.shift() ?? '');
  }

  ping(): void {
    this.#ports.ping();
  }

  close(code: number, reason: string): void {
    this.readyState = 2;
    this.#ports.close(code, reason);
  }

  terminate(): void {
    this.#ports.terminate();
  }
}

/** What lies below it: takes the frames that the server has made, and gives their texts on. */
class BelowEnd extends EventEmitter {
  readonly writableLength = 0;
  readonly #take: (text: string) => void;

  constructor(take: (text: string) => void) {
    super();
    this.#take = take;
  }

  write(frames: Buffer): boolean {
    for (let at = 0; at < frames.length;) {
      const short = frames.readUInt8(at + 1);
      const [size, header] =
        short < 126 ? [short, 2] : short === 126 ? [frames.readUInt16BE(at + 2), 4] : [Number(frames.readBigUInt64BE(at + 2)), 10];
      this.#take(frames.toString('utf8', at + header, at + header + size));
      at += header + size;
    }
    return true;
  }
}
