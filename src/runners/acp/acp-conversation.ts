/**
 * One conversation over the Agent Client Protocol: initialise, begin or load, ask, answer its questions, until nothing
 * more is to be said. Invariant: it never rejects; what breaks is in the record.
 */
import {
  client,
  type ClientContext,
  type McpServer,
  methods,
  type NewSessionResponse,
  type PromptResponse,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type Stream,
} from '@agentclientprotocol/sdk';
import { reasonOf } from '../../contract/failure.ts';
import { type AgentRecord, limitedEnding } from '../agent/agent-record.ts';
import { askLeave } from '../agent/ask-leave.ts';
import { hearInput } from '../agent/hear-input.ts';
import { problemLimit } from '../agent/limit-words.ts';
import { numberAt, objectAt, objectsAt, shortText, textAt } from '../../contract/loose-json.ts';
import { jsonIn } from '../agent/spoken-prompt.ts';
import type { StopReason } from '../process/run-stop.ts';
import type { AgentInput, AgentPermissions, AgentServer, RunnerEvent, RunRequest, RunUsage } from '../runner.ts';
import type { RunUsageTeller } from '../transcript/run-usage.ts';
import { createUpdateReader, type UpdateReader } from './acp-updates.ts';

/** What a conversation works with. */
export interface AcpTalk {
  readonly wire: Stream;
  readonly record: AgentRecord;
  readonly request: RunRequest;
  readonly permissions: AgentPermissions;
  readonly prompt: string;
  readonly send: (event: RunnerEvent) => Promise<void>;
  /** What the agent tells of a turn, as far as it was not told before. */
  readonly told: RunUsageTeller['told'];
  /** Aborted when the process has ended or is to be ended. */
  readonly over: AbortSignal;
}

const AUTH_REQUIRED = -32_000;

/** Modes of known agents in which they ask for what they may not do, and for nothing else, the best first. */
const MODES: Readonly<Record<AgentPermissions, readonly string[]>> = {
  all: ['agent-full-access', 'yolo', 'acceptEdits', 'autoEdit'],
  edits: ['acceptEdits', 'autoEdit', 'agent'],
  ask: ['read-only', 'default'],
};

/** Converses to the end; resolves with how the run is to end, or null when the process has ended before. */
export async function converse(talk: AcpTalk): Promise<StopReason | null> {
  const { record, request, over } = talk;
  const reader = createUpdateReader(record);
  const app = client({ name: 'tutti' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => answerQuestion(talk, params))
    .onNotification(methods.client.session.update, async ({ params }) => {
      for (const event of reader.read(params.update)) await talk.send(event);
    });
  try {
    await app.connectWith(talk.wire, (agent) => converseWith(agent, talk, reader));
    if (request.brief?.answer_schema !== undefined) record.structured = jsonIn(record.answer);
  } catch (error) {
    record.problem ??= shortText(problemOf(error));
    record.limited ??= isUnauthorised(error) ? { limit: 'access', reset_at: null } : problemLimit(record.problem, Date.now());
  }
  if (over.aborted) return null;
  if (record.problem === null) return { outcome: 'completed', refusal: null };
  if (record.limited !== null) return limitedEnding(request, record.limited, record.problem);
  const params = { task_id: request.task_id, reason: record.problem, log_file: request.log_file };
  return { outcome: 'failed', refusal: { refused: 'agent_failed', params } };
}

async function converseWith(agent: ClientContext, talk: AcpTalk, reader: UpdateReader): Promise<void> {
  const { record, request, prompt, send } = talk;
  const hello = await agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: 'tutti', version: '0.1.0' },
  });
  const place = { cwd: request.folder, mcpServers: (request.brief?.servers ?? []).map(serverEntry) };
  const resume = request.brief?.resume;
  const canLoad = hello.agentCapabilities?.loadSession === true;
  const begun: Partial<NewSessionResponse> =
    resume !== undefined && canLoad
      ? { ...(await agent.request(methods.agent.session.load, { ...place, sessionId: resume })), sessionId: resume }
      : await agent.request(methods.agent.session.new, place);
  const sessionId = begun.sessionId ?? '';
  record.conversation = sessionId;
  await send({ kind: 'conversation', id: sessionId, model: '' });
  const offered = begun.modes?.availableModes.map((mode) => mode.id) ?? [];
  const modeId = MODES[talk.permissions].find((mode) => offered.includes(mode));
  if (modeId !== undefined) await agent.request(methods.agent.session.setMode, { sessionId, modeId });

  // What it said until now, a greeting or what loading replays, is no answer to what it is asked.
  reader.flush();
  const waiting: string[] = [prompt];
  const heed = async (input: AgentInput): Promise<void> => {
    if (input.kind === 'say') waiting.push(input.text);
    else await agent.notify(methods.agent.session.cancel, { sessionId });
  };
  void hearInput({ input: request.brief?.input, heed, send, over: talk.over });
  for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
    const answer = await agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });
    for (const event of reader.flush()) await send(event);
    for (const event of await talk.told(usageIn(answer))) await send(event);
    const { stopReason } = answer;
    record.ended = true;
    record.problem = stopReason === 'end_turn' ? null : `its turn ended with ${stopReason}`;
    if (record.problem === null) record.limited = problemLimit(firstLine(record.answer), Date.now());
    if (record.limited !== null) record.problem = firstLine(record.answer);
  }
}

/** Some agents tell an error of their provider as if it were an answer of one line. */
function firstLine(answer: string): string {
  return /^(?:API Error|Error|\[API Error)\b/.test(answer.trim()) ? shortText(answer.trim().split('\n', 1)[0] ?? '') : '';
}

async function answerQuestion(talk: AcpTalk, { toolCall, options }: RequestPermissionRequest): Promise<RequestPermissionResponse> {
  const allow = await leaveFor(talk, toolCall);
  const kinds = allow ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const option = kinds.map((kind) => options.find((each) => each.kind === kind)).find((each) => each !== undefined);
  return { outcome: option === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: option.optionId } };
}

async function leaveFor(talk: AcpTalk, toolCall: RequestPermissionRequest['toolCall']): Promise<boolean> {
  const { permissions, request, send, over } = talk;
  if (permissions === 'all') return true;
  if (permissions === 'edits' && toolCall.kind === 'edit') return true;
  const question = {
    id: toolCall.toolCallId,
    tool: toolCall.title ?? 'tool',
    detail: shortText(toolCall.rawInput ?? toolCall.content ?? ''),
  };
  return (await askLeave({ ask: request.brief?.ask, send, over }, question)).allow;
}

/** Agents that count tokens tell them with the end of a turn, as an extension of the protocol. */
function usageIn(answer: PromptResponse): readonly RunUsage[] {
  const usage = objectAt({ ...answer }, 'usage');
  const quota = objectAt(answer._meta ?? {}, 'quota');
  const counts = objectAt(quota, 'token_count');
  const tokens_in = numberAt(usage, 'inputTokens') ?? numberAt(counts, 'input_tokens');
  const tokens_out = numberAt(usage, 'outputTokens') ?? numberAt(counts, 'output_tokens');
  if (tokens_in === null || tokens_out === null) return [];
  const model = textAt(objectsAt(quota, 'model_usage')[0] ?? {}, 'model');
  const cache_read = numberAt(usage, 'cachedReadTokens') ?? 0;
  const cache_write = numberAt(usage, 'cachedWriteTokens') ?? 0;
  return [{ model, tokens_in, tokens_out, cache_read, cache_write, cost_usd: null }];
}

function serverEntry(server: AgentServer): McpServer {
  const pairs = (values: Readonly<Record<string, string>>): { name: string; value: string }[] =>
    Object.entries(values).map(([name, value]) => ({ name, value }));
  if ('url' in server) return { type: 'http', name: server.name, url: server.url, headers: pairs(server.headers) };
  return { name: server.name, command: server.command, args: [...server.args], env: pairs(server.env) };
}

function problemOf(error: unknown): string {
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : null;
  return data === null || data === undefined ? reasonOf(error) : `${reasonOf(error)}: ${shortText(data)}`;
}

/** The protocol has a number for an agent that its provider does not know. */
function isUnauthorised(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === AUTH_REQUIRED;
}
