/**
 * A raw WebSocket for tests: keeps every frame it got, and waits for the one a test is interested in.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { problem } from '../../src/contract/problem.ts';
import { offeredFrame, orderFrame, screenFrame, unwatchedFrame } from '../../src/contract/terminal-frames.ts';
import {
  assignmentFrame,
  errorFrame,
  eventsFrame,
  pongFrame,
  resetFrame,
  resultFrame,
  resultsFrame,
  statusFrame,
  subscribedFrame,
  unsubscribedFrame,
  welcomeFrame,
  workingFrame,
} from '../../src/contract/websocket.ts';
import type { TestServer } from '../support/start-test-server.ts';

/** A frame from the server, as it came. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** How a test connects. */
export interface TestSocketOptions {
  /** Default: the admin's token in a header; null for none. */
  readonly token?: string | null;
  /** Default /swarm/realtime. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

const SCHEMAS = {
  welcome: welcomeFrame,
  result: resultFrame,
  results: resultsFrame,
  status_update: statusFrame,
  events: eventsFrame,
  subscribed: subscribedFrame,
  reset: resetFrame,
  unsubscribed: unsubscribedFrame,
  working: workingFrame,
  assignment: assignmentFrame,
  screen: screenFrame,
  unwatched: unwatchedFrame,
  offered: offeredFrame,
  order: orderFrame,
  pong: pongFrame,
  error: errorFrame,
};
const open = new Set<TestSocket>();

/** A raw WebSocket. Every frame it gets is checked against the contract. */
export class TestSocket {
  readonly ws: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #taken = 0;
  #wake: () => void = () => undefined;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    open.add(this);
    ws.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      SCHEMAS[frame.type as keyof typeof SCHEMAS].parse(frame);
      this.frames.push(frame);
      this.#wake();
    });
    ws.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      ws.once('close', (code: number, reason: Buffer) => {
        open.delete(this);
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  /** Connects; rejects when the upgrade is refused. */
  static async open(server: TestServer, options: TestSocketOptions = {}): Promise<TestSocket> {
    const { token = server.tokenOf('admin'), path = '/swarm/realtime', headers = {}, protocols = [] } = options;
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const ws = new WebSocket(server.url.replace('http', 'ws') + path, [...protocols], { headers: { ...authorization, ...headers } });
    const socket = new TestSocket(ws);
    await once(ws, 'open');
    return socket;
  }

  /** Sends a frame; text and bytes as they are. */
  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }

  /** The next frame, in the order they came, that is of this type and fits; the ones before it are skipped. */
  async next(type: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> {
    for (;;) {
      while (this.#taken < this.frames.length) {
        const frame = this.frames[this.#taken] as Frame;
        this.#taken += 1;
        if (frame.type === type && fits(frame)) return frame;
      }
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error(`closed while waiting for ${type}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Calls an operation; resolves with its outcome. */
  async call(operation: string, input: object = {}, more: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = `call-${Math.random()}`;
    this.send({ type: 'call', id, operation, input, ...more });
    return this.next('result', (frame) => frame['id'] === id);
  }

  /** Collects the events of a subscription until its place is at least `seq`. */
  async eventsUpTo(seq: number, subscription = 'default'): Promise<{ readonly seq: number; readonly type: string }[]> {
    const found: { readonly seq: number; readonly type: string }[] = [];
    for (;;) {
      const frame = await this.next('events', (each) => each['subscription'] === subscription);
      found.push(...(frame['events'] as typeof found));
      if (Number(frame['seq']) >= seq) return found;
    }
  }

  async close(): Promise<void> {
    this.ws.terminate();
    await this.closed;
  }
}

/** Closes what a test left open. */
export async function closeSockets(): Promise<void> {
  await Promise.all(Array.from(open, (socket) => socket.close()));
}

/** The response to an upgrade that is refused: its status and its problem. */
export function refusedUpgrade(url: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url.replace('http', 'ws'), { headers });
    ws.on('error', () => undefined);
    ws.once('open', () => {
      ws.terminate();
      reject(new Error('the upgrade was accepted'));
    });
    ws.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, code: problem.parse(JSON.parse(body)).code }));
    });
  });
}
