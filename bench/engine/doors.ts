/**
 * Lives through the doors of a server in another process: WebSocket and HTTP, single calls and batches of 100.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HttpCalls } from './http-calls.ts';
import { metersOf } from './cpu-meters.ts';
import { measure, measureLives, type Measuring, sessionToRegister, taskToAdd } from './lives.ts';
import { startServerProcess } from './server-process.ts';
import type { Rate } from './statistics.ts';
import { connectSocket, outputOf } from './websocket-calls.ts';

const BATCH = 100;
const SINGLE_IN_FLIGHT = 100;
const CONNECTIONS = 8;

/** Rates through each door, and how fast the server was ready. */
export interface Doors {
  readonly up_ready_ms: number;
  readonly websocket_batched_100: Rate;
  readonly websocket_single_100_in_flight: Rate;
  readonly http_batched_100: Rate;
  readonly http_single: Rate;
}

type Batch = (calls: readonly { readonly operation: string; readonly input: object }[]) => Promise<unknown[]>;

/** Measures every door of a fresh server. */
export async function measureDoors(parent: string, seconds: number): Promise<Doors> {
  const folder = mkdtempSync(join(parent, 'doors-'));
  mkdirSync(join(folder, '.tutti'));
  const server = await startServerProcess(folder);
  const measuring = { seconds, meters: metersOf(server.pid) };
  try {
    return {
      up_ready_ms: server.ready_ms,
      websocket_batched_100: await socketBatches(server, measuring),
      websocket_single_100_in_flight: await socketSingles(server, measuring),
      http_batched_100: await httpBatches(server, measuring),
      http_single: await httpSingles(server, measuring),
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

type Target = { readonly url: string; readonly token: string };

async function socketBatches({ url, token }: Target, measuring: Measuring): Promise<Rate> {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectSocket(url, token)));
  const rate = await measureBatches(
    sockets.map((socket) => (calls) => socket.calls(calls)),
    'ws',
    measuring,
  );
  for (const socket of sockets) socket.close();
  return rate;
}

async function socketSingles({ url, token }: Target, measuring: Measuring): Promise<Rate> {
  const socket = await connectSocket(url, token);
  const rate = await measureLives((operation, input) => socket.call(operation, input), SINGLE_IN_FLIGHT, measuring);
  socket.close();
  return rate;
}

async function httpBatches({ url, token }: Target, measuring: Measuring): Promise<Rate> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpCalls.connect(url, token)));
  const batches = connections.map((connection): Batch => async (calls) => {
    const { results } = (await connection.post('/batch', { calls })) as { results: { ok: boolean; output?: unknown }[] };
    return results.map(outputOf);
  });
  const rate = await measureBatches(batches, 'http', measuring);
  for (const connection of connections) connection.close();
  return rate;
}

async function httpSingles({ url, token }: Target, measuring: Measuring): Promise<Rate> {
  const connections = await Promise.all(Array.from({ length: SINGLE_IN_FLIGHT }, () => HttpCalls.connect(url, token)));
  const sessions = connections.map((_, index) => `http-single-${index}`);
  for (const [index, id] of sessions.entries()) await connections[index]?.call('session.register', sessionToRegister(id, 1));
  const rate = await measure(measuring, sessions, async (session, number) => {
    const connection = connections[sessions.indexOf(session)] as HttpCalls;
    const { task_id } = (await connection.call('work.add', taskToAdd(number))) as { task_id: string };
    const { lease } = (await connection.call('work.claim', { session_id: session, task_id })) as { lease: number };
    await connection.call('work.complete', { session_id: session, task_id, status: 'completed', result: { ok: true }, lease });
    return 1;
  });
  for (const connection of connections) connection.close();
  return rate;
}

/** One loop per entry: while one's answers are read, the calls of others are worked on. */
async function measureBatches(connections: readonly Batch[], label: string, measuring: Measuring): Promise<Rate> {
  const loops = connections.map((batch, index) => ({ batch, session: `${label}-${index}` }));
  for (const { batch, session } of loops) await batch([{ operation: 'session.register', input: sessionToRegister(session, BATCH) }]);
  const batchOf = new Map(loops.map(({ batch, session }) => [session, batch]));
  return measure(measuring, [...batchOf.keys()], async (session, number) => {
    const batch = batchOf.get(session) as Batch;
    const numbers = Array.from({ length: BATCH }, (_, index) => number * BATCH + index);
    const added = (await batch(numbers.map((each) => ({ operation: 'work.add', input: taskToAdd(each) })))) as { task_id: string }[];
    const claimed = (await batch(added.map(({ task_id }) => ({ operation: 'work.claim', input: { session_id: session, task_id } })))) as {
      task_id: string;
      lease: number;
    }[];
    const completions = claimed.map(({ task_id, lease }) => ({
      operation: 'work.complete',
      input: { session_id: session, task_id, status: 'completed', result: { ok: true }, lease },
    }));
    await batch(completions);
    return BATCH;
  });
}
