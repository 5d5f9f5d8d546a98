/**
 * The Gemini wire (generateContent and streamGenerateContent): one request read, one answer written.
 */
import type { ServerResponse } from 'node:http';
import { eventStream, objectsOf, stringOf } from './json-parts.ts';
import type { ModelRequest, WiredAnswer } from './model-wire.ts';

/** Reads a request. */
export function readGemini(body: Record<string, unknown>, path: string): ModelRequest {
  const parts = objectsOf(body['contents']).flatMap((content) =>
    objectsOf(content['parts']).map((part): Record<string, unknown> => ({ ...part, role: content['role'] })),
  );
  return {
    wire: 'gemini',
    model: /models\/([^:]+):/.exec(path)?.[1] ?? '',
    stream: path.includes('streamGenerateContent'),
    tools: objectsOf(body['tools']).flatMap((tool) => objectsOf(tool['functionDeclarations']).map((each) => stringOf(each['name']))),
    results: parts.flatMap((part) => ('functionResponse' in part ? [JSON.stringify(part['functionResponse'])] : [])),
    prompt: parts
      .filter((part) => part['role'] === 'user')
      .map((part) => stringOf(part['text']))
      .join('\n'),
    body,
  };
}

/** Writes an answer. */
export function answerGemini(answer: WiredAnswer, response: ServerResponse): void {
  const parts = [
    ...(answer.text === '' && answer.calls.length > 0 ? [] : [{ text: answer.text }]),
    ...answer.calls.map((call) => ({ functionCall: { id: call.id, name: call.name, args: call.input } })),
  ];
  const { input, output, cached } = answer.usage;
  const usageMetadata = {
    promptTokenCount: input + cached,
    candidatesTokenCount: output,
    cachedContentTokenCount: cached,
    totalTokenCount: input + cached + output,
  };
  const whole = {
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata,
    modelVersion: answer.model,
  };
  response.writeHead(200, { 'content-type': answer.stream ? 'text/event-stream' : 'application/json' });
  response.end(answer.stream ? eventStream([{ data: whole }]) : JSON.stringify(whole));
}
