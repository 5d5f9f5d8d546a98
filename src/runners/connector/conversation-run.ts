/**
 * One run of a connector: asks, calls the tools that the model wants, and goes on until it has ended its turn.
 *
 *     asked ─▶ turn ─▶ calls ─▶ turn … ─▶ ended ─▶ answer checked ─▶ finished
 *
 * Bounds: the time of the request, turns, and what it may cost: beyond that no tool is called and no turn taken.
 * Invariants: everything said and used is an event and in the log before the next turn; a structured answer satisfies its
 * schema or the run has failed.
 */
import { z } from 'zod';
import { isRefusal, reasonOf, refuse, type Refusal } from '../../contract/failure.ts';
import { agentEvidence, createAgentRecord, type AgentRecord, limitedEnding } from '../agent/agent-record.ts';
import { shortText } from '../../contract/loose-json.ts';
import { jsonIn } from '../agent/spoken-prompt.ts';
import { type OutputLog, openOutputLog } from '../process/output-log.ts';
import { type FinishedEvent, finishedEvent, notStarted, type ProcessRun } from '../process/process-run.ts';
import type { StopReason } from '../process/run-stop.ts';
import type { RunnerEvent, RunRequest, RunTool } from '../runner.ts';
import type { ToolOutcome, ModelCall, ModelConversation, ModelProvider, ModelTurn } from './model-provider.ts';
import { type RetryRules, takeTurn } from './patient-turn.ts';

/** Times that a structured answer may be corrected. */
const CORRECTIONS = 2;

/** How far a conversation may go, and how patiently. */
export interface ConversationBounds {
  readonly retry: RetryRules;
  readonly most_turns: number;
}

interface Held {
  /** What a structured answer has to satisfy; null when none is asked for. */
  readonly form: z.ZodType | null;
  readonly run: ProcessRun;
  readonly conversation: ModelConversation;
  readonly record: AgentRecord;
  readonly log: OutputLog;
  readonly bounds: ConversationBounds;
  readonly spent: { cost_usd: number };
  readonly signal: AbortSignal;
  readonly send: (event: RunnerEvent) => Promise<void>;
}

/** Holds the conversation; resolves with the last event. */
export async function holdConversation(
  run: ProcessRun,
  provider: ModelProvider,
  prompt: string,
  bounds: ConversationBounds,
): Promise<FinishedEvent> {
  const { request, stop, channel } = run;
  const command = `${provider.name} ${provider.model}`;
  const log = await openOutputLog(request.log_file).catch(reasonOf);
  if (typeof log === 'string') return notStarted(request, unwritable(run, log), command);
  const form = answerForm(request);
  if (isRefusal(form)) {
    await log.close();
    return notStarted(request, form, command);
  }
  const began = performance.now();
  const over = new AbortController();
  const what = `The answer of ${command}`;
  const timer = setTimeout(
    () => stop.request({ outcome: 'timed_out', refusal: refuse('timed_out', { what, seconds: request.timeout_ms / 1_000 }) }),
    Math.min(request.timeout_ms, 2 ** 31 - 1),
  );
  void stop.requested.then(() => over.abort());
  const record = createAgentRecord();
  const { instructions = null, tools = [], answer_schema = null } = request.brief ?? {};
  const conversation = provider.begin({ instructions, tools, answer_schema });
  const send = (event: RunnerEvent): Promise<void> => channel.send(event, 1_000);
  await send({ kind: 'started', pid: null });
  await send({ kind: 'conversation', id: '', model: provider.model });
  conversation.say(prompt);
  const held: Held = { form, run, conversation, record, log, bounds, spent: { cost_usd: 0 }, signal: over.signal, send };
  const own = await converse(held);
  clearTimeout(timer);
  const problem = await log.close();
  const end = stop.reason() ?? (problem === null ? own : { outcome: 'failed' as const, refusal: unwritable(run, problem) });
  const facts = { exit_code: null, signal: null, duration_ms: Math.round(performance.now() - began) };
  const about = { command, log_file: request.log_file, output_bytes: log.bytes(), tail: log.tail() };
  return finishedEvent(end, { ...facts, ...about, ...agentEvidence(record) });
}

async function converse(held: Held): Promise<StopReason> {
  const { conversation, record, run, bounds } = held;
  let corrections = 0;
  for (let turns = 0; turns < bounds.most_turns && !held.signal.aborted; turns += 1) {
    const outcome = await nextTurn(held);
    if ('refusal' in outcome) return outcome;
    const { turn } = outcome;
    if (turn.stop === 'refused') return failed(held, 'the model refused to answer');
    if (turn.stop === 'length') return failed(held, 'its answer was cut off at the longest that the model can give');
    if (turn.calls.length > 0) {
      const limit = run.request.brief?.cost_limit_usd ?? Number.POSITIVE_INFINITY;
      if (held.spent.cost_usd >= limit) return failed(held, `its limit of ${limit} USD is reached`);
      conversation.answer(await callTools(held, turn.calls));
      continue;
    }
    const wrong = checkAnswer(held, turn.text);
    if (wrong === null) return { outcome: 'completed', refusal: null };
    corrections += 1;
    if (corrections > CORRECTIONS) return failed(held, `its answer is not in the form that was asked for: ${wrong}`);
    conversation.say(`Your answer is not in the form that was asked for: ${wrong}. Answer again, with nothing but the JSON.`);
  }
  record.ended = false;
  return run.stop.reason() ?? failed(held, `it took more than ${bounds.most_turns} turns`);
}

async function nextTurn(held: Held): Promise<{ readonly turn: ModelTurn } | StopReason> {
  const { conversation, bounds, signal, log, send, run, record } = held;
  let last: Promise<unknown> = Promise.resolve();
  const onText = (text: string): void => {
    last = Promise.all([last, log.append(Buffer.from(text)), send({ kind: 'output', stream: 'stdout', text })]);
  };
  const outcome = await takeTurn(conversation, { rules: bounds.retry, signal, onText, send });
  await last;
  if ('problem' in outcome) {
    const { message, limit, wait_ms } = outcome.problem;
    await log.append(Buffer.from(`\n[${message}]\n`));
    if (limit === null) return failed(held, message);
    record.limited = { limit, reset_at: wait_ms === null ? null : Date.now() + wait_ms };
    return limitedEnding(run.request, record.limited, message);
  }
  const { text, usage } = outcome.turn;
  await send({ kind: 'usage', usage });
  held.spent.cost_usd += usage.cost_usd ?? run.request.brief?.price?.(usage) ?? 0;
  if (text !== '') {
    record.answer = text;
    await log.append(Buffer.from('\n'));
    await send({ kind: 'message', text });
  }
  return outcome;
}

/** One after the other, in the order of the calls: what one changes the next may need. */
async function callTools(held: Held, calls: readonly ModelCall[]): Promise<ToolOutcome[]> {
  const { run, send, log, signal } = held;
  const tools = new Map((run.request.brief?.tools ?? []).map((tool) => [tool.name, tool]));
  const outcomes: ToolOutcome[] = [];
  for (const call of calls) {
    await send({ kind: 'tool_called', call_id: call.id, tool: call.name, detail: shortText(call.input) });
    const outcome = await callTool(tools.get(call.name), call, signal);
    await log.append(Buffer.from(`[${call.name} ${shortText(call.input)} → ${shortText(outcome.text)}]\n`));
    await send({ kind: 'tool_ended', call_id: call.id, ok: outcome.ok });
    outcomes.push(outcome);
  }
  return outcomes;
}

async function callTool(tool: RunTool | undefined, { id, name, input }: ModelCall, signal: AbortSignal): Promise<ToolOutcome> {
  if (tool === undefined) return { id, text: `There is no tool ${name}.`, ok: false };
  try {
    return { id, text: await tool.call(input, signal), ok: true };
  } catch (error) {
    return { id, text: reasonOf(error), ok: false };
  }
}

/** What a structured answer has to satisfy. Refuses what is no JSON Schema. */
function answerForm({ brief }: RunRequest): z.ZodType | null | Refusal {
  if (brief?.answer_schema === undefined) return null;
  try {
    return z.fromJSONSchema(brief.answer_schema);
  } catch (error) {
    return refuse('invalid_input', { issues: `answer_schema: ${reasonOf(error)}` });
  }
}

/** Why a structured answer is wrong; null when it is right, or none was asked for. */
function checkAnswer({ form, record }: Held, text: string): string | null {
  if (form === null) return null;
  const value = jsonIn(text);
  if (value === undefined) return 'it is no JSON';
  const result = form.safeParse(value);
  if (!result.success) return result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  record.structured = result.data;
  return null;
}

function failed({ run }: Held, reason: string): StopReason {
  const { task_id, log_file } = run.request;
  return { outcome: 'failed', refusal: refuse('agent_failed', { task_id, reason: shortText(reason), log_file }) };
}

function unwritable({ request }: ProcessRun, reason: string): Refusal {
  return refuse('evidence_unwritable', { task_id: request.task_id, reason, path: request.log_file });
}
