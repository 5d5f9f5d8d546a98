/**
 * What the hooks of one conversation remember of its usage, on disk: how far its transcripts were read, what was read and
 * not told yet, and whose work it is.
 * Invariants: one hook at a time reads and tells; what was read is noted before it is told, under an id by which the server
 * knows it again, so that a hook that is ended in between tells nothing twice; a damaged file is as good as none.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLooseObject, numberAt, parsedObject } from '../contract/loose-json.ts';
import { isTokenCounts, type TokenCounts } from '../runners/transcript/usage-samples.ts';
import { isUsageCursor, type UsageCursor } from '../runners/transcript/usage-tail.ts';

/** What was read and not told yet. */
export interface PendingUsage extends TokenCounts {
  readonly command_id: string;
  readonly task_id: string | null;
  readonly model: string;
}

/** What is remembered of one conversation. */
export interface UsageNotes {
  /** What was written before does not count; ms since 1970. */
  readonly since: number;
  readonly cursors: Readonly<Record<string, UsageCursor>>;
  readonly pending: readonly PendingUsage[];
}

const KEPT_MS = 30 * 86_400_000;
const LOOK_AGAIN_MS = 40;

/** The file of a conversation's notes. */
export function usageFile(folder: string, conversation: string): string {
  return join(folder, 'usage', `${createHash('sha256').update(conversation).digest('hex').slice(0, 32)}.json`);
}

/** The notes, or null when there are none. */
export function readNotes(file: string): UsageNotes | null {
  try {
    const kept: unknown = parsedObject(readFileSync(file, 'utf8'));
    return areNotes(kept) ? kept : null;
  } catch {
    return null;
  }
}

function areNotes(value: unknown): value is UsageNotes {
  if (!isLooseObject(value) || numberAt(value, 'since') === null) return false;
  const { cursors, pending } = value;
  return isLooseObject(cursors) && Object.values(cursors).every(isUsageCursor) && Array.isArray(pending) && pending.every(isPending);
}

function isPending(value: unknown): value is PendingUsage {
  if (!isLooseObject(value) || !isTokenCounts(value)) return false;
  const { command_id, task_id, model }: Partial<PendingUsage> = value;
  return typeof command_id === 'string' && typeof model === 'string' && (task_id === null || typeof task_id === 'string');
}

/** Keeps the notes. Throws what the system throws. */
export function writeNotes(file: string, kept: UsageNotes): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
  renameSync(draft, file);
}

/** Runs `act` as the only hook of the conversation; without it when the others take longer than `patienceMs`. */
export async function alone<T>(file: string, patienceMs: number, act: () => Promise<T>): Promise<T | null> {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const lock = `${file}.lock`;
  for (let waited = 0; !isTaken(lock); waited += LOOK_AGAIN_MS) {
    if (waited >= patienceMs) return null;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_AGAIN_MS);
    });
  }
  try {
    return await act();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Forgets conversations that nobody has heard of for long. Never throws. */
export function forgetOldNotes(folder: string, now: number): void {
  try {
    for (const name of readdirSync(join(folder, 'usage'))) {
      const file = join(folder, 'usage', name);
      if (now - statSync(file).mtimeMs > KEPT_MS) rmSync(file, { force: true });
    }
  } catch {
    // There are none, or another hook does the same.
  }
}

/** Takes the lock, also from a hook that was ended before it could let go. */
function isTaken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isHeld(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Between its making and its writing it is empty.
    if (pid === 0) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
