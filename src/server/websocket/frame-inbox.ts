/**
 * What has arrived from one peer and is not taken yet. While it may not be taken, nothing more is read from the socket,
 * so that at most what one read brought waits here. Invariant: messages are taken in the order they came.
 */
import type { WebSocket } from 'ws';
import type { Stopwatch } from '../server-context.ts';

/** What an inbox needs. */
export interface FrameInboxOptions {
  readonly ws: WebSocket;
  readonly time: Stopwatch;
  readonly take: (data: Buffer, isBinary: boolean) => void;
  /** False while the answers to what was taken are outstanding; `go` is called when that changes. */
  readonly mayTake: () => boolean;
}

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** How long one peer may hold the loop in one turn, in ms. */
const TURN_MS = 8;

/** What has arrived from one peer. */
export class FrameInbox {
  readonly #options: FrameInboxOptions;
  #waiting: Message[] = [];
  #spent = 0;
  #turnEnds = false;
  #going = false;
  #stopped = false;

  constructor(options: FrameInboxOptions) {
    this.#options = options;
  }

  /** Takes a message, now or when its turn comes. */
  receive(data: Buffer, isBinary: boolean): void {
    if (this.#stopped) return;
    if (this.#waiting.length === 0 && !this.#going && this.#mayTake()) this.#take({ data, isBinary });
    else this.#waiting.push({ data, isBinary });
    this.#regulate();
  }

  /** Takes what waits, as far as it may be taken. */
  go(): void {
    if (this.#stopped || this.#going) return;
    this.#going = true;
    let taken = 0;
    for (const message of this.#waiting) {
      if (!this.#mayTake()) break;
      taken += 1;
      this.#take(message);
    }
    this.#going = false;
    if (taken > 0) this.#waiting = this.#waiting.slice(taken);
    this.#regulate();
  }

  /** Takes nothing any more; what still comes is read and dropped, so that the peer's close frame is seen. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    if (this.#options.ws.isPaused) this.#options.ws.resume();
  }

  #mayTake(): boolean {
    return !this.#stopped && this.#spent < TURN_MS && this.#options.mayTake();
  }

  #take({ data, isBinary }: Message): void {
    const { take, time } = this.#options;
    const begun = time.now();
    take(data, isBinary);
    this.#spent += time.now() - begun;
    if (this.#turnEnds) return;
    this.#turnEnds = true;
    time.soon(() => {
      this.#turnEnds = false;
      this.#spent = 0;
      this.go();
    });
  }

  #regulate(): void {
    const { ws } = this.#options;
    if (this.#stopped) return;
    const holds = this.#waiting.length > 0 || !this.#mayTake();
    if (holds && !ws.isPaused) ws.pause();
    else if (!holds && ws.isPaused) ws.resume();
  }
}
