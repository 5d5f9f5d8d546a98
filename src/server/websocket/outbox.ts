/**
 * What is on its way to one peer. Everything that is sent in one turn of the loop leaves in one write.
 * Invariant: frames leave in the order they were given, whole; who was told that there is no room is told when there is.
 */
import type { Duplex } from 'node:stream';
import { textFrames } from './text-frame.ts';

/** What an outbox needs. */
export interface OutboxOptions {
  /** The socket below the WebSocket. */
  readonly socket: Duplex;
  /** False once a close frame was sent or the socket is gone. */
  readonly isOpen: () => boolean;
  /** Unsent bytes from which on there is no room. */
  readonly bound: number;
  /** Told when there is room again after `hasRoom` said no. */
  readonly onRoom: () => void;
  readonly now: () => number;
}

/** The frames for one peer. */
export class Outbox {
  readonly #options: OutboxOptions;
  #texts: string[] = [];
  #size = 0;
  #scheduled = false;
  #fullSince = 0;
  #asked = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    options.socket.on('drain', () => this.#drained());
  }

  /** True while less than the bound is unsent. When not, `onRoom` follows. */
  hasRoom(): boolean {
    if (!this.#full) return true;
    this.#asked = true;
    return false;
  }

  /** Bytes that the operating system has not taken yet; about, for what waits for the end of this turn. */
  get unsent(): number {
    return this.#size + this.#options.socket.writableLength;
  }

  /** Since when there is no room, ms since 1970; 0 when there is. */
  get fullSince(): number {
    return this.#fullSince;
  }

  /** Sends a text. */
  send(text: string): void {
    this.#texts.push(text);
    this.#size += text.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => this.flush());
  }

  /** Sends a frame that was made for many. */
  sendFrame(frame: Buffer): void {
    this.flush();
    this.#write(frame);
  }

  /** Writes what waits for the end of this turn. */
  flush(): void {
    this.#scheduled = false;
    if (this.#texts.length === 0) return;
    const texts = this.#texts;
    this.#texts = [];
    this.#size = 0;
    this.#write(textFrames(texts));
  }

  get #full(): boolean {
    return this.unsent >= this.#options.bound;
  }

  #write(frames: Buffer): void {
    const { socket, isOpen, now } = this.#options;
    if (!isOpen()) return;
    socket.write(frames);
    if (!this.#full) this.#tellRoom();
    else if (this.#fullSince === 0) this.#fullSince = now();
  }

  #drained(): void {
    this.#fullSince = 0;
    if (!this.#full) this.#tellRoom();
  }

  #tellRoom(): void {
    if (!this.#asked) return;
    this.#asked = false;
    this.#options.onRoom();
  }
}
