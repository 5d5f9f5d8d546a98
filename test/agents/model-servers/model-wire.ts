/**
 * What every wire reads and writes, whatever its own words are.
 */

/** The wires that it speaks. */
export type Wire = 'anthropic' | 'responses' | 'chat' | 'gemini';

/** What a client asks, as far as scripts care. */
export interface ModelRequest {
  readonly wire: Wire;
  readonly model: string;
  readonly stream: boolean;
  /** Names of the tools it offers, as the client spells them. */
  readonly tools: readonly string[];
  /** Results of tools since the beginning of the conversation, as text. */
  readonly results: readonly string[];
  /** Everything a person or the client said, joined. */
  readonly prompt: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Tokens that an answer counts. */
export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

/** An answer that a wire can write. */
export interface WiredAnswer {
  readonly id: string;
  readonly model: string;
  readonly stream: boolean;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: Readonly<Record<string, unknown>> }[];
  readonly usage: ScriptedUsage;
}
