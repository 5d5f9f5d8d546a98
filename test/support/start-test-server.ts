/**
 * Starts a real server quickly: a real engine on the memory journal, real sockets on a free port of 127.0.0.1.
 */
import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { AccessTokens } from '../../src/config/access-tokens.ts';
import type { Role } from '../../src/contract/roles.ts';
import type { ReadChanges } from '../../src/contract/views/changes-view.ts';
import type { Settings } from '../../src/contract/settings.ts';
import type { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import { SwarmRegistry } from '../../src/engine/swarm-registry.ts';
import { systemClock, systemRandom } from '../../src/engine/system-ports.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryStorage, openMemoryJournal, openMemoryReader } from '../../src/journal/memory/memory-journal.ts';
import type { Moments } from '../../src/engine/moments.ts';
import { inlineMoments } from '../../src/travel/inline-moments.ts';
import type { Door } from '../../src/server/server-context.ts';
import { openServerLog } from '../../src/server/server-log.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';

/** Nobody lives in the sessions of most tests: on a busy machine a test takes longer than a session may be silent. */
const NOBODY_IS_MISSED = { offline_after: 3600, stall_after: 3600, task_claim_timeout: 3600 };

/** What a test may choose. */
export interface TestServerOptions {
  /** Default true. */
  readonly auth?: boolean;
  /** Default: only `default`. */
  readonly swarms?: readonly string[];
  /** Beside those by which no session of a test is ever missed. */
  readonly settings?: Partial<Settings>;
  /** Default: a memory journal per swarm. */
  readonly openJournal?: (swarm: string) => Promise<Journal>;
  /** Default: those of the memory journal. */
  readonly moments?: Moments;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly doors?: readonly Door[];
  /** Folder of the built dashboard. Default: none. */
  readonly dashboard?: string;
  /** Reads what commits changed. Default: nothing does. */
  readonly changes?: ReadChanges | null;
}

/** One request; `body` is sent as JSON unless it is text already. */
export interface TestRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** Default: the admin's token; null for none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back; `body` is parsed. */
export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A running server with what tests need around it. */
export interface TestServer extends RunningServer {
  readonly tokens: AccessTokens;
  readonly swarms: SwarmRegistry;
  /** The engine of the swarm `default`. */
  readonly engine: SwarmEngine;
  /** Everything the server logged so far. */
  readonly logged: () => string;
  readonly tokenOf: (role: Role) => string;
  /** `GET /path` without a body, `POST /path` with one, unless a method is named. */
  readonly request: (path: string, request?: TestRequest) => Promise<TestResponse>;
}

/** Starts a server; `close` ends it and its swarms. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { storages, openJournal: memory } = memoryJournal();
  const { openJournal = memory, moments } = options;
  const swarms = await SwarmRegistry.open(options.swarms ?? ['default'], (name) => ({
    openJournal: () => openJournal(name),
    moments: moments ?? inlineMoments(name, openMemoryReader(storages(name))),
    clock: systemClock,
    random: systemRandom,
    settings: { ...NOBODY_IS_MISSED, ...options.settings },
  }));
  const tokens = new AccessTokens(randomBytes(32));
  const lines: string[] = [];
  const destination = new PassThrough({ encoding: 'utf8' }).on('data', (line: string) => lines.push(line));
  const log = openServerLog({ level: 'debug', destination });
  const { auth, allowedHosts, allowedOrigins, doors, dashboard, changes } = options;
  const given = Object.fromEntries(
    Object.entries({ auth, allowedHosts, allowedOrigins, doors, dashboard, changes }).filter(([, value]) => value !== undefined),
  );
  const server = await startServer({ swarms, tokens, log, port: 0, ...given });
  const close = async (): Promise<void> => {
    await server.close();
    await swarms.close();
  };
  return {
    ...server,
    close,
    tokens,
    swarms,
    engine: swarms.get(swarms.names[0] ?? 'default'),
    logged: () => lines.join(''),
    tokenOf: (role) => tokens.tokenOf(role),
    request: (path, request) => send(server.url + path, { token: tokens.tokenOf('admin'), ...request }),
  };
}

function memoryJournal(): { storages: (swarm: string) => MemoryStorage; openJournal: (swarm: string) => Promise<Journal> } {
  const known = new Map<string, MemoryStorage>();
  const storages = (swarm: string): MemoryStorage => {
    const storage = known.get(swarm) ?? new MemoryStorage(swarm);
    known.set(swarm, storage);
    return storage;
  };
  return { storages, openJournal: async (swarm) => openMemoryJournal(storages(swarm)) };
}

async function send(url: string, { method, body, token, headers = {} }: TestRequest): Promise<TestResponse> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === null || token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}
