/**
 * The runner port: drives one agent (or command) on one task as a stream of typed events.
 * The stream never throws: whatever breaks becomes its last event, `finished`.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { ErrorParams } from '../contract/failure.ts';

/** A Model Context Protocol server that an agent is connected to: a command on its machine, or an address. */
export type AgentServer =
  | { readonly name: string; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly name: string; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** What an agent may do without being asked: `all`, whatever edits its folder, or nothing but reading. */
export type AgentPermissions = 'all' | 'edits' | 'ask';

/** An agent asks for leave to use a tool. */
export interface PermissionQuestion {
  readonly id: string;
  readonly tool: string;
  /** What it wants to do with it, in at most 2,000 characters. */
  readonly detail: string;
}

/** Whether it may; a reason is passed on to the agent. */
export interface PermissionAnswer {
  readonly allow: boolean;
  readonly reason: string;
}

/** Said to an agent while it runs: words that join its conversation, or a stop to the turn it is in. */
export type AgentInput = { readonly kind: 'say'; readonly text: string } | { readonly kind: 'interrupt' };

/** A tool that a connector offers to its model. */
export interface RunTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its input. */
  readonly input_schema: Readonly<Record<string, unknown>>;
  /** Runs it; what it rejects with is told to the model. */
  readonly call: (input: unknown, signal: AbortSignal) => Promise<string>;
}

/** What an agent is given beside its task. Runners of commands have no use for it. */
export interface AgentBrief {
  /** What it is asked to do, composed of role, task, context and memory. */
  readonly prompt: string;
  /** Who it is; added to its own system prompt. */
  readonly instructions?: string;
  /** The agent's own id of an earlier conversation to go on with. */
  readonly resume?: string;
  readonly servers?: readonly AgentServer[];
  readonly tools?: readonly RunTool[];
  /** JSON Schema of the answer, when it has to be structured. */
  readonly answer_schema?: Readonly<Record<string, unknown>>;
  /** What the run may still cost in USD; a runner that can, stops there by itself. */
  readonly cost_limit_usd?: number;
  /** What a part of the run costs in USD, null when nobody knows: for runners whose provider does not say. */
  readonly price?: (usage: RunUsage) => number | null;
  /** Asked when the agent needs leave; left out: refused with a reason. */
  readonly ask?: (question: PermissionQuestion, signal: AbortSignal) => Promise<PermissionAnswer>;
  /** What is said to it while it runs. */
  readonly input?: AsyncIterable<AgentInput>;
}

/** What a runner is given: the task, the folder to work in, where to write its log, and its limits. */
export interface RunRequest {
  readonly task_id: string;
  readonly attempt: number;
  /** The task's spec, as it was added: a string or an object. */
  readonly spec: unknown;
  /** Working folder; exists already. */
  readonly folder: string;
  /** File that receives the whole output, appended; its folder exists. */
  readonly log_file: string;
  /** Environment of the process; nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout_ms: number;
  readonly brief?: AgentBrief;
}

/** What a part of a run used. Counts of tokens; `tokens_in` leaves out what came from a cache. */
export interface RunUsage {
  /** As the provider names it; empty when it does not. */
  readonly model: string;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly cache_read: number;
  readonly cache_write: number;
  /** As the provider reports it; null when it reports none. */
  readonly cost_usd: number | null;
  /** Tokens that were told before without their cost, which this one contains. */
  readonly prices_tokens?: number;
}

/**
 * Why a provider takes no more for now: too much at once, an allowance that is used up, or its own load; or until a person
 * acts: it refuses the key or its bill is not paid (`access`), or it does not have the model.
 */
export type LimitKind = 'rate' | 'usage' | 'overloaded' | 'access' | 'model';

/** How a run ended. */
export type RunOutcome = 'completed' | 'failed' | 'timed_out' | 'cancelled';

/** Facts about a run that anybody can check again. */
export interface RunEvidence {
  readonly command: string;
  /** null when the process was ended by a signal or never started. */
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly duration_ms: number;
  readonly log_file: string;
  /** Bytes of output written to the log file. */
  readonly output_bytes: number;
  /** The last lines of output, at most 4 KB, control characters removed. */
  readonly tail: string;
  /** Processes of the run that could not be ended; absent when none is left. A run with survivors is not `completed`. */
  readonly survivors?: readonly number[];
  /** The agent's last words, plain text of at most 4 KB. */
  readonly answer?: string;
  /** The agent's own id of the conversation, to go on with it. */
  readonly conversation?: string;
  /** The structured answer, when one was asked for. */
  readonly structured?: unknown;
}

/** What a run reports, in order: started?, any of the others, finished. */
export type RunnerEvent =
  /** pid is null when no process of ours does the work. */
  | { readonly kind: 'started'; readonly pid: number | null }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'progress'; readonly progress: number; readonly message: string }
  /** The agent is there and has a conversation. */
  | { readonly kind: 'conversation'; readonly id: string; readonly model: string }
  /** What the agent says. */
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'tool_called'; readonly call_id: string; readonly tool: string; readonly detail: string }
  | { readonly kind: 'tool_ended'; readonly call_id: string; readonly ok: boolean }
  /** The agent waits for leave; `asked` false: it has its answer. */
  | { readonly kind: 'permission'; readonly id: string; readonly tool: string; readonly asked: boolean; readonly allowed: boolean | null }
  /** Used since the last such event. */
  | { readonly kind: 'usage'; readonly usage: RunUsage }
  /** reset_at in ms since 1970, null when the provider does not say. The run may go on by itself afterwards. */
  | { readonly kind: 'limited'; readonly limit: LimitKind; readonly reset_at: number | null; readonly message: string }
  | {
      readonly kind: 'finished';
      readonly outcome: RunOutcome;
      readonly evidence: RunEvidence;
      /** Why it failed, when it did. `agent_limited` names when it may be tried again. */
      readonly error: { readonly code: ErrorCode; readonly params: ErrorParams } | null;
    };

/** Drives one kind of agent. */
export interface Runner {
  readonly name: string;
  /** Runs one task. Aborting the signal stops the whole process tree and ends the stream with `cancelled`. */
  run(request: RunRequest, signal: AbortSignal): AsyncIterable<RunnerEvent>;
}
