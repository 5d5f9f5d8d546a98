/**
 * The connector `deepseek`: DeepSeek, or any provider that speaks Chat Completions, by the official library of OpenAI with
 * another address.
 */
import type OpenAI from 'openai';
import type { ChatCompletion, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { PROVIDER_HOSTS } from '../../contract/egress.ts';
import { type Connector, createConnector } from '../connector/connector.ts';
import { type ConnectorOptions, DEFAULT_MAX_TOKENS } from '../connector/connector-options.ts';
import type { ConversationSetup, ModelConversation, ModelTurn } from '../connector/model-provider.ts';
import { calledTool, openaiClient, outcomeText, tokensUsed } from '../openai/openai-parts.ts';

const DEEPSEEK = `https://${PROVIDER_HOSTS.deepseek}`;

/** Makes the connector. */
export function createDeepseekConnector(options: ConnectorOptions): Connector {
  const client = openaiClient(options, DEEPSEEK);
  return createConnector('deepseek', options, { structured: false, begin: (setup) => beginConversation(client, options, setup) });
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
        ...outcomes.map((outcome) => ({ role: 'tool' as const, tool_call_id: outcome.id, content: outcomeText(outcome) })),
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
  const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [calledTool(call.id, call.function)] : [],
  );
  const reason = choice?.finish_reason;
  return {
    text: choice?.message.content ?? '',
    calls,
    usage: tokensUsed(completion.model, {
      input: usage?.prompt_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    }),
    stop: reason === 'length' ? 'length' : reason === 'content_filter' ? 'refused' : calls.length > 0 ? 'calls' : 'ended',
  };
}
