/**
 * The runner `codex-app-server`: OpenAI Codex by `codex app-server`, in both directions: it asks for leave, hears what is said
 * to it while it works, can be interrupted in its turn and resumed. The user's own program, settings and credentials are used.
 *
 *     started ─▶ initialised ─▶ thread begun ─▶ (turn begun ─▶ (says, calls tools, asks leave)* ─▶ turn over)+ ─▶ ended
 *
 * Invariant: such a program never ends by itself; it is ended after its last turn, and every question of it is answered.
 */
import { isRefusal } from '../../contract/failure.ts';
import { type AgentRunnerOptions, DEFAULT_GRACE_MS, programLabel, promptOf } from '../agent/agent-options.ts';
import { agentEnding, agentEvidence, createAgentRecord, endlessWait } from '../agent/agent-record.ts';
import { codexServers } from '../agent/configured-servers.ts';
import type { LooseObject } from '../../contract/loose-json.ts';
import { takeLines } from '../agent/take-lines.ts';
import { type Dialogue, type FinishedEvent, notStarted, type ProcessRun, runProcess } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { RunningProcess } from '../process/start-process.ts';
import type { Runner } from '../runner.ts';
import { converseWithAppServer } from './app-server-conversation.ts';
import { serverSettings } from './codex-arguments.ts';

/** Makes the runner. */
export function createAppServerRunner(options: AgentRunnerOptions): Runner {
  const grace_ms = options.grace_ms ?? DEFAULT_GRACE_MS;
  return {
    name: 'codex-app-server',
    run: (request, signal) => streamRun(request, { signal, grace_ms }, (run) => runAppServer(run, options)),
  };
}

async function runAppServer(run: ProcessRun, options: AgentRunnerOptions): Promise<FinishedEvent> {
  const prompt = promptOf(run.request);
  if (isRefusal(prompt)) return notStarted(run.request, prompt);
  const { request } = run;
  const others = codexServers({ ...request.environment, ...options.environment }, request.folder);
  const { args, environment } = serverSettings(request.brief?.servers ?? [], others);
  return runProcess(run, {
    run: [...options.program, 'app-server', '-c', 'check_for_update_on_startup=false', ...args, ...(options.more_args ?? [])],
    env: { ...environment, ...options.environment },
    takesInput: true,
    label: programLabel(options.program, ['app-server']),
    talk: (process) => talkWith(process, run, options, prompt),
  });
}

function talkWith(process: RunningProcess, run: ProcessRun, options: AgentRunnerOptions, prompt: string): Dialogue {
  const { channel, request, stop } = run;
  const record = createAgentRecord();
  const over = new AbortController();
  void process.exited.then(() => over.abort());
  void stop.requested.then(() => over.abort());
  const write = (line: LooseObject): void => {
    if (process.stdin?.writable === true) process.stdin.write(`${JSON.stringify(line)}\n`);
  };
  const send = (event: Parameters<typeof channel.send>[0]): Promise<void> => channel.send(event, 1_000);
  const { permissions, model = null } = options;
  const conversation = converseWithAppServer({ record, request, permissions, model, prompt, write, send, over: over.signal });
  void conversation.ending.then((ending) => {
    if (ending !== null) stop.request(ending);
  });
  return {
    take: takeLines(channel, async (line) => {
      await conversation.take(line);
      const wait = endlessWait(request, record, Date.now());
      if (wait !== null) stop.request(wait);
    }),
    ending: (facts) => agentEnding(request, record, facts),
    evidence: () => agentEvidence(record),
  };
}
