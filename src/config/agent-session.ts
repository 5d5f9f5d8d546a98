/**
 * Owns the small files by which the parts of Tutti beside one agent know the same session: its hooks register it, its MCP
 * server speaks for it. A file is found by the agent's own session id or by the process that both are children of.
 * Invariant: readable by their owner only; a file that cannot be read is as good as none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './environment.ts';

const agentSession = z.object({
  session_id: z.string(),
  credential: z.string(),
  incarnation: z.number(),
  swarm: z.string().nullable(),
  /** The keys under which it is kept. */
  keys: z.array(z.string()),
});
/** A session that the hooks of an agent registered. */
export type AgentSession = z.output<typeof agentSession>;

const ANCESTORS = 6;

/** The folder of these files: in the data folder, else in the user's state folder. */
export function agentFolder(dataFolder: string | null, env: Environment): string {
  if (dataFolder !== null) return join(dataFolder, 'agents');
  const state = env['XDG_STATE_HOME'];
  return join(state === undefined || state === '' ? join(env['HOME'] ?? '.', '.local', 'state') : state, 'tutti', 'agents');
}

/** The keys of a process beside an agent: the agent's session id, when the agent told it, and the processes above. */
export function agentKeys(env: Environment, parent: number): string[] {
  const told = env['CLAUDE_CODE_SESSION_ID'] ?? '';
  const pid = env['CLAUDE_PID'] ?? '';
  const above = ancestorsOf(parent).map((each) => `pid-${each}`);
  return [...(/^[\w-]{1,128}$/.test(told) ? [`session-${told}`] : []), ...(/^\d+$/.test(pid) ? [`pid-${pid}`] : []), ...above];
}

/** The session that is kept under the first of these keys that has one, or null. */
export function readAgentSession(folder: string, keys: readonly string[]): AgentSession | null {
  for (const key of keys) {
    try {
      return agentSession.parse(JSON.parse(readFileSync(fileOf(folder, key), 'utf8')));
    } catch {
      // The next key may have one.
    }
  }
  return null;
}

function fileOf(folder: string, key: string): string {
  return join(folder, `${key}.json`);
}

/** A process and those above it, as far as the system tells, without the first process of the machine. */
function ancestorsOf(pid: number): number[] {
  const found: number[] = [];
  for (let next = pid; next > 1 && found.length < ANCESTORS; next = parentOf(next)) found.push(next);
  return found;
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  } catch {
    return 0;
  }
}
