/**
 * A simulated server process: the real engine on the simulated disk, behind the real path of an HTTP call (input reading,
 * tokens, credentials, roles, long polls), with the simulated network in place of sockets.
 */
import { pino } from 'pino';
import type { TransportRequest, TransportResponse } from '../../src/client/transport.ts';
import { AccessTokens } from '../../src/config/access-tokens.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { Clock } from '../../src/contract/ports.ts';
import { OPERATIONS, type OperationName } from '../../src/contract/operations.ts';
import type { Settings } from '../../src/contract/settings.ts';
import { SwarmEngine } from '../../src/engine/swarm-engine.ts';
import { callOperation } from '../../src/server/call-operation.ts';
import { inputReaderOf } from '../../src/server/http-input.ts';
import { TerminalDesks } from '../../src/server/terminals/terminal-desk.ts';
import { LongPolls } from '../../src/server/long-polls.ts';
import { PageAccess } from '../../src/server/page-access.ts';
import { principalOf } from '../../src/server/principal.ts';
import { asFailure, problemHeaders, problemOf } from '../../src/server/problem.ts';
import type { ServerContext } from '../../src/server/server-context.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { Connections } from '../../src/server/websocket/connections.ts';
import { subscriptionOfQuery } from '../../src/server/websocket/upgrade-request.ts';
import { WEBSOCKET_LIMITS } from '../../src/server/websocket/websocket-limits.ts';
import type { SimCheckpoints } from './sim-checkpoints.ts';
import { simMoments } from './sim-moments.ts';
import { simOffload } from './sim-offload.ts';
import { openSimJournal } from './sim-journal.ts';
import type { SimStorage } from './sim-storage.ts';
import type { Accepting, Peer } from './sim-net.ts';
import type { SimProcess } from './sim-process.ts';

/** Tokens are the same after every restart, as the secret in the data folder is. */
export const TOKENS = new AccessTokens(Buffer.alloc(32, 7));

/** A status is made for all of its members: less often here, because nobody looks. */
const LIMITS = { ...WEBSOCKET_LIMITS, status_ms: 10_000, sweep_ms: 5000 };

const LOG = pino({ level: 'silent' });

interface Route {
  readonly name: OperationName;
  readonly method: string;
  readonly pattern: RegExp;
  readonly read: ReturnType<typeof inputReaderOf>;
}

const ROUTES: readonly Route[] = (Object.keys(OPERATIONS) as OperationName[]).flatMap((name) =>
  OPERATIONS[name].paths.map(({ method, path }) => ({
    name,
    method,
    pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
    read: inputReaderOf(name),
  })),
);

/** A server that has opened its swarm. */
export interface SimServer {
  readonly engine: SwarmEngine;
  readonly answer: (request: TransportRequest, peer: Peer) => Promise<TransportResponse>;
  readonly accept: Accepting;
  /** Answers what waits, then ends. */
  close(): Promise<void>;
}

/** What a server is started with. */
export interface SimServerOptions {
  readonly process: SimProcess;
  readonly storage: SimStorage;
  readonly settings: Partial<Settings>;
  readonly clock: Clock;
  readonly checkpoints: SimCheckpoints;
  readonly checkpoint_ms: number;
  readonly see: (fault: string) => void;
  readonly onFault: (fault: { readonly reason: string; readonly recovered: boolean }) => void;
  /** Told that another server has its folder for good. */
  readonly onTaken: () => void;
}

/** Opens the swarm as `tutti up` does. Rejects with a Failure. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const { process, storage, settings, clock, onFault, onTaken } = options;
  let journal: Journal | null = null;
  const engine = await SwarmEngine.open({
    name: 'default',
    moments: simMoments(process, () => journal),
    openJournal: async () => (journal = await openSimJournal(storage, process)),
    checkpoints: options.checkpoints.of(process, options.checkpoint_ms, () => journal),
    offload: simOffload(process, options.see),
    clock,
    random: process.random,
    settings,
    onFault,
    onTaken,
  });
  const context: ServerContext = {
    swarms: { names: ['default'], get: () => engine },
    tokens: TOKENS,
    auth: true,
    instance: process.name,
    hosts: new Set(),
    origins: new Set(),
    log: LOG,
    time: { ...process.clock, now: () => process.uptime },
    longPolls: new LongPolls(),
    terminals: new TerminalDesks(),
    pages: new PageAccess(TOKENS),
    closing: false,
  };
  const connections = new Connections(context, LIMITS);
  return {
    engine,
    accept: (url, { serverEnd: { ws, socket } }) =>
      connections.accept(ws, socket, { engine, principal: null, subscription: subscriptionOfQuery(url.searchParams) }),
    answer: (request, peer) => answer(context, request, peer),
    close: async () => {
      context.closing = true;
      context.longPolls.endAll();
      await connections.finish();
      await engine.close();
    },
  };
}

interface FoundRoute extends Route {
  readonly params: Readonly<Record<string, string>>;
}

/** What was asked for lately: few paths make most of the calls. */
const FOUND = new Map<string, FoundRoute>();
const FOUND_AT_MOST = 5000;

function routeOf(method: string, pathname: string): FoundRoute {
  const key = `${method} ${pathname}`;
  const known = FOUND.get(key);
  if (known !== undefined) return known;
  for (const route of ROUTES) {
    const match = method === route.method ? route.pattern.exec(pathname) : null;
    if (match === null) continue;
    if (FOUND.size >= FOUND_AT_MOST) FOUND.clear();
    const found = { ...route, params: match.groups ?? {} };
    FOUND.set(key, found);
    return found;
  }
  throw new Failure('operation_unknown', { operation: key });
}

async function answer(context: ServerContext, { method, url, headers, body }: TransportRequest, peer: Peer): Promise<TransportResponse> {
  try {
    const { pathname, searchParams } = new URL(url);
    const principal = principalOf(context, headers);
    const { name, params, read } = routeOf(method, pathname);
    const input = read({
      body: body === null ? undefined : JSON.parse(body),
      query: Object.fromEntries(searchParams),
      params: Object.fromEntries(Object.entries(params).map(([field, value]) => [field, decodeURIComponent(value)])),
      idempotencyKey: undefined,
    });
    const signal = context.longPolls.signalFor(name, input, peer);
    const call = { swarm: 'default', operation: name, input, principal, signal };
    const output = await new Promise((resolve, reject) => callOperation(context, call, { resolve, reject }));
    return { status: 200, media_type: 'application/json', retry_after: null, body: JSON.stringify(output) };
  } catch (error) {
    const failure = asFailure(error);
    const problem = problemOf(failure);
    const retry_after = problemHeaders(failure)['retry-after'] ?? null;
    return { status: problem.status, media_type: 'application/problem+json', retry_after, body: JSON.stringify(problem) };
  }
}
