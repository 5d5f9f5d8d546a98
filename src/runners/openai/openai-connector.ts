/**
 * The connector `openai`: the Responses API by the official library, streamed. The conversation is sent whole each time and
 * not stored at the provider.
 */
import type OpenAI from 'openai';
import type { Response, ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Connector, createConnector } from '../connector/connector.ts';
import { type ConnectorOptions, DEFAULT_MAX_TOKENS } from '../connector/connector-options.ts';
import type { ConversationSetup, ModelConversation, ModelTurn } from '../connector/model-provider.ts';
import { calledTool, openaiClient, outcomeText, tokensUsed } from './openai-parts.ts';

/** Makes the connector. */
export function createOpenaiConnector(options: ConnectorOptions): Connector {
  const client = openaiClient(options);
  return createConnector('openai', options, { structured: true, begin: (setup) => beginConversation(client, options, setup) });
}

function beginConversation(client: OpenAI, options: ConnectorOptions, setup: ConversationSetup): ModelConversation {
  const input: ResponseInputItem[] = [];
  const { instructions, answer_schema } = setup;
  const tools = setup.tools.map(({ name, description, input_schema }) => ({
    type: 'function' as const,
    name,
    description,
    parameters: { ...input_schema },
    strict: false,
  }));
  const format =
    answer_schema === null ? null : { type: 'json_schema' as const, name: 'answer', schema: { ...answer_schema }, strict: false };
  const fixed = {
    model: options.model,
    max_output_tokens: options.max_tokens ?? DEFAULT_MAX_TOKENS,
    store: false,
    ...(instructions === null ? {} : { instructions }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(format === null ? {} : { text: { format } }),
  };
  return {
    say: (text) => void input.push({ type: 'message', role: 'user', content: text }),
    answer: (outcomes) =>
      void input.push(
        ...outcomes.map((outcome) => ({ type: 'function_call_output' as const, call_id: outcome.id, output: outcomeText(outcome) })),
      ),
    async next(signal, onText) {
      const asked = { ...fixed, input, include: ['reasoning.encrypted_content' as const], stream: true as const };
      const response = await readStream(await client.responses.create(asked, { signal }), onText);
      input.push(...(response.output as ResponseInputItem[]));
      return turnOf(response);
    },
  };
}

/** The library's own collector parses a structured answer and throws at a wrong one; here it is corrected instead. */
async function readStream(events: AsyncIterable<ResponseStreamEvent>, onText: (text: string) => void): Promise<Response> {
  for await (const event of events) {
    if (event.type === 'response.output_text.delta') onText(event.delta);
    else if (event.type === 'response.completed' || event.type === 'response.incomplete') return event.response;
    else if (event.type === 'response.failed') throw new TypeError(event.response.error?.message ?? 'the response failed');
    else if (event.type === 'error') throw new TypeError(event.message);
  }
  throw new TypeError('the connection ended before the response did');
}

function turnOf(response: Response): ModelTurn {
  const { usage, output } = response;
  const calls = output.flatMap((item) => (item.type === 'function_call' ? [calledTool(item.call_id, item)] : []));
  const refused = output.some((item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'));
  return {
    text: output
      .flatMap((item) => (item.type === 'message' ? item.content.flatMap((part) => (part.type === 'output_text' ? [part.text] : [])) : []))
      .join(''),
    calls,
    usage: tokensUsed(response.model, {
      input: usage?.input_tokens ?? 0,
      output: usage?.output_tokens ?? 0,
      cached: usage?.input_tokens_details.cached_tokens ?? 0,
    }),
    stop: response.status === 'incomplete' ? 'length' : refused ? 'refused' : calls.length > 0 ? 'calls' : 'ended',
  };
}
