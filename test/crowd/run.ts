/**
 * `npm run crowd -- --clients N [--reconnecting N] [--tasks N]`: thousands of WebSocket clients at a real server, each
 * following one task; beside them one that never reads and one that floods. Then many are cut off and come back at once.
 * Every client must get every event of its task, once and in order; a bystander's calls go on; memory stays bounded.
 * Exits with 1 and says what is broken, with 2 when this machine does not allow so many connections.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServerProcess } from '../../bench/engine/server-process.ts';
import { percentile, round } from '../../bench/engine/statistics.ts';
import { connectSocket, type SocketCalls } from '../../bench/engine/websocket-calls.ts';
import { readFlags, wholeNumber } from '../support/read-flags.ts';
import { readLog } from '../support/read-log.ts';
import { CrowdClient } from './crowd-client.ts';
import { heldMb, probedEnvironment } from './held-memory.ts';
import { floods, neverReads } from './rude-clients.ts';

const values = readFlags('npm run crowd -- --clients N [--reconnecting N] [--tasks N]', {
  clients: { type: 'string', default: '10000' },
  reconnecting: { type: 'string', default: '1000' },
  tasks: { type: 'string', default: '500' },
});
const clients = wholeNumber('clients', values.clients);
const reconnecting = wholeNumber('reconnecting', values.reconnecting, { least: 0, most: clients });
const tasks = wholeNumber('tasks', values.tasks, { least: 4 });
const SPARE_FILES = 500;
const AT_ONCE = 200;
/** What the server may hold for one connection with one subscription, and for anything else meanwhile. */
const KB_PER_CLIENT = 24;
const MB_OF_ITS_OWN = 20;
/** What it may hold for two rude clients: one's unread answers and the other's unsent ones, with their copies. */
const MB_FOR_RUDE = 20;
const SETTLED_WITHIN_MS = 300_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const taskOf = (index: number): string => `crowd-${index % tasks}`;

function checkLimit(): void {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).replace('unlimited', 'Infinity'));
  if (limit >= clients + SPARE_FILES) return;
  process.stderr.write(
    `This shell lets a program open ${limit} files; ${clients} clients need ${clients + SPARE_FILES}.\n` +
      `Raise it with: ulimit -n ${clients + SPARE_FILES}, or run with --clients ${Math.max(1, limit - SPARE_FILES)}.\n`,
  );
  process.exit(2);
}

function residentMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}

/** So many at a time. */
async function connectAll(all: readonly CrowdClient[], atOnce: number): Promise<void> {
  for (let from = 0; from < all.length; from += atOnce) await Promise.all(all.slice(from, from + atOnce).map((client) => client.connect()));
}

/** One life of every task from this one on, a few at a time. */
async function liveAll(calls: SocketCalls, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 1) {
    const task_id = `crowd-${index}`;
    await calls.call('work.add', { id: task_id, type: 'build', title: task_id });
    await calls.call('work.claim', { session_id: 'crowd-worker', task_id });
    await calls.call('work.update', { session_id: 'crowd-worker', task_id, progress: 0.5 });
    await calls.call('work.complete', { session_id: 'crowd-worker', task_id, status: 'completed' });
  }
}

/** Times of a bystander's calls, ms, until it is told to stop. */
function watch(calls: SocketCalls): () => { readonly p50: number; readonly p99: number; readonly worst: number } {
  const times: number[] = [];
  let ended = false;
  const look = async (): Promise<void> => {
    while (!ended) {
      const start = performance.now();
      await calls.call('task.list', { limit: 10 });
      times.push(performance.now() - start);
      await sleep(20);
    }
  };
  void look();
  return () => {
    ended = true;
    const sorted = Float64Array.from(times).sort();
    return { p50: round(percentile(sorted, 0.5), 1), p99: round(percentile(sorted, 0.99), 1), worst: round(sorted.at(-1) ?? 0, 1) };
  };
}

/** Waits until every client has seen as many events as its task has; returns who has not. */
async function untilAllSaw(all: readonly CrowdClient[], expected: (client: CrowdClient) => number): Promise<void> {
  const until = performance.now() + SETTLED_WITHIN_MS;
  while (performance.now() < until && all.some((client) => client.seen.length < expected(client))) await sleep(200);
}

/** Task → places of the events that name it, from the log. */
async function placesOfTasks(calls: SocketCalls): Promise<Map<string, number[]>> {
  const places = new Map<string, number[]>();
  for (let since = 0, head = Infinity; since < head;) {
    const page = (await calls.call('event.list', { since, limit: 1000 })) as {
      head: number;
      events: { seq: number; data: { task_id?: string } }[];
    };
    for (const { seq, data } of page.events)
      if (data.task_id !== undefined) places.set(data.task_id, [...(places.get(data.task_id) ?? []), seq]);
    head = page.head;
    since = page.events.at(-1)?.seq ?? head;
  }
  return places;
}

checkLimit();
const folder = mkdtempSync(join(tmpdir(), 'tutti-crowd-'));
mkdirSync(join(folder, '.tutti'));
const server = await startServerProcess(folder, probedEnvironment(folder));
const held = (): Promise<number> => heldMb(server, folder);
const broken: string[] = [];
try {
  const calls = await connectSocket(server.url, server.token);
  await calls.call('session.register', { session_id: 'crowd-worker', capabilities: ['code'], wants_work: false });
  const [before, heldBefore] = [residentMb(server.pid), await held()];
  const crowd = Array.from({ length: clients }, (_, index) => new CrowdClient(server, taskOf(index)));
  let start = performance.now();
  const took = (): string => `${round((performance.now() - start) / 1000, 1)} s`;
  await connectAll(crowd, AT_ONCE);
  const connected = await held();
  say(
    `${clients} clients connected in ${took()}; the server holds ${connected} MB after ${heldBefore} (resident: ${residentMb(server.pid)} after ${before})`,
  );
  if (connected - heldBefore > MB_OF_ITS_OWN + (clients * KB_PER_CLIENT) / 1024)
    broken.push(`a client costs ${Math.round(((connected - heldBefore) * 1024) / clients)} KB`);

  start = performance.now();
  const half = Math.floor(tasks / 2);
  const calm = watch(calls);
  await liveAll(calls, 0, Math.floor(half / 2));
  say(`a bystander's calls in ms, beside the crowd: ${JSON.stringify(calm())}`);
  const endUnread = await neverReads(server);
  const endFlood = await floods(server);
  const stormy = watch(calls);
  await liveAll(calls, Math.floor(half / 2), half);
  const rude = await held();
  const { sent, answered } = endFlood();
  say(
    `beside one that never reads and one that floods (${sent} frames sent, ${answered} answered): ${JSON.stringify(stormy())}; the server holds ${rude} MB (resident: ${residentMb(server.pid)})`,
  );
  if (rude - connected > MB_FOR_RUDE) broken.push(`rude clients made the server grow by ${rude - connected} MB`);

  const coming = crowd.slice(0, reconnecting);
  for (const client of coming) client.cut();
  start = performance.now();
  await liveAll(calls, half, half + Math.floor(half / 2));
  say(`${coming.length} clients were cut off; ${Math.floor(half / 2)} tasks lived meanwhile, in ${took()}`);
  start = performance.now();
  await connectAll(coming, coming.length);
  say(`${coming.length} clients came back at once, in ${took()}`);
  await liveAll(calls, half + Math.floor(half / 2), tasks);

  endUnread();
  const places = await placesOfTasks(calls);
  calls.close();
  const expected = ({ task_id }: CrowdClient): readonly number[] => places.get(task_id) ?? [];
  start = performance.now();
  await untilAllSaw(crowd, (client) => expected(client).length);
  say(`everybody was up to date after another ${took()}; the server holds ${await held()} MB (resident: ${residentMb(server.pid)})`);
  for (const client of crowd) {
    broken.push(...client.complaints);
    const should = expected(client);
    if (JSON.stringify(client.seen) !== JSON.stringify(should))
      broken.push(`a client of ${client.task_id} saw ${client.seen.join(',')}, not ${should.join(',')}`);
    client.cut();
  }
  const seen = crowd.reduce((sum, client) => sum + client.seen.length, 0);
  await server.stop();
  const { damage } = await readLog(join(folder, '.tutti'));
  if (damage !== null) broken.push(`the log is damaged: ${damage}`);
  for (const line of broken.slice(0, 20)) say(`BROKEN ${line}`);
  say(`${clients} clients, ${reconnecting} came back at once, ${seen} events received, ${broken.length} violations`);
  if (broken.length > 0) process.exitCode = 1;
} finally {
  await server.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
}
