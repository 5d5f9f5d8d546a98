/**
 * An agent program at a terminal that a host keeps: Claude Code, with Tutti's hooks and tools, as the session it is hosted as.
 * Whose program was ended before its session could leave goes on with its conversation; but who fails again and again begins
 * another.
 * Invariant: its files and variables are private; what it was given an earlier time is written anew at each start.
 */
import { join } from 'node:path';
import { AGENT_SESSION_VARIABLE, agentFolder, findAgentSession } from '../../config/agent-session.ts';
import { claudeHooks } from '../../config/agent-hooks.ts';
import { terminalName } from '../../config/terminal-socket.ts';
import { prepareClaudeTerminal } from '../../runners/claude/claude-terminal.ts';
import type { AgentPermissions, AgentServer } from '../../runners/runner.ts';
import { findTranscript } from '../../runners/transcript/find-transcript.ts';
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

/** One start of an agent. */
export interface AgentStart {
  readonly id: string;
  readonly agent: HostedAgent;
  /** The host's own folder. */
  readonly dataFolder: string;
  /** Environment of the session beside the agent's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Failures in a row before it. */
  readonly failures: number;
}

/** A conversation that has failed so often in a row may be why. */
const TRIES_TO_GO_ON = 1;

/** What is started in its terminal. Throws what the system throws. */
export async function prepareHostedAgent(
  { id, agent, dataFolder, environment: own, failures }: AgentStart,
  { tutti, data, variables }: AgentSurroundings,
): Promise<Pick<TerminalSession, 'command' | 'environment'>> {
  const { program, model, permissions, takes_work, servers } = agent;
  const [command, ...args] = tutti;
  const environment = { ...variables, TUTTI_DATA: data, [AGENT_SESSION_VARIABLE]: id };
  const resume = failures > TRIES_TO_GO_ON ? null : await conversationLeft(id, data, { ...own, ...environment });
  const command_line = await prepareClaudeTerminal({
    program,
    permissions,
    ...(model === undefined ? {} : { model }),
    ...(resume === null ? {} : { resume }),
    servers: [{ name: 'tutti', command, args: [...args, 'mcp'], env: {} }, ...servers],
    hooks: claudeHooks({ program: tutti, takes_work }),
    folder: join(dataFolder, 'agents', terminalName(id)),
  });
  return { command: command_line, environment };
}

/** The conversation of a session that did not leave when its program ended, as long as it is still written down; else null. */
async function conversationLeft(id: string, data: string, environment: Readonly<Record<string, string>>): Promise<string | null> {
  const left = findAgentSession(agentFolder(data, {}), id);
  return left !== null && (await findTranscript(environment, left.conversation)) !== null ? left.conversation : null;
}
