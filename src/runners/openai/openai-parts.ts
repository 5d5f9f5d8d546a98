/**
 * What both wires of OpenAI's library share: Responses and Chat Completions. Retries are the connector's own: the library's
 * would be invisible.
 */
import OpenAI from 'openai';
import type { ConnectorOptions } from '../connector/connector-options.ts';
import { parsedArguments } from '../connector/call-arguments.ts';
import type { ModelCall, ToolOutcome } from '../connector/model-provider.ts';
import type { RunUsage } from '../runner.ts';

/** The library, set up; without any address it speaks to OpenAI. */
export function openaiClient({ api_key, base_url }: ConnectorOptions, address?: string): OpenAI {
  const baseURL = base_url ?? address;
  return new OpenAI({ apiKey: api_key, maxRetries: 0, ...(baseURL === undefined ? {} : { baseURL }) });
}

/** A call, whose arguments came as a text. */
export function calledTool(id: string, called: { readonly name: string; readonly arguments: string }): ModelCall {
  return { id, name: called.name, input: parsedArguments(called.arguments) };
}

/** What came of a call, as a text: these wires have no word for failure. */
export function outcomeText({ ok, text }: ToolOutcome): string {
  return ok ? text : `It failed: ${text}`;
}

/** What a turn used. These wires count what they read from their cache among the input. */
export function tokensUsed(model: string, used: { readonly input: number; readonly output: number; readonly cached: number }): RunUsage {
  const { input, output, cached } = used;
  return { model, tokens_in: Math.max(0, input - cached), tokens_out: output, cache_read: cached, cache_write: 0, cost_usd: null };
}
