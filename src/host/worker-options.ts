/**
 * What a worker is given and what it hands back when it ends. Only types: `runWorker` is the program.
 */
import type { Transport } from '../client/transport.ts';
import type { Environment } from '../config/environment.ts';
import type { Failure } from '../contract/failure.ts';
import type { Clock, Random } from '../contract/ports.ts';
import type { AgentServer, Runner } from '../runners/runner.ts';
import type { AgentRole } from './agent-brief.ts';
import type { PriceTable } from '../runners/price-table.ts';
import type { WorkerEvent } from './worker-event.ts';

/** What a worker's agents are given. */
export interface AgentSetup {
  readonly role: AgentRole | null;
  /** Their servers beside Tutti's own; none by default. */
  readonly servers?: readonly AgentServer[];
}

/** Settings of one worker: one session on one machine. */
export interface WorkerOptions {
  /** Address of the server, for example http://127.0.0.1:8600. Tasks are told it anew each time: a getter may tell where it moved. */
  readonly url: string;
  /** null: a server without authentication. Never given to a task. */
  readonly token: string | null;
  /** Left out: the token's own swarm. */
  readonly swarm?: string;
  /** Left out: `{host}-{n}`, the first that no living worker of the data folder uses; a restart finds its own again. */
  readonly session_id?: string;
  readonly capabilities: readonly string[];
  readonly specialties?: readonly string[];
  /** Tasks at the same time; 1 by default. */
  readonly slots?: number;
  /** Name of the machine as others see it; the system's by default. */
  readonly host?: string;
  readonly runner: Runner;
  /** Whose allowance at a provider the runner uses; left out: nobody knows, and the session waits alone. */
  readonly account?: string;
  /** Set when the runner drives agents: they get a prompt and Tutti's tools. */
  readonly agent?: AgentSetup;
  /** USD for tokens whose cost the provider does not report; none by default. */
  readonly prices?: PriceTable;
  /** Shared by the workers of one project; each keeps a folder of its own in it: results, logs, worktrees. Made when missing. */
  readonly data_folder: string;
  /** The worker's own environment; tasks get an allow-list of it. */
  readonly environment: Environment;
  /** Longest run of a task in ms; one hour by default. A task can only shorten it. */
  readonly timeout_ms?: number;
  /** Time between heartbeats in ms; a third of the swarm's interval by default, at most 60 s. */
  readonly heartbeat_ms?: number;
  /** Ends the worker gracefully when aborted. */
  readonly signal: AbortSignal;
  /** What then happens to running tasks: ended and given back (default), or run to their end. */
  readonly on_stop?: 'give_back' | 'finish';
  /** Told everything that happens, in order. Must not throw. */
  readonly onEvent?: (event: WorkerEvent) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly transport?: Transport;
}

/** Why a worker ended: it was asked to, another process took its session id, or the server refused it for good. */
export type WorkerEnd = 'stopped' | 'replaced' | 'refused';

/** How a worker ended. */
export interface WorkerExit {
  readonly end: WorkerEnd;
  readonly session_id: string;
  /** Tasks whose completion the server acknowledged. */
  readonly completed: number;
  /** Tasks whose failure the server acknowledged. */
  readonly failed: number;
  /** Tasks that went back to the queue because the worker left. */
  readonly released: readonly string[];
  /** Results that the server has not acknowledged; they stay in the data folder. */
  readonly undelivered: number;
  /** Why it was refused or replaced; null when it stopped. */
  readonly failure: Failure | null;
}
