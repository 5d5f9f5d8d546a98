/**
 * A real server that a test can stop and start again on its port, with its log, and workers that run against it.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { TuttiClient } from '../../src/client/client.ts';
import { fetchTransport } from '../../src/client/fetch-transport.ts';
import { createHttpClient } from '../../src/client/http-client.ts';
import type { Transport } from '../../src/client/transport.ts';
import { AccessTokens } from '../../src/config/access-tokens.ts';
import type { Role } from '../../src/contract/roles.ts';
import type { SettingsPatch } from '../../src/contract/settings.ts';
import type { EventView } from '../../src/contract/views/event-view.ts';
import type { TaskView } from '../../src/contract/views/task-view.ts';
import type { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import { SwarmRegistry } from '../../src/engine/swarm-registry.ts';
import { systemClock, systemRandom } from '../../src/engine/system-ports.ts';
import { runWorker } from '../../src/host/run-worker.ts';
import type { TaskResult } from '../../src/host/task-result.ts';
import type { WorkerEvent } from '../../src/host/worker-event.ts';
import type { WorkerExit, WorkerOptions } from '../../src/host/worker-options.ts';
import { MemoryStorage, openMemoryJournal } from '../../src/journal/memory/memory-journal.ts';
import { createScriptRunner } from '../../src/runners/script/script-runner.ts';
import { openServerLog } from '../../src/server/server-log.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';
import { temporaryFolder } from './host-fixture.ts';

/** Below what Linux, macOS and Windows give to outgoing connections and to servers of any port. */
const PORTS = { first: 20_000, amount: 12_000 };
let portsTaken = 0;

/** A network that lets no WebSocket through. */
export const httpOnly: Transport = {
  request: (request) => fetchTransport.request(request),
  connect: (_url, _protocols, listener) => {
    queueMicrotask(() => listener.closed(1006, 'no WebSocket here'));
    return { bufferedAmount: 0, send: () => undefined, close: () => undefined };
  },
};

/** A worker that a test started. */
export interface TestWorker {
  readonly id: string;
  readonly events: readonly WorkerEvent[];
  readonly exit: Promise<WorkerExit>;
  /** The data folder that it shares. */
  readonly data: string;
  /** Stops it gracefully. */
  readonly stop: () => Promise<WorkerExit>;
}

/** A server, its operator and its workers. */
export class TestBed {
  readonly url: string;
  readonly token: string;
  readonly data: string;
  readonly client: TuttiClient;
  readonly #tokens: AccessTokens;
  /** Added to the server's clock: lets hours pass at once. */
  later = 0;
  #storage = new MemoryStorage('default');
  readonly #settings: SettingsPatch;
  #running: { readonly server: RunningServer; readonly swarms: SwarmRegistry } | null = null;

  private constructor(port: number, tokens: AccessTokens, settings: SettingsPatch, data: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.token = tokens.tokenOf('worker');
    this.data = data;
    this.client = createHttpClient({ url: this.url, token: tokens.tokenOf('admin') });
    this.#tokens = tokens;
    this.#settings = settings;
  }

  /** A token of this role. */
  tokenOf(role: Role): string {
    return this.#tokens.tokenOf(role);
  }

  /** A bed whose server runs, unless `started` is false. */
  static async make(settings: SettingsPatch = {}, started = true): Promise<TestBed> {
    const data = await temporaryFolder();
    const port = await freePort();
    const bed = new TestBed(port, new AccessTokens(randomBytes(32)), settings, join(data, 'workers'));
    onTestFinished(() => bed.stopServer());
    if (started) await bed.startServer();
    return bed;
  }

  async startServer(): Promise<void> {
    const swarms = await this.#openSwarms();
    const log = openServerLog({ level: 'error', destination: new PassThrough() });
    const port = Number(new URL(this.url).port);
    this.#running = { server: await startServer({ swarms, tokens: this.#tokens, log, port }), swarms };
  }

  async stopServer(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.server.close();
    await running?.swarms.close();
  }

  /** Runs commands against the log while the server is down: nobody hears of it before it is back. */
  async behindItsBack(step: (engine: SwarmEngine) => Promise<unknown>): Promise<void> {
    const swarms = await this.#openSwarms();
    await step(swarms.get('default'));
    await swarms.close();
  }

  /** Makes the server, which is down, forget everything. */
  forget(): void {
    this.#storage = new MemoryStorage('default');
  }

  /** Starts a worker in this process; it is stopped after the test. */
  worker(id: string, more: Partial<WorkerOptions> = {}): TestWorker {
    const events: WorkerEvent[] = [];
    const stopping = new AbortController();
    const exit = runWorker({
      url: this.url,
      token: this.token,
      session_id: id,
      capabilities: ['build'],
      data_folder: this.data,
      runner: createScriptRunner({ grace_ms: 500 }),
      environment: process.env,
      signal: stopping.signal,
      onEvent: (event) => events.push(event),
      ...more,
    });
    const stop = (): Promise<WorkerExit> => {
      stopping.abort();
      return exit;
    };
    onTestFinished(async () => {
      await stop().catch(() => undefined);
    });
    return { id, events, exit, data: this.data, stop };
  }

  /** Adds a task that runs a command; returns its id. */
  async add(run: unknown, more: Record<string, unknown> = {}): Promise<string> {
    const { spec, ...rest } = more;
    const task = { type: 'build', title: 'A task', spec: { run, ...(spec as object) }, ...rest };
    const { task_id } = await this.client.call('work.add', task);
    return task_id;
  }

  async task(task_id: string): Promise<TaskView> {
    return (await this.client.call('task.show', { task_id })).task;
  }

  /** Waits until a task has one of these statuses, and returns it. */
  async untilTask(task_id: string, ...statuses: readonly TaskView['status'][]): Promise<TaskView> {
    return until(async () => {
      const task = await this.task(task_id);
      return statuses.includes(task.status) ? task : null;
    });
  }

  /** The events of the log, of one type. */
  async log(type: string): Promise<EventView[]> {
    return (await this.client.call('event.list', { since: 0, type, limit: 1000 })).events;
  }

  #openSwarms(): Promise<SwarmRegistry> {
    return SwarmRegistry.open(['default'], () => ({
      openJournal: () => Promise.resolve(openMemoryJournal(this.#storage)),
      clock: { ...systemClock, now: () => systemClock.now() + this.later },
      random: systemRandom,
      settings: this.#settings as Record<string, never>,
    }));
  }
}

/** The result that a worker sent for a task. */
export function resultOf(task: TaskView): TaskResult {
  return task.result as unknown as TaskResult;
}

/** The events of one kind that a worker told. */
export function told<K extends WorkerEvent['kind']>(worker: TestWorker, kind: K): Extract<WorkerEvent, { kind: K }>[] {
  return worker.events.filter((event): event is Extract<WorkerEvent, { kind: K }> => event.kind === kind);
}

/** Waits until a question has an answer; the test's own limit ends the waiting. */
export async function until<T>(ask: () => Promise<T | null | false | undefined> | T | null | false | undefined): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false && answer !== undefined) return answer;
    await sleep(20);
  }
}

/** A gate in the command of a run: it waits there until the test opens it, however slow either of them is. */
export async function runGate(): Promise<{ readonly wait: string; readonly open: () => Promise<void> }> {
  const file = join(await temporaryFolder(), 'open');
  return { wait: `until [ -e '${file}' ]; do sleep 0.05; done`, open: () => writeFile(file, '') };
}

/**
 * A free port that stays free while its server is down: it is none of those that systems give to whoever asks for any, and
 * each test process looks in a place of its own first.
 */
async function freePort(): Promise<number> {
  const { first, amount } = PORTS;
  for (let tries = 0; tries < amount; tries += 1) {
    const port = first + ((process.pid * 37 + portsTaken) % amount);
    portsTaken += 1;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error(`none of the ${amount} ports from ${first} on is free`);
}
