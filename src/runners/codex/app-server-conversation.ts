/**
 * One conversation with `codex app-server`: initialise, begin or resume a thread, take turns until nothing more is to be
 * said, answer every question on the way. What is said while a turn goes on joins it.
 * Invariant: it never rejects; what breaks is in the record.
 */
import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../contract/failure.ts';
import { type AgentRecord, limitedEnding } from '../agent/agent-record.ts';
import { askLeave } from '../agent/ask-leave.ts';
import { hearInput } from '../agent/hear-input.ts';
import { limitIn } from '../agent/limit-words.ts';
import { createLinePeer, type LinePeer } from '../agent/line-peer.ts';
import { type LooseObject, objectAt, shortText, textAt } from '../../contract/loose-json.ts';
import { jsonIn } from '../agent/spoken-prompt.ts';
import type { StopReason } from '../process/run-stop.ts';
import type { AgentInput, AgentPermissions, RunnerEvent, RunRequest } from '../runner.ts';
import { createAppServerReader } from './app-server-events.ts';

/** What a conversation works with. */
export interface AppServerTalk {
  readonly record: AgentRecord;
  readonly request: RunRequest;
  readonly permissions: AgentPermissions;
  readonly model: string | null;
  readonly prompt: string;
  readonly write: (line: LooseObject) => void;
  readonly send: (event: RunnerEvent) => Promise<void>;
  /** Aborted when the process has ended or is to be ended. */
  readonly over: AbortSignal;
}

/** A conversation that goes on. */
export interface AppServerConversation {
  readonly take: (line: LooseObject) => Promise<void>;
  /** Resolves with how the run is to end, or null when the process has ended before. */
  readonly ending: Promise<StopReason | null>;
}

/** When it asks: never, for what its sandbox forbids, or for whatever changes something. */
const APPROVAL: Readonly<Record<AgentPermissions, string>> = { all: 'never', edits: 'on-request', ask: 'untrusted' };
/** How far it reaches: whatever it was given leave for is done in its folder. */
const SANDBOX: Readonly<Record<AgentPermissions, string>> = { all: 'danger-full-access', edits: 'workspace-write', ask: 'workspace-write' };
/** Questions for leave, and what each of them is about. */
const QUESTIONS: ReadonlyMap<string, { readonly tool: string; readonly fields: readonly string[] }> = new Map(
  Object.entries({
    'item/commandExecution/requestApproval': { tool: 'command', fields: ['command', 'cwd', 'reason'] },
    'item/fileChange/requestApproval': { tool: 'file change', fields: ['reason', 'grantRoot'] },
    'item/permissions/requestApproval': { tool: 'wider permissions', fields: ['permissions', 'reason'] },
    'mcpServer/elicitation/request': { tool: 'server', fields: ['serverName', 'message'] },
  }),
);

/** What was said to a turn that goes on and has not reached it yet, by our own ids. */
type Unheard = Map<string, string>;

/** Begins the conversation. */
export function converseWithAppServer(talk: AppServerTalk): AppServerConversation {
  const { record, send, write, over } = talk;
  const reader = createAppServerReader(record);
  const unheard: Unheard = new Map();
  const changes = new Map<string, unknown>();
  let turnOver: (() => void) | null = null;
  const peer = createLinePeer({
    write,
    over,
    onRequest: (method, params) => answerQuestion(talk, method, params, changes),
    async onNotification(method, params) {
      const item = objectAt(params, 'item');
      if (method === 'item/started' && textAt(item, 'type') === 'fileChange') changes.set(textAt(item, 'id'), item['changes']);
      if (method === 'item/started' && textAt(item, 'type') === 'userMessage') unheard.delete(textAt(item, 'clientId'));
      for (const event of reader.read(method, params)) await send(event);
      if (method === 'turn/completed') turnOver?.();
    },
  });
  const untilTurnIsOver = (): Promise<void> =>
    new Promise((resolve, reject) => {
      turnOver = resolve;
      over.addEventListener('abort', () => reject(new TypeError('the program has ended')), { once: true });
    });
  const onProblem = (error: unknown): void => {
    record.problem ??= shortText(reasonOf(error));
    record.limited ??= limitIn(record.problem, Date.now());
  };
  const turns = takeTurns(talk, { peer, begin: reader.begin, untilTurnIsOver, unheard });
  return { take: peer.take, ending: turns.catch(onProblem).then(() => endingOf(talk)) };
}

interface Wire {
  readonly peer: LinePeer;
  readonly begin: (model: string) => void;
  readonly untilTurnIsOver: () => Promise<void>;
  readonly unheard: Unheard;
}

async function takeTurns(talk: AppServerTalk, wire: Wire): Promise<void> {
  const { request, record, send, prompt, over } = talk;
  const { peer, untilTurnIsOver, unheard } = wire;
  const threadId = await beginThread(talk, peer, wire.begin);
  const waiting: string[] = [prompt];
  let turnId: string | null = null;
  let heeding: Promise<unknown> = Promise.resolve();
  const heed = (input: AgentInput): Promise<void> => {
    const done = passOn(peer, { threadId, turnId, unheard, waiting }, input);
    heeding = done;
    return done;
  };
  void hearInput({ input: request.brief?.input, heed, send, over });
  const form = request.brief?.answer_schema === undefined ? {} : { outputSchema: request.brief.answer_schema };
  for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
    const done = untilTurnIsOver();
    done.catch(() => undefined);
    record.ended = false;
    const begun = await peer.request('turn/start', { threadId, input: [textInput(text)], ...form });
    turnId = textAt(objectAt(begun, 'turn'), 'id');
    await done;
    turnId = null;
    await heeding;
    // A turn that was interrupted has not heard what joined it last; the next one does.
    waiting.push(...unheard.values());
    unheard.clear();
  }
  if (request.brief?.answer_schema !== undefined) record.structured = jsonIn(record.answer);
}

interface Place {
  readonly threadId: string;
  readonly turnId: string | null;
  readonly unheard: Unheard;
  readonly waiting: string[];
}

/** Passes words on to the turn that goes on, or ends it. A turn that is just over takes nothing more: the next one does. */
async function passOn(peer: LinePeer, { threadId, turnId, unheard, waiting }: Place, input: AgentInput): Promise<void> {
  if (input.kind === 'interrupt') {
    if (turnId !== null) await peer.request('turn/interrupt', { threadId, turnId }).catch(() => undefined);
    return;
  }
  if (turnId === null) {
    waiting.push(input.text);
    return;
  }
  const id = randomUUID();
  unheard.set(id, input.text);
  const steer = { threadId, expectedTurnId: turnId, clientUserMessageId: id, input: [textInput(input.text)] };
  await peer.request('turn/steer', steer).catch(() => {
    if (unheard.delete(id)) waiting.push(input.text);
  });
}

async function beginThread(talk: AppServerTalk, peer: LinePeer, begin: (model: string) => void): Promise<string> {
  const { request, permissions, model, record, send } = talk;
  const { resume, instructions } = request.brief ?? {};
  await peer.request('initialize', {
    clientInfo: { name: 'tutti', title: 'Tutti', version: '0.1.0' },
    capabilities: { experimentalApi: false, requestAttestation: false },
  });
  peer.notify('initialized');
  const how = {
    cwd: request.folder,
    approvalPolicy: APPROVAL[permissions],
    sandbox: SANDBOX[permissions],
    ...(model === null ? {} : { model }),
    ...(instructions === undefined ? {} : { developerInstructions: instructions }),
  };
  const begun = await (resume === undefined
    ? peer.request('thread/start', how)
    : peer.request('thread/resume', { ...how, threadId: resume, excludeTurns: true }));
  record.conversation = textAt(objectAt(begun, 'thread'), 'id');
  const chosen = textAt(begun, 'model');
  begin(chosen);
  await send({ kind: 'conversation', id: record.conversation, model: chosen });
  return record.conversation;
}

/** Every question gets an answer: the program waits for it. Rejects for what this client does not do. */
async function answerQuestion(
  talk: AppServerTalk,
  method: string,
  params: LooseObject,
  changes: ReadonlyMap<string, unknown>,
): Promise<LooseObject> {
  const question = QUESTIONS.get(method);
  if (question === undefined) throw new TypeError('this client answers questions for leave only');
  const { request, permissions, send, over } = talk;
  const item = textAt(params, 'itemId');
  const about: Record<string, unknown> = {};
  for (const field of question.fields) if (params[field] !== null && params[field] !== undefined) about[field] = params[field];
  const detail = shortText(changes.has(item) ? { ...about, changes: changes.get(item) } : about);
  const asked = { id: textAt(params, 'approvalId') || item || method, tool: question.tool, detail };
  const { allow } = permissions === 'all' ? { allow: true } : await askLeave({ ask: request.brief?.ask, send, over }, asked);
  if (method === 'mcpServer/elicitation/request') return { action: allow ? 'accept' : 'decline', content: allow ? {} : null, _meta: null };
  if (method === 'item/permissions/requestApproval') return { permissions: allow ? granted(params) : {}, scope: 'turn' };
  return { decision: allow ? 'accept' : 'decline' };
}

function granted(params: LooseObject): LooseObject {
  return Object.fromEntries(Object.entries(objectAt(params, 'permissions')).filter(([, value]) => value !== null));
}

function textInput(text: string): LooseObject {
  return { type: 'text', text, text_elements: [] };
}

function endingOf({ record, request, over }: AppServerTalk): StopReason | null {
  if (over.aborted) return null;
  if (record.problem === null) return { outcome: 'completed', refusal: null };
  if (record.limited !== null) return limitedEnding(request, record.limited, record.problem);
  const params = { task_id: request.task_id, reason: record.problem, log_file: request.log_file };
  return { outcome: 'failed', refusal: { refused: 'agent_failed', params } };
}
