/**
 * What the command line can start without knowing how it is built: main.ts hands in these functions, and each loads
 * its part of the program only when it is called.
 */
import type { TuttiClient } from '../client/client.ts';
import type { Failure } from '../contract/failure.ts';
import type { Configuration } from '../config/configuration-schema.ts';
import type { LoadedConfiguration } from '../config/load-configuration.ts';
import type { HookContext } from '../hooks/hook-context.ts';
import type { LogTools } from './log-tools.ts';
import type { Palette } from './output/terminal.ts';

/** How a server is started. */
export interface ServerLaunch {
  /** The data folder. */
  readonly folder: string;
  readonly configuration: LoadedConfiguration;
  /** The current folder: what relative paths of flags and variables start from. */
  readonly from: string;
  /** Swarms to open beside those that are configured or have a log already. */
  readonly swarms?: readonly string[];
}

/** A server that runs in this process. */
export interface LaunchedServer {
  readonly url: string;
  readonly pid: number;
  readonly instance: string;
  readonly version: string;
  readonly swarm: string;
  /** The data folder. */
  readonly folder: string;
  /** Where the log of events lives, in words. */
  readonly journal: string;
  /** The file with the token, or null when none is asked for. */
  readonly token_file: string | null;
  readonly log_file: string;
  /** The port it was meant to have, when that one was taken. */
  readonly instead_of: number | null;
  /** Why it takes no commands, or null. */
  readonly fault: string | null;
  /** Resolves when the log of one of its swarms is lost for good (`journal_taken`, `journal_removed`): then the whole server is to end. */
  readonly taken: Promise<Failure>;
  /** Closes gracefully; resolves when everything acknowledged is safe. */
  readonly close: () => Promise<void>;
}

/** An MCP server that an agent is given. */
export type AgentServerLaunch =
  | { readonly name: string; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly name: string; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** How a worker is started. */
export interface WorkerLaunch {
  readonly url: string;
  /** Looks for the server again when it is no longer there; null: it answers nowhere. Left out: it has this one address. */
  readonly find?: () => Promise<string | null>;
  readonly token: string | null;
  readonly swarm: string | undefined;
  /** The folder that workers keep their results and worktrees in. */
  readonly folder: string;
  readonly name: string | undefined;
  readonly capabilities: readonly string[];
  readonly specialties: readonly string[];
  readonly slots: number;
  /** What does its tasks. */
  readonly agent: {
    readonly runner: string;
    readonly model?: string;
    readonly program?: string;
    readonly base_url?: string;
    /** Whose allowance at a provider is used; left out: told from the key or the login. */
    readonly account?: string;
    readonly permissions: 'all' | 'edits' | 'ask';
    readonly role: { readonly name: string; readonly instructions: string } | null;
    readonly prices: Configuration['prices'];
    /** Its servers beside Tutti's own. */
    readonly servers: readonly AgentServerLaunch[];
  };
  readonly on_stop: 'give_back' | 'finish';
  readonly signal: AbortSignal;
  /** Told what happens, as a fact with its kind and the time. */
  readonly onEvent: (event: WorkerNews) => void;
}

/** What a worker tells: a kind of fact, its time in ms since 1970, and whatever belongs to it. */
export interface WorkerNews {
  readonly kind: string;
  readonly time: number;
  readonly [field: string]: unknown;
}

/** How a worker ended. */
export interface WorkerOutcome {
  readonly end: 'stopped' | 'replaced' | 'refused';
  readonly session_id: string;
  readonly completed: number;
  readonly failed: number;
  readonly released: readonly string[];
  readonly undelivered: number;
  readonly failure: Error | null;
}

/** A session that a host keeps. */
export interface HostedLaunch {
  readonly id: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly restart: 'always' | 'on_failure' | 'never';
  readonly limit_ms: number | null;
  readonly memory_mb: number | null;
  readonly cpu_seconds: number | null;
  /** It works in a worktree of the repository in its folder. */
  readonly worktree: boolean;
  /** An agent program instead of the command. */
  readonly agent?: {
    readonly program: readonly [string, ...string[]];
    readonly model?: string;
    readonly permissions: 'all' | 'edits' | 'ask';
    readonly takes_work: boolean;
    readonly servers: readonly AgentServerLaunch[];
  };
}

/** How a host is started. */
export interface HostLaunch {
  /** What is wanted, asked again and again. */
  readonly wanted: () => readonly HostedLaunch[];
  /** Sessions that may run at once. */
  readonly most_sessions: number;
  /** The data folder of the project. */
  readonly data: string;
  /** What it remembers is kept here. */
  readonly folder: string;
  /** Finds the server that is shown the terminals; null: there is none now. */
  readonly find: () => Promise<{ readonly url: string; readonly token: string | null; readonly swarm?: string } | null>;
  /** Sessions whose quarantine is lifted. */
  readonly lift: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: WorkerNews) => void;
}

/** How the demo is started. */
export interface DemoLaunch {
  readonly url: string;
  readonly token: string | null;
  /** The repository it works on a clone of. */
  readonly repository: string;
  readonly swarm: string;
  /** The command line as the user would call it. */
  readonly tutti: string;
  /** Flags that every later command needs to find this server, with a blank before them; empty as a rule. */
  readonly flags: string;
  readonly out: Palette;
  /** Columns of stdout; null when nobody looks at it. */
  readonly columns: number | null;
  /** Only the report, as JSON. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** How the MCP server beside an agent is started. */
export interface McpLaunch {
  /** Finds the server and makes a client that sends this credential. Rejects with a Failure. */
  readonly connect: (credential: () => string | null) => Promise<TuttiClient>;
  /** Who the agent is, as far as it is known yet. */
  readonly given: () => { readonly session_id: string; readonly credential: string | null; readonly status?: 'idle' | 'busy' } | null;
  /** Told when the agent has seen its tools. Must not throw. */
  readonly onListed: () => void;
}

/** How the hook of an agent program is run. */
export interface HookLaunch extends HookContext {
  /** The event, or null: wait in the background for something that wakes the agent. */
  readonly event: string | null;
  /** While it waits: take work of the team. */
  readonly takes_work: boolean;
}

/** Everything the command line can start. Each throws Failure. */
export interface Launch {
  readonly version: string;
  /** The program and its arguments before the command, to start it again in the background. */
  readonly program: readonly [string, ...string[]];
  readonly server: (options: ServerLaunch) => Promise<LaunchedServer>;
  readonly worker: (options: WorkerLaunch) => Promise<WorkerOutcome>;
  /** Keeps sessions until the signal aborts; they outlive it. */
  readonly host: (options: HostLaunch) => Promise<void>;
  /** Serves one agent on stdin and stdout until it has gone. */
  readonly mcp: (options: McpLaunch) => Promise<void>;
  /** Runs a hook. Never rejects. */
  readonly hook: (options: HookLaunch) => Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }>;
  /** Runs the demo against a server; null in a build without it. */
  readonly demo: ((options: DemoLaunch) => Promise<void>) | null;
  /** What can be done with a log on this machine. */
  readonly logs: () => Promise<LogTools>;
}
