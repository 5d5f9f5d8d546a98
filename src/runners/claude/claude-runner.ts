/**
 * The runner `claude`: Claude Code, headless, in both directions over stream-json. One process per run; a conversation is
 * resumed by its id. The user's own program and credentials are used.
 *
 *     started ─▶ asked ─▶ (says, calls tools, asks leave)* ─▶ result ─▶ input closed ─▶ exits
 *
 * Invariant: it exits by itself within LINGER_MS of its result, or is ended; a permission question is always answered.
 */
import { isRefusal } from '../../contract/failure.ts';
import { type AgentRunnerOptions, DEFAULT_GRACE_MS, programLabel, promptOf } from '../agent/agent-options.ts';
import { agentEnding, agentEvidence, createAgentRecord, endlessWait } from '../agent/agent-record.ts';
import { askLeave } from '../agent/ask-leave.ts';
import { hearInput } from '../agent/hear-input.ts';
import { type LooseObject, objectAt, shortText, textAt } from '../../contract/loose-json.ts';
import { takeLines } from '../agent/take-lines.ts';
import { type Dialogue, type FinishedEvent, notStarted, type ProcessRun, runProcess } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { RunningProcess } from '../process/start-process.ts';
import type { AgentBrief, AgentInput, PermissionAnswer, Runner, RunnerEvent } from '../runner.ts';
import { createRunUsage } from '../transcript/run-usage.ts';
import { makeClaudeArguments } from './claude-arguments.ts';
import { createClaudeReader } from './claude-messages.ts';
import { WAITING_FOR_SERVERS } from './waiting-for-servers.ts';

/** After its result the program ends by itself; what it started in the background may keep it. */
const LINGER_MS = 10_000;

/** What the program is told about its surroundings. */
const SURROUNDINGS = { DISABLE_AUTOUPDATER: '1', ...WAITING_FOR_SERVERS };

/** Makes the runner. */
export function createClaudeRunner(options: AgentRunnerOptions): Runner {
  const grace_ms = options.grace_ms ?? DEFAULT_GRACE_MS;
  return { name: 'claude', run: (request, signal) => streamRun(request, { signal, grace_ms }, (run) => runClaude(run, options)) };
}

async function runClaude(run: ProcessRun, options: AgentRunnerOptions): Promise<FinishedEvent> {
  const prompt = promptOf(run.request);
  if (isRefusal(prompt)) return notStarted(run.request, prompt);
  const { args, remove } = await makeClaudeArguments(options, run.request.brief ?? {});
  try {
    return await runProcess(run, {
      run: [...options.program, ...args],
      env: { ...SURROUNDINGS, ...options.environment },
      takesInput: true,
      label: programLabel(options.program, ['-p', ...(options.model === undefined ? [] : ['--model', options.model])]),
      talk: (process) => talkWith(process, run, options, prompt),
    });
  } finally {
    await remove();
  }
}

/** What a conversation with one process works with. */
interface Talk {
  readonly brief: Partial<AgentBrief>;
  readonly write: (line: LooseObject) => void;
  readonly send: (event: RunnerEvent) => Promise<void>;
  /** Aborted when the process has ended: nobody waits for answers any more. */
  readonly over: AbortController;
  readonly allowsAll: boolean;
}

function talkWith(process: RunningProcess, run: ProcessRun, options: AgentRunnerOptions, prompt: string): Dialogue {
  const { request, channel, stop } = run;
  const record = createAgentRecord();
  const reader = createClaudeReader(record, Date.now);
  const used = createRunUsage({
    environment: { ...request.environment, ...options.environment },
    conversation: () => record.conversation,
    resumed: request.brief?.resume,
    ...(request.brief?.price === undefined ? {} : { price: request.brief.price }),
  });
  const over = new AbortController();
  void process.exited.then(() => over.abort());
  const write = (line: LooseObject): void => {
    if (process.stdin?.writable === true) process.stdin.write(`${JSON.stringify(line)}\n`);
  };
  const send = (event: RunnerEvent): Promise<void> => channel.send(event, 1_000);
  const stopFollowing = used.follow(send);
  const talk: Talk = { brief: request.brief ?? {}, write, send, over, allowsAll: options.permissions === 'all' };
  say(talk, prompt);
  let interrupts = 0;
  const interrupt = (): void => {
    interrupts += 1;
    write({ type: 'control_request', request_id: `interrupt-${interrupts}`, request: { subtype: 'interrupt' } });
  };
  const heed = (input: AgentInput): void => (input.kind === 'say' ? say(talk, input.text) : interrupt());
  void hearInput({ input: talk.brief.input, heed, send: talk.send, over: over.signal });
  const closeInput = (): void => {
    process.stdin?.end();
    const timer = setTimeout(() => stop.request({ outcome: 'completed', refusal: null }), LINGER_MS);
    over.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  const take = takeLines(channel, async (line) => {
    const events = reader.read(line);
    const told = events.flatMap((event) => (event.kind === 'usage' ? [event.usage] : []));
    for (const event of events) if (event.kind !== 'usage') await send(event);
    if (told.length > 0) for (const event of await used.told(told)) await send(event);
    const wait = endlessWait(request, record, Date.now());
    if (wait !== null) stop.request(wait);
    if (textAt(line, 'type') === 'control_request') void answerQuestion(talk, line);
    if (textAt(line, 'type') === 'result') closeInput();
  });
  return {
    async take(stream, text, isLast) {
      await take(stream, text, isLast);
      if (stream === 'stderr' || !isLast) return;
      stopFollowing();
      for (const event of await used.look()) await send(event);
    },
    ending: (facts) => agentEnding(request, record, facts),
    evidence: () => agentEvidence(record),
  };
}

function say({ write }: Talk, text: string): void {
  write({ type: 'user', message: { role: 'user', content: [{ type: 'text', text }] } });
}

/** The program waits until its question is answered, so every question gets an answer. */
async function answerQuestion(talk: Talk, line: LooseObject): Promise<void> {
  const id = textAt(line, 'request_id');
  const asked = objectAt(line, 'request');
  const respond = (response: LooseObject): void => talk.write({ type: 'control_response', response: { request_id: id, ...response } });
  if (textAt(asked, 'subtype') !== 'can_use_tool') {
    respond({ subtype: 'error', error: 'this client answers permission questions only' });
    return;
  }
  const answer = await leaveFor(talk, id, asked);
  const input = objectAt(asked, 'input');
  const response = answer.allow ? { behavior: 'allow', updatedInput: input } : { behavior: 'deny', message: answer.reason };
  respond({ subtype: 'success', response });
}

function leaveFor({ brief, send, over, allowsAll }: Talk, id: string, asked: LooseObject): Promise<PermissionAnswer> {
  if (allowsAll) return Promise.resolve({ allow: true, reason: 'everything is allowed' });
  const question = { id, tool: textAt(asked, 'tool_name'), detail: shortText(asked['input']) };
  return askLeave({ ask: brief.ask, send, over: over.signal }, question);
}
