/**
 * The connector `anthropic`: the Messages API by the official library, streamed, with prompt caching of what stays the same.
 * Retries are the connector's own: the library's would be invisible.
 */
import Anthropic from '@anthropic-ai/sdk';
import type { Message, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import { type Connector, createConnector } from '../connector/connector.ts';
import { type ConnectorOptions, DEFAULT_MAX_TOKENS } from '../connector/connector-options.ts';
import type { ConversationSetup, ModelConversation, ModelTurn } from '../connector/model-provider.ts';

/** Makes the connector. */
export function createAnthropicConnector(options: ConnectorOptions): Connector {
  const base = options.base_url === undefined ? {} : { baseURL: options.base_url };
  const client = new Anthropic({ apiKey: options.api_key, authToken: null, maxRetries: 0, ...base });
  return createConnector('anthropic', options, { structured: true, begin: (setup) => beginConversation(client, options, setup) });
}

function beginConversation(client: Anthropic, options: ConnectorOptions, setup: ConversationSetup): ModelConversation {
  const messages: MessageParam[] = [];
  const fixed = {
    model: options.model,
    max_tokens: options.max_tokens ?? DEFAULT_MAX_TOKENS,
    cache_control: { type: 'ephemeral' as const },
    ...(setup.instructions === null ? {} : { system: setup.instructions }),
    ...(setup.tools.length === 0
      ? {}
      : { tools: setup.tools.map((tool) => ({ ...tool, input_schema: { ...tool.input_schema, type: 'object' as const } })) }),
    ...(setup.answer_schema === null
      ? {}
      : { output_config: { format: { type: 'json_schema' as const, schema: { ...setup.answer_schema } } } }),
  };
  return {
    say: (text) => void messages.push({ role: 'user', content: text }),
    answer: (outcomes) =>
      void messages.push({
        role: 'user',
        content: outcomes.map(({ id, text, ok }) => ({ type: 'tool_result', tool_use_id: id, content: text, is_error: !ok })),
      }),
    async next(signal, onText) {
      const stream = client.messages.stream({ ...fixed, messages }, { signal });
      stream.on('text', onText);
      const message = await stream.finalMessage();
      messages.push({ role: 'assistant', content: message.content });
      return turnOf(message);
    },
  };
}

function turnOf(message: Message): ModelTurn {
  const { usage, stop_reason } = message;
  return {
    text: message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    calls: message.content.flatMap((block) => (block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [])),
    usage: {
      model: message.model,
      tokens_in: usage.input_tokens,
      tokens_out: usage.output_tokens,
      cache_read: usage.cache_read_input_tokens ?? 0,
      cache_write: usage.cache_creation_input_tokens ?? 0,
      cost_usd: null,
    },
    stop: stop_reason === 'tool_use' ? 'calls' : stop_reason === 'max_tokens' ? 'length' : stop_reason === 'refusal' ? 'refused' : 'ended',
  };
}
