/**
 * Starts and ends the server of a set of swarms. The swarms belong to whoever opened them: close them after the server.
 * Modes: listening → closing (no connection is taken in, waiting requests are answered, running ones finish) → closed.
 */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { AccessTokens } from '../config/access-tokens.ts';
import { isLoopback } from '../config/find-server.ts';
import type { ReadChanges } from '../contract/views/changes-view.ts';
import { Failure } from '../contract/failure.ts';
import { systemClock } from '../engine/system-ports.ts';
import { buildHttpApp } from './http-app.ts';
import { giveChanges } from './invoke.ts';
import { LongPolls } from './long-polls.ts';
import { PageAccess } from './page-access.ts';
import { hostName } from './request-gate.ts';
import type { Door, ServerContext, SwarmLookup } from './server-context.ts';
import { followSilentConnections } from './silent-connections.ts';
import { TerminalDesks } from './terminals/terminal-desk.ts';
import { webSocketDoor } from './websocket/websocket-door.ts';

/** How a server is started. */
export interface ServerOptions {
  readonly swarms: SwarmLookup;
  readonly tokens: AccessTokens;
  readonly log: Logger;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Left out: 8600, or the next free port after it. 0: any free one. */
  readonly port?: number | undefined;
  /** false: no token is asked for; only on loopback. Default true. */
  readonly auth?: boolean;
  /** Id of this run, as /livez tells it. */
  readonly instance?: string;
  /** Further host names that requests may name. */
  readonly allowedHosts?: readonly string[];
  /** Further origins, for example https://tutti.example.org, whose pages may change state. */
  readonly allowedOrigins?: readonly string[];
  /** Folder of the built dashboard; left out: there is none. */
  readonly dashboard?: string;
  /** Reads what commits of the project changed; left out: nothing is known of a repository. */
  readonly changes?: ReadChanges | null;
  /** Further ways in on the same socket. Default: WebSockets. */
  readonly doors?: readonly Door[];
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** True when the default port was taken and another one is used. */
  readonly moved: boolean;
  readonly instance: string;
  /** Takes nothing in any more, answers what waits and what runs, then ends. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/** The port when none is named. */
export const DEFAULT_PORT = 8600;
const PORTS_TRIED = 100;
const CLOSE_WITHIN_MS = 10_000;

/** Starts a server. Throws Failure `auth_required`, `port_taken` or `address_unusable`. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', auth = true, log } = options;
  if (!auth && !isLoopback(host)) throw new Failure('auth_required', { host });
  const context = contextOf(options, host);
  if (options.changes) for (const name of options.swarms.names) giveChanges(options.swarms.get(name), options.changes);
  const app = buildHttpApp(context, options.dashboard ?? null);
  const endSilent = followSilentConnections(app.server);
  await app.ready();
  const port = await listen(app.server, host, options.port).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const doors = (options.doors ?? [webSocketDoor()]).map((open) => open(context, app.server));
  const url = `http://${host.includes(':') ? `[${reachable(host)}]` : reachable(host)}:${port}`;
  const moved = options.port === undefined && port !== DEFAULT_PORT;
  log.info({ url, swarms: context.swarms.names, auth, instance: context.instance }, 'listening');
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    context.closing = true;
    log.info('shutting down');
    const hurry = setTimeout(() => app.server.closeAllConnections(), CLOSE_WITHIN_MS);
    context.longPolls.endAll();
    endSilent();
    await Promise.all([app.close(), ...doors.map((door) => door.close())]);
    clearTimeout(hurry);
    log.info('closed');
  };
  return { url, host, port, moved, instance: context.instance, close: () => (closed ??= close()) };
}

function contextOf(options: ServerOptions, host: string): ServerContext {
  const { swarms, tokens, log, auth = true, instance = randomUUID(), allowedHosts = [], allowedOrigins = [] } = options;
  const hosts = ['127.0.0.1', 'localhost', '[::1]', host.includes(':') ? `[${host}]` : host, ...allowedHosts];
  return {
    swarms,
    tokens,
    auth,
    instance,
    log,
    time: { ...systemClock, now: () => performance.now() },
    pages: new PageAccess(tokens),
    hosts: new Set(hosts.map(hostName)),
    origins: new Set(allowedOrigins),
    longPolls: new LongPolls(),
    terminals: new TerminalDesks(),
    closing: false,
  };
}

async function listen(server: Server, host: string, port: number | undefined): Promise<number> {
  if (port !== undefined) return listenOn(server, host, port);
  for (let next = DEFAULT_PORT; ; next += 1) {
    try {
      return await listenOn(server, host, next);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'port_taken' || next === DEFAULT_PORT + PORTS_TRIED) throw error;
    }
  }
}

/** Resolves with the port once the server listens there. */
function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken ? new Failure('port_taken', { port }, error) : new Failure('address_unusable', { host, port, reason: error.message }, error),
      );
    };
    const listening = (): void => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    };
    server.once('error', failed).once('listening', listening).listen({ host, port });
  });
}

/** An address under which this machine reaches a server that listens everywhere. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
