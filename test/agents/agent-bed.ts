/**
 * What tests with the real agent programs share: where the programs are, an empty environment with a fresh home, and runs
 * to their end. On a machine without the programs a test is skipped and says how to get them.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { agentCache, type AgentCommand, agentCommand } from '../../scripts/agent-programs.ts';
import type { Runner, RunnerEvent, RunRequest } from '../../src/runners/runner.ts';
import { temporaryFolder } from '../host/host-fixture.ts';

/** Where the programs are, read before anything changes HOME. */
const CACHE = agentCache(process.env);
/** The project's own Node stands in front: the machine's may be too old for the programs. */
const NODE_FOLDER = dirname(process.execPath);

/** Path of an agent program; skips the test when there is none. */
export function programOf(context: TestContext, command: AgentCommand): string {
  const path = agentCommand(CACHE, command);
  if (path === null) return context.skip(`${command} is not in ${CACHE}; npm run agents:install gets it`);
  return path;
}

/** A fresh home and an empty environment that knows it. */
async function freshEnvironment(): Promise<{ readonly home: string; readonly environment: Record<string, string> }> {
  const home = await temporaryFolder();
  await mkdir(join(home, 'work'));
  const path = [NODE_FOLDER, '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return {
    home,
    environment: { PATH: path, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color', TMPDIR: process.env['TMPDIR'] ?? '/tmp' },
  };
}

/** What Claude Code needs to speak with a scripted model and nobody else. */
export function claudeEnvironment(modelUrl: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'dummy',
    IS_SANDBOX: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    ENABLE_TOOL_SEARCH: 'false',
  };
}

/** A request to an agent in the `work` folder of its home. */
export async function agentRequest(prompt: string, more: Partial<RunRequest> = {}): Promise<RunRequest> {
  const { home, environment } = await freshEnvironment();
  const folder = join(home, 'work');
  const log_file = join(home, 'run.log');
  return { task_id: 't-1', attempt: 1, spec: prompt, folder, log_file, environment, timeout_ms: 90_000, ...more };
}

/** Runs to the end and returns every event. */
export async function eventsOf(runner: Runner, request: RunRequest, signal = new AbortController().signal): Promise<RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  for await (const event of runner.run(request, signal)) events.push(event);
  return events;
}

/** The events of one kind. */
export function ofKind<K extends RunnerEvent['kind']>(events: readonly RunnerEvent[], kind: K): Extract<RunnerEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<RunnerEvent, { kind: K }> => event.kind === kind);
}

/** A server of the Model Context Protocol with one tool `note`, which answers with what it was given. */
export const noteServer = {
  name: 'notes',
  command: process.execPath,
  args: [fileURLToPath(new URL('note-server.ts', import.meta.url))],
  env: {},
};
