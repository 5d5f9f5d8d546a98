/**
 * Owns `starting.json`: that a server is about to start, for the next one, because no code of a process runs any more that
 * was killed or ran out of memory. Invariant: it is there only from before a log is read until its server serves or has said
 * why it does not.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parsedObject } from '../contract/loose-json.ts';
import { processBirth } from './process-birth.ts';

/** A start that did not come to its end. */
export interface BrokenStart {
  readonly pid: number;
  readonly started_at: string;
}

/** Notes that this process starts a server; returns how to take that back. Nothing is noted where there is no folder yet. */
export function noteStart(folder: string, file: string): () => void {
  const { pid } = process;
  try {
    if (existsSync(folder))
      writeFileSync(file, JSON.stringify({ pid, born: processBirth(pid), started_at: new Date().toISOString() }), { mode: 0o600 });
  } catch {
    // Where nothing can be written the server says so itself.
  }
  return () => rmSync(file, { force: true });
}

/** The start before, when its process has ended and did not say why; else null. */
export function brokenStart(file: string): BrokenStart | null {
  try {
    const told = parsedObject(readFileSync(file, 'utf8'));
    const [pid, born, started_at] = [told?.['pid'], told?.['born'], told?.['started_at']];
    if (typeof pid !== 'number' || typeof born !== 'string' || typeof started_at !== 'string') return null;
    return processBirth(pid) === born ? null : { pid, started_at };
  } catch {
    return null;
  }
}
