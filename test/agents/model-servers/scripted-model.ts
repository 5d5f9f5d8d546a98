/**
 * A model that follows a script, on loopback, speaking the wires of four providers. Test code: it lets real agent
 * programs and our own connectors run without a network.
 * Invariant: what it answers depends only on the script and on what is in the request.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { answerAnthropic, readAnthropic } from './anthropic-messages.ts';
import { answerChat, readChat } from './openai-chat.ts';
import { answerResponses, readResponses } from './openai-responses.ts';
import { answerGemini, readGemini } from './gemini.ts';
import type { ModelRequest, ScriptedUsage, Wire, WiredAnswer } from './model-wire.ts';

/** A request, with how many came before it. */
export interface NumberedRequest extends ModelRequest {
  /** 0 for the first request of the server that carries tools. */
  readonly number: number;
}

/** A tool that the model wants to call; its name may leave out the client's prefix (`mcp__tutti__`, `tutti_`). */
export interface ScriptedCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** One answer of the model. */
export type ScriptedTurn =
  | {
      readonly text?: string;
      readonly calls?: readonly ScriptedCall[];
      readonly usage?: Partial<ScriptedUsage>;
      readonly delay_ms?: number;
      /** It is answered once this has resolved. */
      readonly after?: Promise<unknown>;
    }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
      /** The whole answer, as a provider writes it. */
      readonly body?: object;
    }
  | { readonly hang: true };

/** What the model answers to whom. */
export type Script = (request: NumberedRequest) => ScriptedTurn;

/** A scripted model that runs. */
export interface ScriptedModel {
  /** For example http://127.0.0.1:40123, without a path. */
  readonly url: string;
  readonly requests: readonly NumberedRequest[];
}

interface WireCodec {
  readonly wire: Wire;
  readonly matches: (path: string) => boolean;
  readonly read: (body: Record<string, unknown>, path: string) => ModelRequest;
  readonly answer: (answer: WiredAnswer, response: ServerResponse) => void;
}

const CODECS: readonly WireCodec[] = [
  { wire: 'anthropic', matches: (path) => path.startsWith('/v1/messages'), read: readAnthropic, answer: answerAnthropic },
  { wire: 'responses', matches: (path) => path.endsWith('/responses'), read: readResponses, answer: answerResponses },
  { wire: 'chat', matches: (path) => path.endsWith('/chat/completions'), read: readChat, answer: answerChat },
  { wire: 'gemini', matches: (path) => /:(streamGenerateContent|generateContent)/.test(path), read: readGemini, answer: answerGemini },
];

/** Starts a scripted model; it ends with the test. */
export async function startScriptedModel(script: Script): Promise<ScriptedModel> {
  const requests: NumberedRequest[] = [];
  const server = createServer((request, response) => {
    handle(request, response, { script, requests }).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: String(error) } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, requests };
}

/** Names the turns one after the other by how many tool results the conversation has; the last one repeats. */
export function inTurns(...turns: readonly ScriptedTurn[]): Script {
  return (request) =>
    request.tools.length === 0 ? { text: 'Nothing to add.' } : (turns[Math.min(request.results.length, turns.length - 1)] ?? {});
}

/** Says `Done.`, but to nobody before so many have asked: none of these agents is done before another has begun. */
export function onceAllAsk(agents: number): Script {
  const all = Promise.withResolvers<void>();
  return ({ tools, number }) => {
    if (tools.length === 0) return { text: 'A title.' };
    if (number + 1 >= agents) all.resolve();
    return { text: 'Done.', after: all.promise };
  };
}

interface Surroundings {
  readonly script: Script;
  readonly requests: NumberedRequest[];
}

async function handle(request: IncomingMessage, response: ServerResponse, { script, requests }: Surroundings): Promise<void> {
  const path = request.url ?? '/';
  const body = await readBody(request);
  const codec = CODECS.find((each) => each.matches(path.split('?', 1)[0] ?? ''));
  if (codec === undefined || request.method !== 'POST') {
    response.writeHead(path.includes('/models') ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(path.includes('count_tokens') ? { input_tokens: 10, totalTokens: 10 } : { data: [], models: [] }));
    return;
  }
  if (path.includes('count_tokens')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ input_tokens: 10 }));
    return;
  }
  const asked = codec.read(body, path);
  const number = requests.filter((each) => each.tools.length > 0).length;
  const numbered = { ...asked, number };
  requests.push(numbered);
  const turn = script(numbered);
  if ('hang' in turn) return;
  if ('status' in turn) {
    const error = {
      type: turn.status === 429 ? 'rate_limit_error' : 'api_error',
      message: turn.message ?? `status ${turn.status}`,
      code: turn.status,
    };
    const body = turn.body ?? { type: 'error', error };
    response.writeHead(turn.status, { 'content-type': 'application/json', ...turn.headers }).end(JSON.stringify(body));
    return;
  }
  await turn.after;
  if (turn.delay_ms !== undefined) await new Promise((resolve) => setTimeout(resolve, turn.delay_ms));
  codec.answer(wired(turn, asked, requests.length), response);
}

function wired(turn: Extract<ScriptedTurn, { text?: string }>, asked: ModelRequest, number: number): WiredAnswer {
  const calls = (turn.calls ?? []).map(({ tool, input }, index) => ({
    id: `call_${number}_${index}`,
    name: spelled(tool, asked.tools),
    input,
  }));
  const usage = { input: 100, output: 20, cached: 0, ...turn.usage };
  return { id: `answer_${number}`, model: asked.model, stream: asked.stream, text: turn.text ?? '', calls, usage };
}

/** The client's spelling of a tool. */
function spelled(tool: string, offered: readonly string[]): string {
  const found =
    offered.find((each) => each === tool) ??
    offered.find((each) => each.endsWith(`_${tool}`) || each.endsWith(`/${tool}`) || each.endsWith(`.${tool}`));
  return found ?? tool;
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const text = Buffer.concat(parts).toString();
  try {
    return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
