/**
 * The OpenAI Responses wire: one request read, one answer written, streamed or not. A tool may sit in a namespace, as
 * Codex sends those of MCP servers; its name is then given as `namespace.name` and called with both.
 */
import type { ServerResponse } from 'node:http';
import { eventStream, objectsOf, stringOf, textOf } from './json-parts.ts';
import type { ModelRequest, WiredAnswer } from './model-wire.ts';

/** Reads a request. */
export function readResponses(body: Record<string, unknown>): ModelRequest {
  const input = typeof body['input'] === 'string' ? [{ type: 'message', role: 'user', content: body['input'] }] : objectsOf(body['input']);
  return {
    wire: 'responses',
    model: stringOf(body['model']),
    stream: body['stream'] === true,
    tools: objectsOf(body['tools']).flatMap((tool) =>
      tool['type'] === 'namespace'
        ? objectsOf(tool['tools']).map((inner) => `${stringOf(tool['name'])}.${stringOf(inner['name'])}`)
        : [stringOf(tool['name'])],
    ),
    results: input
      .filter((item) => stringOf(item['type']).endsWith('call_output'))
      .map((item) => (typeof item['output'] === 'string' ? item['output'] : textOf(item['output']))),
    prompt: input
      .filter((item) => item['role'] === 'user')
      .map((item) => textOf(item['content']))
      .join('\n'),
    body,
  };
}

/** Writes an answer. */
export function answerResponses(answer: WiredAnswer, response: ServerResponse): void {
  const message = {
    type: 'message',
    id: `msg_${answer.id}`,
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: answer.text, annotations: [] }],
  };
  const calls = answer.calls.map((call) => {
    const [namespace, ...rest] = call.name.split('.');
    const name = rest.length === 0 ? { name: call.name } : { name: rest.join('.'), namespace };
    return {
      type: 'function_call',
      id: `fc_${call.id}`,
      call_id: call.id,
      ...name,
      arguments: JSON.stringify(call.input),
      status: 'completed',
    };
  });
  const output = [...(answer.text === '' && calls.length > 0 ? [] : [message]), ...calls];
  const { input, output: out, cached } = answer.usage;
  const usage = {
    input_tokens: input + cached,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: out,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + cached + out,
  };
  const head = { id: `resp_${answer.id}`, object: 'response', created_at: 1_700_000_000, model: answer.model, error: null, tools: [] };
  const whole = { ...head, status: 'completed', output, output_text: answer.text, usage };
  if (!answer.stream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
    return;
  }
  const items = output.flatMap((item, output_index) => [
    { type: 'response.output_item.added', output_index, item },
    ...(item.type === 'message'
      ? [{ type: 'response.output_text.delta', item_id: message.id, output_index, content_index: 0, delta: answer.text, logprobs: [] }]
      : []),
    { type: 'response.output_item.done', output_index, item },
  ]);
  const events = [
    { type: 'response.created', response: { ...head, status: 'in_progress', output: [] } },
    ...items,
    { type: 'response.completed', response: whole },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(eventStream(events.map((data, sequence_number) => ({ event: data.type, data: { ...data, sequence_number } }))));
}
