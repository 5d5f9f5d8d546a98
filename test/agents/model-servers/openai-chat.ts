/**
 * The Chat Completions wire: one request read, one answer written, streamed or not.
 */
import type { ServerResponse } from 'node:http';
import { eventStream, objectsOf, stringOf, textOf } from './json-parts.ts';
import type { ModelRequest, WiredAnswer } from './model-wire.ts';

/** Reads a request. */
export function readChat(body: Record<string, unknown>): ModelRequest {
  const messages = objectsOf(body['messages']);
  return {
    wire: 'chat',
    model: stringOf(body['model']),
    stream: body['stream'] === true,
    tools: objectsOf(body['tools']).map((tool) => stringOf((tool['function'] as Record<string, unknown> | undefined)?.['name'])),
    results: messages.filter((message) => message['role'] === 'tool').map((message) => textOf(message['content'])),
    prompt: messages
      .filter((message) => message['role'] === 'user')
      .map((message) => textOf(message['content']))
      .join('\n'),
    body,
  };
}

/** Writes an answer. */
export function answerChat(answer: WiredAnswer, response: ServerResponse): void {
  const tool_calls = answer.calls.map((call, index) => ({
    index,
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  }));
  const finish_reason = tool_calls.length > 0 ? 'tool_calls' : 'stop';
  const { input, output, cached } = answer.usage;
  const usage = {
    prompt_tokens: input + cached,
    completion_tokens: output,
    total_tokens: input + cached + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
  const head = { id: answer.id, created: 1_700_000_000, model: answer.model };
  const said = { role: 'assistant', content: answer.text === '' ? null : answer.text, ...(tool_calls.length > 0 ? { tool_calls } : {}) };
  if (!answer.stream) {
    const choices = [{ index: 0, message: said, finish_reason }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
    return;
  }
  const chunk = { ...head, object: 'chat.completion.chunk' };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(
    eventStream([
      { data: { ...chunk, choices: [{ index: 0, delta: said, finish_reason: null }] } },
      { data: { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] } },
      { data: { ...chunk, choices: [], usage } },
      { data: '[DONE]' },
    ]),
  );
}
