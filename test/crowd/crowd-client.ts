/**
 * One of thousands of WebSocket clients: it follows one task, notes the place of every event it is sent, and comes back to
 * where it was when it was cut off.
 */
import { WebSocket } from 'ws';

/** Where the server is. */
export interface CrowdTarget {
  readonly url: string;
  readonly token: string;
}

interface Frame {
  readonly type: string;
  readonly seq?: number;
  readonly cursor?: { readonly seq: number };
  readonly events?: readonly { readonly seq: number }[];
}

/** A client that follows one task. */
export class CrowdClient {
  readonly task_id: string;
  /** Places of the events that it was sent, in the order in which they came. */
  readonly seen: number[] = [];
  /** What it was told and no client may be told. */
  readonly complaints: string[] = [];
  readonly #target: CrowdTarget;
  #socket: WebSocket | null = null;
  #place: number | null = null;

  constructor(target: CrowdTarget, task_id: string) {
    this.#target = target;
    this.task_id = task_id;
  }

  /** Connects, from where it was; resolves when the server has taken its subscription. Rejects when it is refused. */
  connect(): Promise<void> {
    const { url, token } = this.#target;
    const since = this.#place === null ? '' : `&since=${this.#place}`;
    const address = `${url.replace('http', 'ws')}/swarm/realtime?topics=task:${this.task_id}${since}`;
    const socket = new WebSocket(address, 'tutti', { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) => {
        this.#hear(JSON.parse(data.toString()) as Frame);
        resolve();
      });
      socket.on('error', (error) => reject(error));
      socket.on('close', (code) => reject(new Error(`closed with ${code} before it was subscribed`)));
    });
  }

  /** Cuts the connection off, as a lost network does. */
  cut(): void {
    this.#socket?.removeAllListeners('message');
    this.#socket?.terminate();
  }

  #hear(frame: Frame): void {
    if (frame.type === 'reset') this.complaints.push(`${this.task_id}: reset`);
    if (frame.type === 'subscribed') this.#place = frame.cursor?.seq ?? this.#place;
    if (frame.type !== 'events') return;
    for (const { seq } of frame.events ?? []) this.seen.push(seq);
    this.#place = frame.seq ?? this.#place;
  }
}
