/**
 * Owns how a process is told from a later one with the same id: by when it began, as the system tells it.
 * Invariant: two processes never have the same id and birth; a process that has ended has none.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ANSWER_WITHIN_MS = 2000;

/** When a living process began, in the words of the system; null when there is no such process or the system does not tell. */
export function processBirth(pid: number): string | null {
  return process.platform === 'linux' ? birthOnLinux(pid) : birthByPs(pid);
}

/** Ticks since the machine began; a process that only waits to be collected has ended. */
function birthOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function birthByPs(pid: number): string | null {
  try {
    const told = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: ANSWER_WITHIN_MS, stdio: 'pipe' });
    return told.trim() || null;
  } catch {
    return null;
  }
}
