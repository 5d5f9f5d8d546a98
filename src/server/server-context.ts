/**
 * What every door of the server shares: the swarms, who may come in, and the end of the server.
 */
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { AccessTokens } from '../config/access-tokens.ts';
import type { CancelTimer } from '../contract/ports.ts';
import type { SwarmEngine } from '../engine/swarm-engine.ts';
import type { LongPolls } from './long-polls.ts';
import type { PageAccess } from './page-access.ts';
import type { TerminalDesks } from './terminals/terminal-desk.ts';

/** Engines by the name of their swarm. */
export interface SwarmLookup {
  readonly names: readonly string[];
  /** Throws Failure `swarm_unknown`. */
  get(name: string): SwarmEngine;
}

/** Time as the doors measure it: how long something takes, never which hour it is. */
export interface Stopwatch {
  /** ms since some moment; never steps back, whatever is done to the machine's clock. */
  now(): number;
  /** Runs once after at least `ms`; keeps no process alive. */
  after(ms: number, run: () => void): CancelTimer;
  /** Runs once after the input that waits now has been taken in. */
  soon(run: () => void): void;
}

/** What every door shares. */
export interface ServerContext {
  readonly swarms: SwarmLookup;
  readonly tokens: AccessTokens;
  /** false: calls without a token are an admin's; only on loopback. */
  readonly auth: boolean;
  /** Id of this run of the server. */
  readonly instance: string;
  /** Host names without port, lower case, that requests may name. */
  readonly hosts: ReadonlySet<string>;
  /** Origins besides the server's own whose pages may change state. */
  readonly origins: ReadonlySet<string>;
  readonly log: Logger;
  readonly time: Stopwatch;
  /** How browser pages become somebody. */
  readonly pages: PageAccess;
  readonly longPolls: LongPolls;
  readonly terminals: TerminalDesks;
  /** True from the moment the server begins to shut down. */
  closing: boolean;
}

/** Another way in on the same socket, for example WebSockets: attached once the server listens, closed with it. */
export type Door = (context: ServerContext, server: Server) => { readonly close: () => Promise<void> };

/** The swarm of bare paths. */
export const DEFAULT_SWARM = 'default';
