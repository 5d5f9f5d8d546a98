/**
 * The connector `deepseek`: DeepSeek, or any provider that speaks Chat Completions, by the official library of OpenAI with
 * another address. Retries are the connector's own: the library's would be invisible.
 */
import OpenAI from 'openai';
import type { ChatCompletion, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { parsedArguments } from '../connector/call-arguments.ts';
import { type Connector, createConnector } from '../connector/connector.ts';
import { type ConnectorOptions, DEFAULT_MAX_TOKENS } from '../connector/connector-options.ts';
import type { ConversationSetup, ModelConversation, ModelTurn } from '../connector/model-provider.ts';

const DEEPSEEK = 'https://api.deepseek.com';

/** Makes the connector. */
export function createDeepseekConnector(options: ConnectorOptions): Connector {
  const client = new OpenAI({ apiKey: options.api_key, maxRetries: 0, baseURL: options.base_url ?? DEEPSEEK });
  const provider = {
    name: 'deepseek',
    model: options.model,
    can: { tools: true, structured: false },
    begin: (setup: ConversationSetup) => beginConversation(client, options, setup),
  };
  return createConnector(provider, options.retry);
}

function beginConversation(client: OpenAI, options: ConnectorOptions, setup: ConversationSetup): ModelConversation {
  const system = [setup.instructions, formOf(setup)].filter((part) => part !== null).join('\n\n');
  const messages: ChatCompletionMessageParam[] = system === '' ? [] : [{ role: 'system', content: system }];
  const tools = setup.tools.map(({ name, description, input_schema }) => ({
    type: 'function' as const,
    function: { name, description, parameters: { ...input_schema } },
  }));
  const fixed = {
    model: options.model,
    max_tokens: options.max_tokens ?? DEFAULT_MAX_TOKENS,
    stream_options: { include_usage: true },
    ...(tools.length === 0 ? {} : { tools }),
    ...(setup.answer_schema === null ? {} : { response_format: { type: 'json_object' as const } }),
  };
  return {
    say: (text) => void messages.push({ role: 'user', content: text }),
    answer: (outcomes) =>
      void messages.push(
        ...outcomes.map(({ id, text, ok }) => ({ role: 'tool' as const, tool_call_id: id, content: ok ? text : `It failed: ${text}` })),
      ),
    async next(signal, onText) {
      const stream = client.chat.completions.stream({ ...fixed, messages, stream: true }, { signal });
      stream.on('content', (delta) => onText(delta));
      const completion = await stream.finalChatCompletion();
      const said = completion.choices[0]?.message;
      if (said !== undefined)
        messages.push({
          role: 'assistant',
          content: said.content,
          ...(said.tool_calls === undefined ? {} : { tool_calls: said.tool_calls }),
        });
      return turnOf(completion);
    },
  };
}

/** This wire knows "JSON", but no schema. */
function formOf({ answer_schema }: ConversationSetup): string | null {
  return answer_schema === null ? null : `Answer with nothing but JSON that satisfies this schema:\n${JSON.stringify(answer_schema)}`;
}

function turnOf(completion: ChatCompletion): ModelTurn {
  const [choice] = completion.choices;
  const { usage } = completion;
  const cache_read = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [{ id: call.id, name: call.function.name, input: parsedArguments(call.function.arguments) }] : [],
  );
  const reason = choice?.finish_reason;
  return {
    text: choice?.message.content ?? '',
    calls,
    usage: {
      model: completion.model,
      tokens_in: Math.max(0, (usage?.prompt_tokens ?? 0) - cache_read),
      tokens_out: usage?.completion_tokens ?? 0,
      cache_read,
      cache_write: 0,
      cost_usd: null,
    },
    stop: reason === 'length' ? 'length' : reason === 'content_filter' ? 'refused' : calls.length > 0 ? 'calls' : 'ended',
  };
}
