/**
 * Workers whose tasks real agent programs do, each in a home of its own, and their processes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import type { AgentCommand } from '../../scripts/agent-programs.ts';
import type { WorkerOptions } from '../../src/host/worker-options.ts';
import { createRunner } from '../../src/runners/create-runner.ts';
import type { AgentPermissions } from '../../src/runners/runner.ts';
import type { TestBed, TestWorker } from '../host/test-bed.ts';
import { agentRequest, prepareAgent, programOf } from './agent-bed.ts';
import type { ScriptedModel } from './model-servers/scripted-model.ts';

/** A program and the runner that drives it. */
export interface CrewKind {
  readonly name: string;
  readonly runner: string;
  readonly command: AgentCommand;
  readonly words?: readonly string[];
  readonly model?: string;
}

/** The programs by runners of their own. */
export const DIRECT: readonly CrewKind[] = [
  { name: 'claude', runner: 'claude', command: 'claude', model: 'claude-sonnet-4-5' },
  { name: 'codex', runner: 'codex', command: 'codex' },
  { name: 'codex-app-server', runner: 'codex-app-server', command: 'codex' },
  { name: 'gemini', runner: 'gemini', command: 'gemini', model: 'gemini-2.5-flash' },
  { name: 'opencode', runner: 'opencode', command: 'opencode' },
];

/** The same programs by the one driver of their common protocol. */
export const BY_ACP: readonly CrewKind[] = [
  { name: 'acp-claude', runner: 'acp', command: 'claude-agent-acp' },
  { name: 'acp-codex', runner: 'acp', command: 'codex-acp' },
  { name: 'acp-gemini', runner: 'acp', command: 'gemini', words: ['--acp', '-m', 'gemini-2.5-flash', '--skip-trust'] },
  { name: 'acp-opencode', runner: 'acp', command: 'opencode', words: ['acp'] },
];

/** The kinds of these names. */
export function kindsOf(...names: readonly string[]): readonly CrewKind[] {
  return [...DIRECT, ...BY_ACP].filter(({ name }) => names.includes(name));
}

/** What a worker of a kind is started with. */
export interface AgentPost {
  readonly kind: CrewKind;
  readonly model: ScriptedModel;
  readonly id?: string;
  readonly permissions?: AgentPermissions;
  readonly more?: Partial<WorkerOptions>;
}

/** A worker whose tasks a real program does. It can do what its kind is named by. */
export async function crewWorker(context: TestContext, bed: TestBed, member: AgentPost): Promise<TestWorker> {
  const { kind, model, permissions = 'all' } = member;
  const program = [programOf(context, kind.command), ...(kind.words ?? [])].join(' ');
  const request = await agentRequest('');
  const environment = { ...request.environment, ...(await prepareAgent(kind.command, model.url, request)) };
  const choice = { runner: kind.runner, program, permissions, ...(kind.model === undefined ? {} : { model: kind.model }) };
  return bed.worker(member.id ?? `${kind.name}-1`, {
    runner: await createRunner(choice, environment),
    capabilities: [kind.name],
    agent: { role: null },
    environment,
    data_folder: join(request.environment['HOME'] ?? '', 'data'),
    ...member.more,
  });
}

/** The first processes of agents that this test process started: they lead sessions of their own. */
export function agentProcesses(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const isAgent =
        Number(parent) === process.pid && session === name && readFileSync(`/proc/${name}/environ`, 'latin1').includes('TUTTI_RUN=');
      return isAgent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
