/**
 * Finds the processes of one run, wherever they went: by parentage, by process group and session, by the run's mark in
 * their environment, and by the run's output pipes. Invariant: a process that does not belong to the run is never named.
 *
 * Linux reads /proc. Elsewhere `ps` gives parentage and group alone, so a process that left both is not found there.
 * Not found anywhere: a process that left its parent, its session, its environment and its output behind.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

/** One living process. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it started, in the system's own notation; tells a process from a later one with the same pid. */
  readonly started: string;
}

/** What the processes of one run have in common. */
export interface RunRoot {
  readonly pid: number;
  /** Start of the first process, or null when it ended before it could be read. */
  readonly started: string | null;
  /** `NAME=value` that every process of the run inherits. */
  readonly mark: string;
  /** Paths of the output pipes; unique to the run. */
  readonly pipes: readonly string[];
}

/** A run whose processes are looked for by descent. */
export interface RunDescent {
  readonly root: Pick<RunRoot, 'pid' | 'started'>;
  /** Members seen before. */
  readonly known: readonly ProcessEntry[];
}

/** The system's processes, as much as ending a run needs of them. */
export interface ProcessTable {
  /** When a process started, or null when there is none. */
  started(pid: number): string | null;
  /** The living processes of a run; `known` are members seen before, whose descendants count even when their marks are gone. */
  members(root: RunRoot, known: readonly ProcessEntry[]): Promise<readonly ProcessEntry[]>;
  /** The living processes of several runs by descent alone, without marks: one look for all of them. */
  descendants(runs: readonly RunDescent[]): Promise<readonly (readonly ProcessEntry[])[]>;
  /** Sends a signal; a negative pid means a process group. False when it could not be sent. */
  signal(pid: number, signal: NodeJS.Signals): boolean;
}

/** The table of this system. */
export function systemProcesses(): ProcessTable {
  return existsSync('/proc/self/stat') ? procProcesses() : psProcesses();
}

/** How a process ended: one of the two is null. */
export interface ProcessEnd {
  readonly exit_code: number | null;
  readonly signal: number | null;
}

/** How a process ended that its parent has not asked about yet; null when it lives or is gone, and where /proc is missing. */
export function unreapedEnd(pid: number): ProcessEnd | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state !== 'Z') return null;
  // The last field is what wait(2) will tell: the signal in the low seven bits, else the exit code above them.
  const told = Number(rest.at(-1));
  const signal = told & 0x7f;
  return signal === 0 ? { exit_code: told >> 8, signal: null } : { exit_code: null, signal };
}

/** The first living child of a process; null when it has none, and where /proc does not tell. */
export function firstChild(pid: number): number | null {
  const children = attempt(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1'));
  const first = Number(children?.split(' ')[0]);
  return Number.isInteger(first) && first > 0 ? first : null;
}

function procProcesses(): ProcessTable {
  return {
    started: (pid) => readStat(pid)?.started ?? null,
    members: (root, known) => Promise.resolve(select(readProc(), root, known, (entry) => carriesMark(entry, root))),
    descendants: (runs) => Promise.resolve(descendantsIn(readProc(), runs)),
    signal: send,
  };
}

/** The table that `ps` prints; the way of systems without /proc. */
export function psProcesses(): ProcessTable {
  return {
    started: () => null,
    members: async (root, known) => select(await readPs(), root, known, () => false),
    descendants: async (runs) => descendantsIn(await readPs(), runs),
    signal: send,
  };
}

function descendantsIn(all: readonly ProcessEntry[], runs: readonly RunDescent[]): readonly (readonly ProcessEntry[])[] {
  return runs.map(({ root, known }) => select(all, root, known, () => false));
}

function select(
  all: readonly ProcessEntry[],
  root: Pick<RunRoot, 'pid' | 'started'>,
  known: readonly ProcessEntry[],
  marked: (entry: ProcessEntry) => boolean,
): readonly ProcessEntry[] {
  const seen = new Map(known.map((entry) => [entry.pid, entry.started]));
  const reused = all.some((entry) => entry.pid === root.pid && root.started !== null && entry.started !== root.started);
  const children = Map.groupBy(all, (entry) => entry.parent);
  const found = new Map<number, ProcessEntry>();
  const add = (entry: ProcessEntry): void => {
    if (entry.pid === process.pid || entry.pid === 1 || found.has(entry.pid)) return;
    found.set(entry.pid, entry);
    for (const child of children.get(entry.pid) ?? []) add(child);
  };
  for (const entry of all) {
    const inGroup = !reused && [entry.pid, entry.group, entry.session].includes(root.pid);
    if (inGroup || seen.get(entry.pid) === entry.started || marked(entry)) add(entry);
  }
  return [...found.values()];
}

function readProc(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
}

function readStat(pid: number): ProcessEntry | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === null) return null;
  const [state, parent, group, session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const gone = state === undefined || 'ZX'.includes(state);
  return gone ? null : { pid, parent: Number(parent), group: Number(group), session: Number(session), started: rest[15] ?? '' };
}

function carriesMark(entry: ProcessEntry, root: RunRoot): boolean {
  if (root.started !== null && Number(entry.started) < Number(root.started)) return false;
  if (attempt(() => readFileSync(`/proc/${entry.pid}/environ`, 'latin1'))?.includes(root.mark) === true) return true;
  return [1, 2].some((fd) => {
    const target = attempt(() => readlinkSync(`/proc/${entry.pid}/fd/${fd}`));
    return target !== null && root.pipes.some((pipe) => target.startsWith(pipe));
  });
}

async function readPs(): Promise<ProcessEntry[]> {
  const columns = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart='].flatMap((column) => ['-o', column]);
  const { stdout } = await promisify(execFile)('ps', ['-A', ...columns], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (pid === undefined || state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: 0, started: started.join(' ') }];
  });
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  return attempt(() => process.kill(pid, signal)) ?? false;
}

/** A process can end between two reads; that is an answer and no error. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
