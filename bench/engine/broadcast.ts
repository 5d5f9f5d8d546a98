/**
 * What it costs to tell 10,000 WebSocket clients what happens: a server in another process, and clients in this one that
 * follow every event while tasks are added at a steady rate. All clients share this process, so the delays include its own.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { metersOf } from './cpu-meters.ts';
import { taskToAdd } from './lives.ts';
import { startServerProcess } from './server-process.ts';
import { percentile, round } from './statistics.ts';
import { connectSocket } from './websocket-calls.ts';

const CLIENTS = 10_000;
const CONNECTING_AT_ONCE = 100;
const EVENTS_PER_SECOND = 100;
/** One in so many clients reads what it gets, and tells how late it came. */
const READING = 100;

/** How broadcasting went. */
export interface Broadcast {
  readonly clients: number;
  readonly events_per_second: number;
  /** Parts of one processor that the server's threads used. */
  readonly server_main_thread: number;
  readonly server_other_threads: number;
  /** From the call that adds a task to the frame that tells of it, for clients that read. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Events that a reading client did not get, and connections that ended. */
  readonly missed: number;
  readonly dropped: number;
}

/** Measures it for some seconds. */
export async function measureBroadcast(parent: string, seconds: number): Promise<Broadcast> {
  const folder = mkdtempSync(join(parent, 'broadcast-'));
  mkdirSync(join(folder, '.tutti'));
  const server = await startServerProcess(folder);
  const audience = new Audience();
  try {
    for (let count = 0; count < CLIENTS; count += CONNECTING_AT_ONCE) {
      await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, (_, index) => audience.join(server, (count + index) % READING === 0)));
    }
    const socket = await connectSocket(server.url, server.token);
    const meters = metersOf(server.pid);
    const before = Object.entries(meters).map(([name, read]) => [name, read()] as const);
    const start = performance.now();
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      const sent = performance.now();
      const calls = Array.from({ length: EVENTS_PER_SECOND / 10 }, (_, index) => {
        const id = `told-${tick}-${index}`;
        audience.sentAt.set(id, sent);
        return { operation: 'work.add', input: { ...taskToAdd(index), id } };
      });
      await socket.calls(calls);
      await sleep(Math.max(0, start + (tick + 1) * 100 - performance.now()));
    }
    const elapsed = (performance.now() - start) * 1000;
    const share = (name: string): number =>
      round(((meters[name]?.() ?? 0) - (before.find(([each]) => each === name)?.[1] ?? 0)) / elapsed, 3);
    const used = { server_main_thread: share('server_main_thread'), server_other_threads: share('server_other_threads') };
    await audience.heard(seconds * EVENTS_PER_SECOND);
    socket.close();
    return { clients: CLIENTS, events_per_second: EVENTS_PER_SECOND, ...used, ...audience.report(seconds * EVENTS_PER_SECOND) };
  } finally {
    audience.leave();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Frame {
  readonly type: string;
  readonly events?: readonly { readonly data: { readonly task_id?: string } }[];
}

class Audience {
  /** When each task was added. */
  readonly sentAt = new Map<string, number>();
  readonly #sockets: WebSocket[] = [];
  readonly #heard = new Map<WebSocket, number>();
  readonly #delays: number[] = [];
  #dropped = 0;

  async join({ url, token }: { readonly url: string; readonly token: string }, reads: boolean): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/swarm/realtime`, 'tutti', {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    this.#sockets.push(socket);
    socket.on('close', () => (this.#dropped += 1));
    if (!reads) return;
    this.#heard.set(socket, 0);
    socket.on('message', (data: Buffer) => this.#read(socket, data));
  }

  /** Waits until every reading client has heard of so many tasks, at most ten seconds. */
  async heard(tasks: number): Promise<void> {
    for (let waited = 0; waited < 100 && [...this.#heard.values()].some((count) => count < tasks); waited += 1) await sleep(100);
  }

  report(tasks: number): Pick<Broadcast, 'p50_ms' | 'p99_ms' | 'missed' | 'dropped'> {
    const sorted = this.#delays.toSorted((a, b) => a - b);
    const missed = [...this.#heard.values()].reduce((sum, count) => sum + tasks - count, 0);
    return { p50_ms: round(percentile(sorted, 0.5), 1), p99_ms: round(percentile(sorted, 0.99), 1), missed, dropped: this.#dropped };
  }

  leave(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #read(socket: WebSocket, data: Buffer): void {
    const now = performance.now();
    const frame = JSON.parse(data.toString('utf8')) as Frame;
    if (frame.type !== 'events') return;
    for (const { data: fields } of frame.events ?? []) {
      const sent = this.sentAt.get(fields.task_id ?? '');
      if (sent === undefined) continue;
      this.#delays.push(now - sent);
      this.#heard.set(socket, (this.#heard.get(socket) ?? 0) + 1);
    }
  }
}
