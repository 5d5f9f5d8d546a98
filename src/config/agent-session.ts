/**
 * Owns the small files by which the parts of Tutti beside one agent know the same session: its hooks register it, its MCP
 * server speaks for it. A file is found by the agent's own session id or by the process that both are children of.
 * Invariant: readable by their owner only; a file that cannot be read is as good as none.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsedObject } from '../contract/loose-json.ts';
import { userFolder } from './configuration-files.ts';
import type { Environment } from './environment.ts';

/** A session that the hooks of an agent registered. */
export interface AgentSession {
  readonly session_id: string;
  readonly credential: string;
  readonly incarnation: number;
  /** What its agent does, as its hooks saw it last. */
  readonly status: 'idle' | 'busy';
  /** When the hook began that saw it, in ms since 1970: hooks run beside each other, and a later event may be told first. */
  readonly seen_at: number;
  /** When the team was told last, in ms since 1970. */
  readonly told_at: number;
  /** The agent's own id of the conversation. */
  readonly conversation: string;
  /** The keys under which it is kept. */
  readonly keys: readonly string[];
}

/** The variable by which whoever starts an agent names the session that its hooks register. */
export const AGENT_SESSION_VARIABLE = 'TUTTI_AGENT_SESSION';

const ANCESTORS = 6;
const SHELLS = /^(ba|da|z|k|a)?sh$|^(fish|busybox|env)$/;

/** The folder of these files: in the data folder, else in the user's state folder. */
export function agentFolder(dataFolder: string | null, env: Environment): string {
  if (dataFolder !== null) return join(dataFolder, 'agents');
  return join(userFolder(env, 'XDG_STATE_HOME', '.local/state'), 'tutti', 'agents');
}

/** The keys of a process beside an agent: the agent's session id, when the agent told it, and the agent's process with its start. */
export function agentKeys(env: Environment, parent: number): string[] {
  const told = env['CLAUDE_CODE_SESSION_ID'] ?? '';
  const pid = env['CLAUDE_PID'] ?? '';
  const agent = /^\d+$/.test(pid) ? Number(pid) : agentProcess(parent);
  return [...(/^[\w-]{1,128}$/.test(told) ? [`session-${told}`] : []), `pid-${agent}-${processAt(agent).started}`];
}

/** The session that is kept under the first of these keys that has one, or null. */
export function readAgentSession(folder: string, keys: readonly string[]): AgentSession | null {
  for (const key of keys) {
    const kept = sessionIn(fileOf(folder, key));
    if (kept !== null) return kept;
  }
  return null;
}

/** Files of earlier versions do not say when. */
function sessionIn(file: string): AgentSession | null {
  try {
    const kept: Partial<AgentSession> = { seen_at: 0, told_at: 0, ...parsedObject(readFileSync(file, 'utf8')) };
    return isSession(kept) ? kept : null;
  } catch {
    return null;
  }
}

function isSession(session: Partial<AgentSession>): session is AgentSession {
  const { status, keys, ...kept } = session;
  const texts = [kept.session_id, kept.credential, kept.conversation];
  const numbers = [kept.incarnation, kept.seen_at, kept.told_at];
  const areKeys = Array.isArray(keys) && keys.every((key) => typeof key === 'string');
  const isKnown = (status === 'idle' || status === 'busy') && areKeys;
  return isKnown && texts.every((text) => typeof text === 'string') && numbers.every((number) => Number.isFinite(number));
}

/** The newest session that is kept with this id, or null. */
export function findAgentSession(folder: string, session_id: string): AgentSession | null {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const kept = files.map((name) => readAgentSession(folder, [name.slice(0, -'.json'.length)]));
  const [newest = null] = kept
    .filter((each) => each?.session_id === session_id)
    .sort((left, right) => (right?.incarnation ?? 0) - (left?.incarnation ?? 0));
  return newest;
}

/** Keeps a session under its keys. */
export function writeAgentSession(folder: string, session: AgentSession): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const key of session.keys) {
    const draft = `${fileOf(folder, key)}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(session), { mode: 0o600 });
    renameSync(draft, fileOf(folder, key));
  }
}

/** Forgets a session. */
export function removeAgentSession(folder: string, { keys }: AgentSession): void {
  for (const key of keys) rmSync(fileOf(folder, key), { force: true });
}

function fileOf(folder: string, key: string): string {
  return join(folder, `${key}.json`);
}

/** The nearest process from this one upwards that is no shell: hooks are run by one. */
function agentProcess(pid: number): number {
  let next = pid;
  for (let steps = 0; steps < ANCESTORS && next > 1; steps += 1) {
    const { name, parent } = processAt(next);
    if (!SHELLS.test(name)) return next;
    next = parent;
  }
  return pid;
}

/** What the system tells of a process; blanks where it tells nothing. */
function processAt(pid: number): { readonly name: string; readonly parent: number; readonly started: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    return { name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(fields[1] ?? 0), started: fields[19] ?? '' };
  } catch {
    return { name: '', parent: 0, started: '' };
  }
}
