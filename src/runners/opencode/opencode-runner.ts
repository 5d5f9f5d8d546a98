/**
 * The runner `opencode`: `opencode run`, headless. The user's own program, settings and credentials are used; the servers
 * and permissions of a run come with its environment and join them.
 */
import { isRefusal } from '../../contract/failure.ts';
import { SERVER_PATIENCE_MS } from '../../contract/server-patience.ts';
import { type AgentRunnerOptions, DEFAULT_GRACE_MS } from '../agent/agent-options.ts';
import { opencodeServers } from '../agent/configured-servers.ts';
import { runLineAgent } from '../agent/line-agent.ts';
import { spokenPrompt } from '../agent/spoken-prompt.ts';
import { type FinishedEvent, notStarted, type ProcessRun } from '../process/process-run.ts';
import { streamRun } from '../process/run-stream.ts';
import type { AgentPermissions, AgentServer, Runner } from '../runner.ts';
import { readOpencodeLine } from './opencode-events.ts';

/** Headless, nobody can be asked: what is not allowed is refused. */
const PERMISSION: Readonly<Record<AgentPermissions, unknown>> = {
  all: 'allow',
  edits: { edit: 'allow', bash: 'deny', webfetch: 'deny', external_directory: 'deny' },
  ask: { edit: 'deny', bash: 'deny', webfetch: 'deny', external_directory: 'deny' },
};

/** Makes the runner. */
export function createOpencodeRunner(options: AgentRunnerOptions): Runner {
  const grace_ms = options.grace_ms ?? DEFAULT_GRACE_MS;
  return { name: 'opencode', run: (request, signal) => streamRun(request, { signal, grace_ms }, (run) => runOpencode(run, options)) };
}

async function runOpencode(run: ProcessRun, options: AgentRunnerOptions): Promise<FinishedEvent> {
  const prompt = spokenPrompt(run.request);
  if (isRefusal(prompt)) return notStarted(run.request, prompt);
  const { servers = [], resume } = run.request.brief ?? {};
  const others = opencodeServers({ ...run.request.environment, ...options.environment }, run.request.folder);
  const none = Object.fromEntries(others.map((name) => [name, { enabled: false }]));
  const content = { mcp: { ...none, ...Object.fromEntries(servers.map(serverEntry)) }, permission: PERMISSION[options.permissions] };
  const environment = { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_CONFIG_CONTENT: JSON.stringify(content) };
  const args = [
    'run',
    '--format=json',
    // While it waits for its provider it says so in its log alone.
    '--print-logs',
    '--log-level=ERROR',
    ...(options.model === undefined ? [] : ['--model', options.model]),
    ...(resume === undefined ? [] : ['--session', resume]),
    ...(options.more_args ?? []),
  ];
  const read = readOpencodeLine(options.model ?? '');
  return runLineAgent(run, { options, args, environment, prompt, label: ['run'], read });
}

function serverEntry(server: AgentServer): [string, unknown] {
  const shared = { enabled: true, timeout: SERVER_PATIENCE_MS };
  if ('url' in server) return [server.name, { type: 'remote', url: server.url, headers: server.headers, ...shared }];
  return [server.name, { type: 'local', command: [server.command, ...server.args], environment: server.env, ...shared }];
}
