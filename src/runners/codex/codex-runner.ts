/**
 * The runner `codex`: OpenAI Codex by `codex exec`, headless. The user's own program, settings and credentials are used;
 * what a run needs beside them is given for this run alone.
 */
import { isRefusal } from '../../contract/failure.ts';
import { type AgentRunnerOptions, DEFAULT_GRACE_MS } from '../agent/agent-options.ts';
import { codexServers } from '../agent/configured-servers.ts';
import { runLineAgent } from '../agent/line-agent.ts';
import { spokenPrompt } from '../agent/spoken-prompt.ts';
import { type FinishedEvent, notStarted, type ProcessRun } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { Runner } from '../runner.ts';
import { makeCodexArguments } from './codex-arguments.ts';
import { readCodexLine } from './codex-events.ts';

/** Makes the runner. */
export function createCodexRunner(options: AgentRunnerOptions): Runner {
  const grace_ms = options.grace_ms ?? DEFAULT_GRACE_MS;
  return { name: 'codex', run: (request, signal) => streamRun(request, { signal, grace_ms }, (run) => runCodex(run, options)) };
}

async function runCodex(run: ProcessRun, options: AgentRunnerOptions): Promise<FinishedEvent> {
  const prompt = spokenPrompt(run.request);
  if (isRefusal(prompt)) return notStarted(run.request, prompt);
  const { request } = run;
  const others = codexServers({ ...request.environment, ...options.environment }, request.folder);
  const { args, environment, remove } = await makeCodexArguments(options, run.request.brief ?? {}, others);
  try {
    return await runLineAgent(run, {
      options,
      args,
      environment,
      prompt,
      label: ['exec'],
      read: (line, record) => readCodexLine(line, record, options.model ?? ''),
    });
  } finally {
    await remove();
  }
}
