/**
 * The runner `acp`: one driver for every agent that speaks the Agent Client Protocol, by its command line.
 *
 *     started ─▶ initialised ─▶ conversation ─▶ mode set ─▶ (asked ─▶ turn over)+ ─▶ ended
 *
 * Invariant: such a program never ends by itself; it is ended after its last turn, and every question of it is answered.
 */
import { isRefusal } from '../../contract/failure.ts';
import { type AgentRunnerOptions, DEFAULT_GRACE_MS, programLabel } from '../agent/agent-options.ts';
import { agentEnding, agentEvidence, createAgentRecord } from '../agent/agent-record.ts';
import { spokenPrompt } from '../agent/spoken-prompt.ts';
import { passText } from '../agent/take-lines.ts';
import { WAITING_FOR_SERVERS } from '../claude/waiting-for-servers.ts';
import { type Dialogue, type FinishedEvent, notStarted, type ProcessRun, runProcess } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { RunningProcess } from '../process/start-process.ts';
import type { AgentPermissions, Runner } from '../runner.ts';
import { createRunUsage } from '../transcript/run-usage.ts';
import { converse } from './acp-conversation.ts';
import { openAcpStream } from './acp-stream.ts';

/** Makes the runner. Its name is that of the agent, for example `acp:gemini`. */
export function createAcpRunner(name: string, options: AgentRunnerOptions): Runner {
  const grace_ms = options.grace_ms ?? DEFAULT_GRACE_MS;
  return { name, run: (request, signal) => streamRun(request, { signal, grace_ms }, (run) => runAcp(run, options)) };
}

/**
 * What only some agents understand, and means nothing to others: those that offer no mode in which they ask are told by
 * their own variable, and Claude Code waits for its servers, so that its first turn has their tools.
 */
function ownSettings(permissions: AgentPermissions): Readonly<Record<string, string>> {
  if (permissions === 'all') return WAITING_FOR_SERVERS;
  const edit = permissions === 'edits' ? 'allow' : 'ask';
  return { ...WAITING_FOR_SERVERS, OPENCODE_PERMISSION: JSON.stringify({ edit, bash: 'ask', webfetch: 'ask' }) };
}

async function runAcp(run: ProcessRun, options: AgentRunnerOptions): Promise<FinishedEvent> {
  const prompt = spokenPrompt(run.request);
  if (isRefusal(prompt)) return notStarted(run.request, prompt);
  const args = options.more_args ?? [];
  return runProcess(run, {
    run: [...options.program, ...args],
    env: { ...ownSettings(options.permissions), ...options.environment },
    takesInput: true,
    label: programLabel(options.program, args),
    talk: (process) => talkWith(process, run, options, prompt),
  });
}

function talkWith(process: RunningProcess, run: ProcessRun, options: AgentRunnerOptions, prompt: string): Dialogue {
  const { channel, request, stop } = run;
  const record = createAgentRecord();
  const wire = openAcpStream(process);
  const over = new AbortController();
  void process.exited.then(() => over.abort());
  void stop.requested.then(() => over.abort());
  const send = (event: Parameters<typeof channel.send>[0]): Promise<void> => channel.send(event, 1_000);
  const used = createRunUsage({
    environment: { ...request.environment, ...options.environment },
    conversation: () => record.conversation,
    resumed: request.brief?.resume,
    keepsStore: true,
  });
  const stopFollowing = used.follow(send);
  const { permissions } = options;
  const conversation = converse({ wire: wire.stream, record, request, permissions, prompt, send, told: used.told, over: over.signal });
  void conversation.then((ending) => {
    if (ending !== null) stop.request(ending);
  });
  return {
    async take(stream, text, isLast) {
      if (stream === 'stderr') {
        await passText(channel, stream, text);
        return;
      }
      if (text !== '') wire.push(text);
      if (isLast) {
        wire.close();
        await conversation;
        stopFollowing();
        for (const event of await used.look()) await send(event);
      }
    },
    ending: (facts) => agentEnding(request, record, facts),
    evidence: () => agentEvidence(record),
  };
}
