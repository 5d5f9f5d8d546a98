/**
 * What the hooks of one agent are given.
 */
import type { TuttiClient } from '../client/client.ts';
import type { LiveClient } from '../client/live-client.ts';
import type { PriceTable } from '../runners/price-table.ts';
import type { HookedAgent } from './hook-event.ts';

/** What of the configuration hooks need. */
export interface HookConfiguration {
  /** What its session can do. */
  readonly capabilities: readonly string[];
  readonly prices: PriceTable;
}

/** What the hooks of one agent are given. */
export interface HookContext {
  readonly agent: HookedAgent;
  /** The session that whoever started the agent gave it; then it is not ours to register. */
  readonly given: string | null;
  /** The id that its session is to have; null: one is made from the conversation. */
  readonly name: string | null;
  /** The folder of the session files, and the keys of this agent. */
  readonly folder: string;
  readonly keys: readonly string[];
  readonly host: string;
  /** Reads what is configured, when it is needed. Rejects with a Failure. */
  readonly configuration: () => Promise<HookConfiguration>;
  /** Finds the server. Rejects with a Failure. */
  readonly connect: (credential: string | null) => Promise<TuttiClient>;
  readonly connectLive: (credential: string) => Promise<LiveClient>;
  /** A file of shell commands that the agent runs before each of its own, or null. */
  readonly env_file: string | null;
  /** ms since 1970. */
  readonly now: () => number;
  /** When this hook was started, in ms since 1970. */
  readonly began: number;
}

/** What a hook answers: JSON for stdout, words for stderr, and the exit code. */
export interface HookAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Nothing to say: the agent goes on. */
export const SILENT: HookAnswer = { stdout: '', stderr: '', code: 0 };

/** Text that the agent's model gets to see. */
export function contextAnswer(event: string, text: string): HookAnswer {
  return { ...SILENT, stdout: JSON.stringify({ hookSpecificOutput: { hookEventName: event, additionalContext: text } }) };
}
