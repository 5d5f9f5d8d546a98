/**
 * The runner `gemini`: Gemini CLI, headless. The user's own program, settings and credentials are used; the servers of a
 * run are in a private file of system settings that lives as long as the run. It stands beside the log: the program takes
 * no such file from below a folder that others can write to, like the system's folder for temporary files.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRefusal } from '../../contract/failure.ts';
import { type AgentRunnerOptions, DEFAULT_GRACE_MS } from '../agent/agent-options.ts';
import { runLineAgent } from '../agent/line-agent.ts';
import { spokenPrompt } from '../agent/spoken-prompt.ts';
import { type FinishedEvent, notStarted, type ProcessRun } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { AgentPermissions, AgentServer, Runner } from '../runner.ts';
import { readGeminiLine } from './gemini-events.ts';

const APPROVAL: Readonly<Record<AgentPermissions, string>> = { all: 'yolo', edits: 'auto_edit', ask: 'default' };

/** Makes the runner. */
export function createGeminiRunner(options: AgentRunnerOptions): Runner {
  const grace_ms = options.grace_ms ?? DEFAULT_GRACE_MS;
  return { name: 'gemini', run: (request, signal) => streamRun(request, { signal, grace_ms }, (run) => runGemini(run, options)) };
}

async function runGemini(run: ProcessRun, options: AgentRunnerOptions): Promise<FinishedEvent> {
  const prompt = spokenPrompt(run.request);
  if (isRefusal(prompt)) return notStarted(run.request, prompt);
  const { servers = [], resume } = run.request.brief ?? {};
  const folder = await mkdtemp(join(dirname(run.request.log_file), 'servers-'));
  const settings = join(folder, 'settings.json');
  try {
    await writeFile(
      settings,
      JSON.stringify({ mcpServers: Object.fromEntries(servers.map(serverEntry)), mcp: { allowed: servers.map(({ name }) => name) } }),
      { mode: 0o600 },
    );
    const args = [
      '--output-format=stream-json',
      '--skip-trust',
      `--approval-mode=${APPROVAL[options.permissions]}`,
      ...(options.model === undefined ? [] : ['-m', options.model]),
      ...(resume === undefined ? [] : ['--resume', resume]),
      ...(options.more_args ?? []),
    ];
    const environment = { GEMINI_CLI_SYSTEM_SETTINGS_PATH: settings };
    return await runLineAgent(run, { options, args, environment, prompt, label: [], read: readGeminiLine });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function serverEntry(server: AgentServer): [string, unknown] {
  if ('url' in server) return [server.name, { httpUrl: server.url, headers: server.headers, trust: true }];
  const { name, command, args, env } = server;
  return [name, { command, args, env, trust: true }];
}
