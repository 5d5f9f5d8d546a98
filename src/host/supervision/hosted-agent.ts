/**
 * An agent program at a terminal that a host keeps: Claude Code, with Tutti's hooks and tools, as the session it is hosted as.
 * Invariant: its files and variables are private; what it was given an earlier time is written anew at each start.
 */
import { join } from 'node:path';
import { AGENT_SESSION_VARIABLE } from '../../config/agent-session.ts';
import { claudeHooks } from '../../config/agent-hooks.ts';
import { terminalName } from '../../config/terminal-socket.ts';
import { prepareClaudeTerminal } from '../../runners/claude/claude-terminal.ts';
import type { AgentPermissions, AgentServer } from '../../runners/runner.ts';
import type { TerminalSession } from '../terminals/terminal-home.ts';

/** Which agent, and how it is set up. */
export interface HostedAgent {
  /** The program and the words that come before ours. */
  readonly program: readonly [string, ...string[]];
  /** Left out: its own default. */
  readonly model?: string;
  readonly permissions: AgentPermissions;
  /** Idle, it takes tasks of the team by itself. */
  readonly takes_work: boolean;
  /** Its servers beside Tutti's own. */
  readonly servers: readonly AgentServer[];
}

/** What every agent of a host is given. */
export interface AgentSurroundings {
  /** Tutti's program and its arguments before the command. */
  readonly tutti: readonly [string, ...string[]];
  /** The data folder of the project: where the server is found. */
  readonly data: string;
  /** The agent programs' own settings and credentials. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What is started in its terminal. Throws what the system throws. */
export async function prepareHostedAgent(
  id: string,
  agent: HostedAgent,
  { tutti, data, variables }: AgentSurroundings,
  dataFolder: string,
): Promise<Pick<TerminalSession, 'command' | 'environment'>> {
  const { program, model, permissions, takes_work, servers } = agent;
  const [command, ...args] = tutti;
  const command_line = await prepareClaudeTerminal({
    program,
    permissions,
    ...(model === undefined ? {} : { model }),
    servers: [{ name: 'tutti', command, args: [...args, 'mcp'], env: {} }, ...servers],
    hooks: claudeHooks({ program: tutti, takes_work }),
    folder: join(dataFolder, 'agents', terminalName(id)),
  });
  return { command: command_line, environment: { ...variables, TUTTI_DATA: data, [AGENT_SESSION_VARIABLE]: id } };
}
