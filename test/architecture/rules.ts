/**
 * The architecture as data: who may import whom, what is banned where, how large a file may be.
 * The folder names are the architecture; every folder of src has exactly one row.
 */

/** What a folder of src may import beside itself and `contract`. */
export interface FolderRule {
  /** Folders, or single files, by their path below src. */
  readonly imports: readonly string[];
  /** Of these (folders or files) only types. */
  readonly typesOnly?: readonly string[];
  /** npm packages; left out: any production dependency. */
  readonly packages?: readonly string[];
  /** Narrower grants for parts of the folder: path prefix below src → further imports. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
}

/** The may-import table. `contract` is granted to all; `main.ts` and `index.ts` may import everything. */
export const MAY_IMPORT: Readonly<Record<string, FolderRule>> = {
  contract: { imports: [], packages: ['zod'] },
  domain: { imports: ['scheduling'], typesOnly: ['contract'], packages: [] },
  scheduling: { imports: [], packages: [] },
  journal: { imports: [], parts: { 'journal/redis/': ['views'] } },
  engine: { imports: ['domain', 'scheduling', 'journal/journal.ts'] },
  views: { imports: ['domain'], packages: [] },
  planning: { imports: ['runners/runner.ts'] },
  runners: { imports: [] },
  workspace: { imports: [] },
  host: { imports: ['client', 'runners', 'workspace', 'config', 'mcp/tools.ts', 'mcp/call-tool.ts', 'mcp/mcp-backend.ts'] },
  travel: { imports: ['engine', 'journal', 'views', 'domain'] },
  subscribers: { imports: ['views'] },
  server: { imports: ['engine', 'views', 'config', 'mcp'] },
  mcp: { imports: ['client'], packages: ['zod', '@modelcontextprotocol/server'] },
  hooks: { imports: ['client', 'config', 'runners/transcript', 'runners/price-table.ts'] },
  client: { imports: [], packages: ['zod'] },
  cli: { imports: ['client', 'config', 'hooks/hook-context.ts'], typesOnly: ['hooks/hook-context.ts'] },
  config: { imports: [], typesOnly: ['client/transport.ts'] },
  demo: { imports: ['client', 'config', 'workspace', 'cli/output'] },
};

/** The one import that may close a circle: a task knows the class of its needs, and the class the tasks that wait in it. */
export const CIRCLE = { from: 'src/domain/resource/state.ts', to: 'src/domain/task/state.ts' } as const;

/** What the dashboard may import beside itself: the contract, the typed client, and how the command line puts things in words. */
export const WEB_MAY_IMPORT: readonly string[] = [
  'src/contract/',
  'src/client/',
  'src/cli/output/clean-text.ts',
  'src/cli/output/event-text.ts',
  'src/cli/output/words.ts',
];

/** Files directly in src. */
export const ROOT_FILES = ['main.ts', 'index.ts'];

/** Folders that also run in a browser and in simulation: no `node:*`. */
export const WITHOUT_NODE = ['domain', 'scheduling', 'views', 'contract', 'client'];

/** Folders whose clock, randomness, timers, network and workers come through ports. */
export const PORTED = ['contract', 'domain', 'scheduling', 'views', 'planning', 'engine', 'client', 'host', 'subscribers'];

/** The only files of ported folders that touch the real thing: the implementations of the ports. */
export const PORT_FILES: readonly string[] = [
  'src/client/fetch-transport.ts',
  'src/client/system-ports.ts',
  'src/engine/plan-thread.ts',
  'src/engine/system-ports.ts',
  'src/engine/thread-offload.ts',
];

/** Globals of time, randomness, network and workers. A value of `*` bans every use, a list only these properties. */
export const PORTED_GLOBALS: Readonly<Record<string, '*' | readonly string[]>> = {
  setTimeout: '*',
  setInterval: '*',
  setImmediate: '*',
  performance: '*',
  crypto: '*',
  fetch: '*',
  WebSocket: '*',
  EventSource: '*',
  Worker: '*',
  Date: ['now'],
  Math: ['random'],
  process: ['hrtime', 'uptime'],
  AbortSignal: ['timeout'],
};

/** Modules that hand out the same; a list bans only these names of them. */
export const PORTED_MODULES: Readonly<Record<string, '*' | readonly string[]>> = {
  'node:timers': '*',
  'node:timers/promises': '*',
  'node:perf_hooks': '*',
  'node:http': '*',
  'node:https': '*',
  'node:http2': '*',
  'node:net': '*',
  'node:tls': '*',
  'node:dgram': '*',
  'node:worker_threads': '*',
  'node:crypto': ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues', 'webcrypto'],
  ws: '*',
};

/** The one folder that reads `process.env`. */
export const ENVIRONMENT_FOLDER = 'config';

/** Words that say nothing about what a thing is; banned in the names of files and of top-level declarations. */
export const BANNED_WORDS = ['util', 'utils', 'helper', 'helpers', 'manager', 'enhanced', 'v2', 'new', 'final'];

/** Lines a source file may have, and their median over src. */
export const MAX_LINES = 400;
export const MAX_MEDIAN_LINES = 120;
