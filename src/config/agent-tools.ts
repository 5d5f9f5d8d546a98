/**
 * Owns the mark by which the MCP server beside an agent says that the agent has its tools: programs start their servers in
 * the background, and whoever is woken before can do nothing with what it is told.
 * Invariant: a mark holds as long as the process that set it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long tools are waited for, in ms: a server that was refused never comes. */
export const TOOLS_WITHIN_MS = 45_000;

/** Says that the agent of these keys has the tools of this process. Returns how to take it back; nothing here throws. */
export function markTools(folder: string, keys: readonly string[]): () => void {
  const file = fileOf(folder, keys);
  const own = String(process.pid);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, own, { mode: 0o600 });
  } catch {
    // Without the mark it is waited for.
  }
  return () => {
    if (readMark(file) === own) rmSync(file, { force: true });
  };
}

/** True when the agent of these keys has its tools. */
export function hasTools(folder: string, keys: readonly string[]): boolean {
  const pid = Number(readMark(fileOf(folder, keys)));
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** By the process of the agent, its last key: a conversation may go on in another one. */
function fileOf(folder: string, keys: readonly string[]): string {
  return join(folder, `${keys.at(-1) ?? 'none'}.tools`);
}

function readMark(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
