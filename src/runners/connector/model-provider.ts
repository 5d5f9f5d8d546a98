/**
 * What a connector needs of a provider of models: a conversation, one turn at a time. Only types.
 */
import type { LimitKind, RunUsage } from '../runner.ts';

/** A tool as a model sees it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its input. */
  readonly input_schema: Readonly<Record<string, unknown>>;
}

/** How a conversation begins. */
export interface ConversationSetup {
  readonly instructions: string | null;
  readonly tools: readonly OfferedTool[];
  /** JSON Schema of the answer, or null. */
  readonly answer_schema: Readonly<Record<string, unknown>> | null;
}

/** A call that the model makes. */
export interface ModelCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What came of a call. */
export interface ToolOutcome {
  readonly id: string;
  readonly text: string;
  readonly ok: boolean;
}

/** One turn of a model. */
export interface ModelTurn {
  readonly text: string;
  readonly calls: readonly ModelCall[];
  readonly usage: RunUsage;
  /** `ended`: it has said what it wanted to. */
  readonly stop: 'ended' | 'calls' | 'length' | 'refused';
}

/** A conversation with a model. */
export interface ModelConversation {
  /** Adds what a person says. */
  say(text: string): void;
  /** Adds what came of the calls of the last turn. */
  answer(outcomes: readonly ToolOutcome[]): void;
  /** Asks for the next turn; text is handed on as it comes. Rejects with whatever the provider's library throws. */
  next(signal: AbortSignal, onText: (text: string) => void): Promise<ModelTurn>;
}

/** Why a request failed, as far as it matters for trying again. */
export interface ModelProblem {
  readonly message: string;
  readonly retryable: boolean;
  readonly limit: LimitKind | null;
  /** ms to wait before the next request, as the provider says; null when it does not. */
  readonly wait_ms: number | null;
}

/** A provider with one of its models. */
export interface ModelProvider {
  readonly name: string;
  readonly model: string;
  /** Whether it takes tools and answers in a given form by itself. */
  readonly can: { readonly tools: boolean; readonly structured: boolean };
  begin(setup: ConversationSetup): ModelConversation;
}
