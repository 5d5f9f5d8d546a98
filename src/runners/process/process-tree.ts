/**
 * Ends all processes of a run: SIGTERM to each, a grace period, then SIGKILL until none is left, within a bound.
 * Invariant: a signal goes only to what was found to belong to the run a moment before; what survives is reported.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessEntry, ProcessTable, RunRoot } from './process-table.ts';

/**
 * A process that waits for a dead disk takes no signal, so SIGKILL is repeated only so long before the rest counts as surviving.
 * On a busy machine one that was killed takes seconds to die.
 */
const KILL_MS = 20_000;
const LONGEST_PAUSE_MS = 200;

/** Ends the run's processes and returns the pids of those that could not be ended; both times in milliseconds. */
export async function endTree(root: RunRoot, grace_ms: number, processes: ProcessTable, kill_ms = KILL_MS): Promise<readonly number[]> {
  const first = await processes.members(root, []);
  if (first.length === 0) return [];
  for (const entry of first) processes.signal(entry.pid, 'SIGTERM');
  const stubborn = await follow({ root, processes, for_ms: grace_ms, each: () => {} }, first);
  if (stubborn.length === 0) return [];
  const left = await follow({ root, processes, for_ms: kill_ms, each: (members) => kill(members, processes) }, stubborn);
  return left.map((entry) => entry.pid);
}

interface Pursuit {
  readonly root: RunRoot;
  readonly processes: ProcessTable;
  readonly for_ms: number;
  readonly each: (members: readonly ProcessEntry[]) => void;
}

/** Looks again and again, ever more rarely, until no member is left or the time is over; returns who is left. */
async function follow(pursuit: Pursuit, start: readonly ProcessEntry[]): Promise<readonly ProcessEntry[]> {
  const deadline = performance.now() + pursuit.for_ms;
  let members = start;
  for (let pause = 5; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    pursuit.each(members);
    const remaining = deadline - performance.now();
    if (remaining > 0) await sleep(Math.min(pause, remaining));
    members = await pursuit.processes.members(pursuit.root, members);
    if (members.length === 0 || remaining <= 0) return members;
  }
}

/**
 * A whole group dies at once, so that a process which forks faster than we look cannot outrun the signal.
 * The groups are the run's own: its first process began a session, and no process can join a group of another session.
 */
function kill(members: readonly ProcessEntry[], processes: ProcessTable): void {
  const groups = new Set(members.map((entry) => entry.group).filter((group) => group > 1));
  for (const group of groups) processes.signal(-group, 'SIGKILL');
  for (const entry of members) processes.signal(entry.pid, 'SIGKILL');
}
