/**
 * The connector `openai`: the Responses API by the official library, streamed. The conversation is sent whole each time and
 * not stored at the provider. Retries are the connector's own: the library's would be invisible.
 */
import OpenAI from 'openai';
import type { Response, ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Connector, createConnector } from '../connector/connector.ts';
import { type ConnectorOptions, DEFAULT_MAX_TOKENS } from '../connector/connector-options.ts';
import { parsedArguments } from '../connector/call-arguments.ts';
import type { ConversationSetup, ModelConversation, ModelTurn } from '../connector/model-provider.ts';

/** Makes the connector. */
export function createOpenaiConnector(options: ConnectorOptions): Connector {
  const base = options.base_url === undefined ? {} : { baseURL: options.base_url };
  const client = new OpenAI({ apiKey: options.api_key, maxRetries: 0, ...base });
  const provider = {
    name: 'openai',
    model: options.model,
    can: { tools: true, structured: true },
    begin: (setup: ConversationSetup) => beginConversation(client, options, setup),
  };
  return createConnector(provider, options.retry);
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
        ...outcomes.map(({ id, text, ok }) => ({
          type: 'function_call_output' as const,
          call_id: id,
          output: ok ? text : `It failed: ${text}`,
        })),
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
  const cache_read = usage?.input_tokens_details.cached_tokens ?? 0;
  const calls = output.flatMap((item) =>
    item.type === 'function_call' ? [{ id: item.call_id, name: item.name, input: parsedArguments(item.arguments) }] : [],
  );
  const refused = output.some((item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'));
  return {
    text: output
      .flatMap((item) => (item.type === 'message' ? item.content.flatMap((part) => (part.type === 'output_text' ? [part.text] : [])) : []))
      .join(''),
    calls,
    usage: {
      model: response.model,
      tokens_in: Math.max(0, (usage?.input_tokens ?? 0) - cache_read),
      tokens_out: usage?.output_tokens ?? 0,
      cache_read,
      cache_write: 0,
      cost_usd: null,
    },
    stop: response.status === 'incomplete' ? 'length' : refused ? 'refused' : calls.length > 0 ? 'calls' : 'ended',
  };
}
