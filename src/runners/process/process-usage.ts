/**
 * What the processes of a run use: memory that is theirs alone, and processor time, of the ones that ended before as well.
 * Memory is what is held (resident, private, or swapped out), never address space: programs that bring their own garbage
 * collector reserve a hundred times what they use.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Used by a whole tree. */
export interface Used {
  readonly memory_bytes: number;
  /** Of the processes that live, and of their children that have ended. */
  readonly cpu_ms: number;
}

/** The system counts processor time in hundredths of a second, whatever its own clock does. */
const TICK_MS = 10;
const KIB = 1024;

/** What these processes use together; one that has ended meanwhile counts nothing. */
export async function usedBy(pids: readonly number[]): Promise<Used> {
  const each = existsSync('/proc/self/stat') ? pids.map(readUsed) : await askPs(pids);
  return each.reduce(
    (sum, { memory_bytes, cpu_ms }) => ({ memory_bytes: sum.memory_bytes + memory_bytes, cpu_ms: sum.cpu_ms + cpu_ms }),
    NOTHING,
  );
}

const NOTHING: Used = { memory_bytes: 0, cpu_ms: 0 };

function readUsed(pid: number): Used {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const held = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * KIB;
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15);
    return { memory_bytes: held('RssAnon') + held('VmSwap'), cpu_ms: times.reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS };
  } catch {
    return NOTHING;
  }
}

/** The way of systems without /proc. */
export async function askPs(pids: readonly number[]): Promise<readonly Used[]> {
  if (pids.length === 0) return [];
  // It says 1 when one of them has ended, and prints the others.
  const printed = await promisify(execFile)('ps', ['-o', 'rss=', '-o', 'time=', '-p', pids.join(',')]).then(
    ({ stdout }) => stdout,
    () => '',
  );
  return printed.split('\n').flatMap((line) => {
    const [rss, time] = line.trim().split(/\s+/);
    return time === undefined ? [] : [{ memory_bytes: Number(rss) * KIB, cpu_ms: psTime(time) * 1000 }];
  });
}

/** `[[days-]hours:]minutes:seconds` in seconds. */
function psTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').toReversed();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
