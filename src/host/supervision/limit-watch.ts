/**
 * Watches what sessions with limits use: the processes of each, whatever they started. One look at the system serves all of
 * them, once a second; sessions without limits cost nothing.
 * Invariant: a process that was seen to belong to a session goes on counting for it, also after it left its parent.
 */
import type { Clock } from '../../contract/ports.ts';
import { type ProcessEntry, systemProcesses } from '../../runners/process/process-table.ts';
import { type Used, usedBy } from '../../runners/process/process-usage.ts';
import type { TerminalSeen } from '../terminals/terminal-home.ts';
import type { WantedSession } from './reconcile.ts';

const EVERY_MS = 1_000;

/** What sessions use. */
export class LimitWatch {
  readonly #clock: Clock;
  #known = new Map<string, readonly ProcessEntry[]>();
  #used = new Map<number, Used>();
  #looked = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What those used that run and have a limit, a second ago at most; by the first process of each. */
  async look(seen: readonly TerminalSeen[], wanted: readonly WantedSession[]): Promise<ReadonlyMap<number, Used>> {
    const limited = new Set(wanted.filter(({ memory_mb, cpu_seconds }) => memory_mb !== null || cpu_seconds !== null).map(({ id }) => id));
    const watched = seen.filter(({ id, alive }) => alive && limited.has(id));
    const now = this.#clock.now();
    if (watched.length === 0 || Math.abs(now - this.#looked) < EVERY_MS) return this.#used;
    this.#looked = now;
    const processes = systemProcesses();
    const roots = watched.map(({ id, root }) => ({
      root: { pid: root, started: processes.started(root) },
      known: this.#known.get(id) ?? [],
    }));
    const found = await processes.descendants(roots);
    this.#known = new Map(watched.map(({ id }, place) => [id, found[place] ?? []]));
    const used = watched.map(async ({ root }, place) => [root, await usedBy((found[place] ?? []).map(({ pid }) => pid))] as const);
    this.#used = new Map(await Promise.all(used));
    return this.#used;
  }
}
