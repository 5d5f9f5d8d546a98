/**
 * Whether a server stays the same under full load: `npm run bench:endurance [-- --json] [--minutes N] [--folder DIR]`, an
 * hour unless said otherwise. A server in a process of its own, lives of tasks over the WebSocket door as fast as it takes
 * them, queries over HTTP, and followers of every event. Each minute: memory, latency, rates; every fifth what is left of the
 * memory after a collection, because the system counts what V8 once had. Flat means that neither what is left nor the middle
 * latency of the last third is more than a tenth above that of the third before it.
 * bench/results/endurance.json is such a run.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { heldMb, probedEnvironment } from '../test/crowd/held-memory.ts';
import { openSqliteJournal } from '../src/journal/sqlite/open-sqlite-journal.ts';
import { metersOf } from './engine/cpu-meters.ts';
import { live, sessionToRegister } from './engine/lives.ts';
import { type ServerProcess, startServerProcess } from './engine/server-process.ts';
import { machine, percentile, round } from './engine/statistics.ts';
import { connectSocket } from './engine/websocket-calls.ts';

const CONNECTIONS = 4;
const IN_FLIGHT = 16;
const FOLLOWERS = 20;
const TOLERATED = 0.1;
const HELD_EVERY = 5;

const { values } = parseArgs({
  options: { json: { type: 'string' }, minutes: { type: 'string', default: '60' }, folder: { type: 'string', default: '.' } },
});
const minutes = Number(values.minutes);
const folder = mkdtempSync(join(values.folder, '.endurance-'));
const ending = new AbortController();
const lives: number[] = [];
const queries: number[] = [];
const seen = { events: 0, refused: 0, refusals: new Set<string>(), spent_us: 0 };

/** One minute of the run. Times are ms, of a whole life (add, claim, complete) and of one query of the status. */
interface Minute {
  readonly minute: number;
  readonly rss_mb: number;
  /** After a collection, which takes its part of that minute's longest life; null in most minutes. */
  readonly held_mb: number | null;
  readonly lives_per_second: number;
  readonly life_p50_ms: number;
  readonly life_p99_ms: number;
  readonly life_max_ms: number;
  /** CPU time of the server's main thread, per life: other work on the machine makes a life longer, but hardly dearer. */
  readonly life_cpu_us: number;
  readonly query_p50_ms: number;
  readonly query_p99_ms: number;
  readonly followed_events: number;
  readonly log_mb: number;
  /** Of the machine, with whatever else it does. */
  readonly load: number;
}

async function liveOn({ url, token }: ServerProcess, connection: number): Promise<void> {
  const socket = await connectSocket(url, token);
  const sessions = Array.from({ length: IN_FLIGHT }, (_, index) => `c${connection}-${index}`);
  for (const id of sessions) await socket.call('session.register', sessionToRegister(id, 1));
  let number = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (!ending.signal.aborted) {
        const start = performance.now();
        try {
          await live((operation, input) => socket.call(operation, input), session, (number += 1));
          lives.push(performance.now() - start);
        } catch (error) {
          seen.refused += 1;
          seen.refusals.add(String(error).slice(0, 300));
          await sleep(100);
        }
      }
    }),
  );
  socket.close();
}

async function query({ url, token }: ServerProcess): Promise<void> {
  while (!ending.signal.aborted) {
    const start = performance.now();
    await (await fetch(`${url}/swarm/status`, { headers: { authorization: `Bearer ${token}` } })).text();
    queries.push(performance.now() - start);
    await sleep(100);
  }
}

/** Followers count what they get; frames are counted by their place in the log, not parsed. */
function follow({ url, token }: ServerProcess): WebSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/swarm/realtime`, 'tutti', { headers: { authorization: `Bearer ${token}` } });
  socket.on('message', () => (seen.events += 1));
  socket.on('error', () => undefined);
  return socket;
}

function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1]) / 1024);
}

async function look(server: ServerProcess, minute: number): Promise<Minute> {
  const [byLength, byQuery] = [Float64Array.from(lives).sort(), Float64Array.from(queries).sort()];
  const followed = seen.events;
  const before_us = seen.spent_us;
  seen.spent_us = metersOf(server.pid)['server_main_thread']?.() ?? Number.NaN;
  lives.length = 0;
  queries.length = 0;
  seen.events = 0;
  return {
    minute,
    rss_mb: residentMb(server.pid),
    held_mb: minute % HELD_EVERY === 0 ? await heldMb(server, folder) : null,
    lives_per_second: Math.round(byLength.length / 60),
    life_p50_ms: round(percentile(byLength, 0.5), 1),
    life_p99_ms: round(percentile(byLength, 0.99), 1),
    life_max_ms: round(byLength.at(-1) ?? Number.NaN, 1),
    life_cpu_us: round((seen.spent_us - before_us) / byLength.length, 1),
    query_p50_ms: round(percentile(byQuery, 0.5), 1),
    query_p99_ms: round(percentile(byQuery, 0.99), 1),
    followed_events: followed,
    log_mb: Math.round(statSync(join(folder, '.tutti', 'journal.db')).size / 1e6),
    load: round(loadavg()[0] ?? Number.NaN, 1),
  };
}

/** How much the median of the last third of the minutes is above that of the third before it. */
function growth(looks: readonly Minute[], of: (minute: Minute) => number | null): number {
  const third = Math.floor(looks.length / 3);
  const middle = (part: readonly Minute[]): number => {
    const known = part.map(of).filter((figure) => figure !== null);
    return percentile(Float64Array.from(known).sort(), 0.5);
  };
  return round(middle(looks.slice(-third)) / middle(looks.slice(-2 * third, -third)) - 1, 3);
}

async function isIntact(): Promise<boolean> {
  const journal = await openSqliteJournal({ folder: join(folder, '.tutti') });
  try {
    return (await journal.verify()).damage === null;
  } finally {
    await journal.close();
  }
}

try {
  mkdirSync(join(folder, '.tutti'));
  const server = await startServerProcess(folder, probedEnvironment(folder));
  const followers = Array.from({ length: FOLLOWERS }, () => follow(server));
  const load = [...Array.from({ length: CONNECTIONS }, (_, index) => liveOn(server, index)), query(server)];
  const looks: Minute[] = [];
  const began = performance.now();
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(began + minute * 60_000 - performance.now());
    const now = await look(server, minute);
    looks.push(now);
    console.error(JSON.stringify(now));
  }
  ending.abort();
  await Promise.all(load);
  for (const follower of followers) follower.terminate();
  await server.stop();
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    minutes,
    refused: seen.refused,
    refusals: [...seen.refusals].slice(0, 5),
    log_intact: await isIntact(),
    held_growth: growth(looks, ({ held_mb }) => held_mb),
    rss_growth: growth(looks, ({ rss_mb }) => rss_mb),
    latency_growth: growth(looks, ({ life_p50_ms }) => life_p50_ms),
    cpu_growth: growth(looks, ({ life_cpu_us }) => life_cpu_us),
    looks,
  };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify({ ...result, looks: looks.length }));
  if (!result.log_intact || result.held_growth > TOLERATED || result.latency_growth > TOLERATED) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
