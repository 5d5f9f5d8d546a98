/**
 * The Anthropic Messages wire: one request read, one answer written, streamed or not.
 */
import type { ServerResponse } from 'node:http';
import { eventStream, objectsOf, stringOf, textOf } from './json-parts.ts';
import type { ModelRequest, WiredAnswer } from './model-wire.ts';

/** Reads a request. */
export function readAnthropic(body: Record<string, unknown>): ModelRequest {
  const parts = objectsOf(body['messages']).flatMap(({ role, content }): Record<string, unknown>[] =>
    typeof content === 'string' ? [{ type: 'text', text: content, role }] : objectsOf(content).map((part) => ({ ...part, role })),
  );
  return {
    wire: 'anthropic',
    model: stringOf(body['model']),
    stream: body['stream'] === true,
    tools: objectsOf(body['tools']).map((tool) => stringOf(tool['name'])),
    results: parts.filter((part) => part['type'] === 'tool_result').map((part) => textOf(part['content'])),
    prompt: parts
      .filter((part) => part['type'] === 'text' && part['role'] === 'user')
      .map((part) => stringOf(part['text']))
      .join('\n'),
    body,
  };
}

/** Writes an answer. */
export function answerAnthropic(answer: WiredAnswer, response: ServerResponse): void {
  const { input, output, cached } = answer.usage;
  const usage = { input_tokens: input, output_tokens: output, cache_read_input_tokens: cached, cache_creation_input_tokens: 0 };
  const content = [
    ...(answer.text === '' && answer.calls.length > 0 ? [] : [{ type: 'text', text: answer.text }]),
    ...answer.calls.map((call) => ({ type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: call.input })),
  ];
  const stop_reason = answer.calls.length > 0 ? 'tool_use' : 'end_turn';
  const message = { id: `msg_${answer.id}`, type: 'message', role: 'assistant', model: answer.model, stop_sequence: null };
  if (!answer.stream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...message, content, stop_reason, usage }));
    return;
  }
  const blocks = content.flatMap((block, index) => {
    const start = block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} };
    const delta =
      'text' in block ? { type: 'text_delta', text: block.text } : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
    return [
      { type: 'content_block_start', index, content_block: start },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ];
  });
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
    ...blocks,
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: output } },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(eventStream(events.map((data) => ({ event: data.type, data }))));
}
