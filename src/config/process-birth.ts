/**
 * Owns how a process is told from a later one with the same id: by when it began, as the system tells it.
 * Invariant: two processes never have the same id and birth; a process that has ended has none.
 */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

const ANSWER_WITHIN_MS = 2000;
/** Linux counts a hundred a second for every program. */
const TICK_MS = 10;

/** When a living process began, in the words of the system; null when there is no such process or the system does not tell. */
export function processBirth(pid: number): string | null {
  return process.platform === 'linux' ? birthOnLinux(pid) : birthByPs(pid);
}

/** When this process was started, in ms since 1970: before anything of it ran, however long that took. */
export function startOfThisProcess(): number {
  const ticks = process.platform === 'linux' ? birthOnLinux(process.pid) : null;
  const age_ms = ticks === null ? process.uptime() * 1000 : uptime() * 1000 - Number(ticks) * TICK_MS;
  return Date.now() - age_ms;
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
    // Not imported: it takes a while to load, and on Linux nobody needs it.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    const told = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: ANSWER_WITHIN_MS, stdio: 'pipe' });
    return told.trim() || null;
  } catch {
    return null;
  }
}
