/**
 * Reads the process table (/proc) to find processes that a test left behind.
 * A process belongs to a test file when it descends from it, or carries its mark in the environment:
 * the mark survives a parent's death, which descent does not.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** A process that is alive. */
export interface LivingProcess {
  readonly pid: number;
  /** Start time in clock ticks since boot: with the pid it names a process for ever. */
  readonly started: string;
  readonly command: string;
}

interface ProcessRow extends LivingProcess {
  readonly parent: number;
  readonly zombie: boolean;
}

/** Living processes that descend from `root` or carry `mark` in their environment; empty where there is no /proc. */
export function processesOf(root: number, mark: string): LivingProcess[] {
  const rows = processTable();
  const family = new Set([root]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const row of rows) if (family.has(row.parent)) family.add(row.pid);
  }
  return rows
    .filter((row) => row.pid !== root && !row.zombie && (family.has(row.pid) || carries(row.pid, mark)))
    .map(({ pid, started, command }) => ({ pid, started, command }));
}

function processTable(): ProcessRow[] {
  return numericFolders('/proc').flatMap((pid) => {
    const stat = readOrNull(`/proc/${pid}/stat`);
    if (stat === null) return [];
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = (readOrNull(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim() || name;
    return [{ pid, command, zombie: fields[0] === 'Z', parent: Number(fields[1]), started: fields[19] ?? '' }];
  });
}

function carries(pid: number, mark: string): boolean {
  return (readOrNull(`/proc/${pid}/environ`) ?? '').split('\0').includes(mark);
}

function numericFolders(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((each) => /^\d+$/.test(each))
      .map(Number);
  } catch {
    return [];
  }
}

/** The text of a file; null when the process ended meanwhile or belongs to somebody else. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
