/**
 * Sessions that work as agents do, only more often: each about once a second adds, claims and completes a task, says that it
 * lives, and takes a lock and gives it back. While they do, sessions start and states are asked for, and everything is timed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpCalls } from '../engine/http-calls.ts';
import { sessionToRegister, taskToAdd } from '../engine/lives.ts';
import type { ServerProcess } from '../engine/server-process.ts';
import { percentile, round } from '../engine/statistics.ts';

const ROUND_MS = 1000;
const QUERIES = ['/swarm/status', '/session/list', '/task/list?limit=100', '/api/metrics'] as const;
const QUERY_EVERY_MS = 20;
const START_EVERY_MS = 50;
const READY_WITHIN_MS = 1000;

/** Times in ms. */
export interface LatencyFigures {
  readonly count: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** Median, tail and worst of some times. */
export function latencyOf(times: readonly number[]): LatencyFigures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => round(percentile(sorted, share), 2);
  return { count: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: round(sorted.at(-1) ?? Number.NaN, 2) };
}

function percentOf(part: number, whole: number): number {
  return round((100 * part) / whole, 3);
}

/** What was measured beside the work. */
export interface WorkFigures {
  readonly session_start: LatencyFigures;
  readonly state_query: Readonly<Record<string, LatencyFigures>>;
  readonly critical_operation: Readonly<Record<string, LatencyFigures>>;
  readonly calls_per_second: number;
  readonly errors: number;
  readonly error_percent: number;
  /** How often, of all the times it was asked, the server said that it was ready. */
  readonly available_percent: number;
}

/** Sessions at work on a server, until they are ended. */
export class SessionsAtWork {
  readonly #server: ServerProcess;
  readonly #ending = new AbortController();
  readonly #times = new Map<string, number[]>();
  #running: Promise<unknown> = Promise.resolve();
  #calls = 0;
  #errors = 0;
  #asked = 0;
  #ready = 0;

  private constructor(server: ServerProcess) {
    this.#server = server;
  }

  /** Registers them and lets them begin, spread over a second. */
  static async begin(server: ServerProcess, sessions: number): Promise<SessionsAtWork> {
    const work = new SessionsAtWork(server);
    const connections = await Promise.all(Array.from({ length: sessions }, () => HttpCalls.connect(server.url, server.token)));
    for (const [index, connection] of connections.entries()) await connection.call('session.register', sessionToRegister(`s${index}`, 1));
    work.#running = Promise.all(connections.map((connection, index) => work.#live(connection, index, sessions)));
    return work;
  }

  /** Measures for so long; what was before does not count. */
  async measure(seconds: number): Promise<WorkFigures> {
    await sleep(2 * ROUND_MS);
    this.#times.clear();
    this.#calls = 0;
    this.#errors = 0;
    const until = performance.now() + seconds * 1000;
    const starter = await HttpCalls.connect(this.#server.url, this.#server.token);
    await Promise.all([this.#ask(until), this.#askWhetherReady(until), this.#startSessions(starter, until)]);
    starter.close();
    const of = (name: string): LatencyFigures => latencyOf(this.#times.get(name) ?? []);
    const named = (names: readonly string[]): Record<string, LatencyFigures> => Object.fromEntries(names.map((name) => [name, of(name)]));
    return {
      session_start: of('session.register'),
      state_query: named(QUERIES),
      critical_operation: named(['work.claim', 'work.complete', 'session.heartbeat', 'lock.acquire', 'lock.release']),
      calls_per_second: Math.round(this.#calls / seconds),
      errors: this.#errors,
      error_percent: percentOf(this.#errors, this.#calls),
      available_percent: percentOf(this.#ready, this.#asked),
    };
  }

  /** Ends them. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #live(connection: HttpCalls, index: number, sessions: number): Promise<void> {
    const session_id = `s${index}`;
    await sleep((index / sessions) * ROUND_MS);
    for (let number = index; !this.#ending.signal.aborted; number += sessions) {
      const began = performance.now();
      const added = (await this.#timed('work.add', () => connection.call('work.add', taskToAdd(number)))) as { task_id: string } | null;
      if (added !== null) {
        const { task_id } = added;
        await this.#timed('work.claim', () => connection.call('work.claim', { session_id, task_id }));
        await this.#timed('session.heartbeat', () =>
          connection.post('/session/heartbeat', { session_id, status: 'busy', current_task: task_id }),
        );
        const lock = { session_id, name: `file-${index % 10}-${number % 7}` };
        await this.#timed('lock.acquire', () => connection.post('/lock/acquire', { ...lock, ttl_seconds: 5 }), true);
        await this.#timed('lock.release', () => connection.post('/lock/release', lock), true);
        await this.#timed('work.complete', () => connection.call('work.complete', { session_id, task_id, status: 'completed' }));
      }
      await sleep(Math.max(0, began + ROUND_MS - performance.now()));
    }
    connection.close();
  }

  async #ask(until: number): Promise<void> {
    const headers = { authorization: `Bearer ${this.#server.token}` };
    for (let number = 0; performance.now() < until; number += 1) {
      const path = QUERIES[number % QUERIES.length] ?? QUERIES[0];
      await this.#timed(path, async () => {
        const response = await fetch(this.#server.url + path, { headers });
        const text = await response.text();
        if (!response.ok) throw new Error(text);
      });
      await sleep(QUERY_EVERY_MS);
    }
  }

  async #askWhetherReady(until: number): Promise<void> {
    while (performance.now() < until) {
      this.#asked += 1;
      const answer = await fetch(`${this.#server.url}/readyz`, { signal: AbortSignal.timeout(READY_WITHIN_MS) }).catch(() => null);
      await answer?.text().catch(() => null);
      if (answer?.ok === true) this.#ready += 1;
      await sleep(QUERY_EVERY_MS);
    }
  }

  async #startSessions(connection: HttpCalls, until: number): Promise<void> {
    for (let number = 0; performance.now() < until; number += 1) {
      await this.#timed('session.register', () => connection.call('session.register', sessionToRegister(`late-${number % 100}`, 1)));
      await sleep(START_EVERY_MS);
    }
  }

  /** Times a call; one that fails counts as an error, unless a refusal is what may happen. */
  async #timed(name: string, call: () => Promise<unknown>, mayBeRefused = false): Promise<unknown> {
    const began = performance.now();
    this.#calls += 1;
    try {
      return await call();
    } catch {
      if (!mayBeRefused) this.#errors += 1;
      return null;
    } finally {
      const times = this.#times.get(name);
      if (times === undefined) this.#times.set(name, [performance.now() - began]);
      else times.push(performance.now() - began);
    }
  }
}
