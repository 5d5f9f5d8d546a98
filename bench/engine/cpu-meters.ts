/**
 * What a life costs in CPU time, by thread: on a machine that others use too it says more than a rate does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { round } from './statistics.ts';

/** µs of CPU time so far, by what spent it; not a number where the system does not tell. */
export type CpuMeters = Readonly<Record<string, () => number>>;

/** The thread that calls, and all others of its process. */
export const OWN_THREADS: CpuMeters = { main_thread: mainThread, other_threads: () => total(process.cpuUsage()) - mainThread() };

/** The threads of a server in another process, and the client that calls it from this one. */
export function metersOf(serverPid: number): CpuMeters {
  return {
    server_main_thread: () => ofThreads(serverPid, (thread) => thread === serverPid),
    server_other_threads: () => ofThreads(serverPid, (thread) => thread !== serverPid),
    client: () => total(process.cpuUsage()),
  };
}

function mainThread(): number {
  return total(process.threadCpuUsage());
}

function total({ user, system }: { readonly user: number; readonly system: number }): number {
  return user + system;
}

/** Linux alone tells it of other processes: ns on a processor, in `schedstat` of every thread. */
function ofThreads(pid: number, isMeant: (thread: number) => boolean): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).filter((thread) => isMeant(Number(thread)));
    const spent = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
    return spent.reduce((sum, ns) => sum + ns / 1000, 0);
  } catch {
    return Number.NaN;
  }
}

/** The cost of a life between two moments. */
export class LifeCosts {
  /** Lives so far. */
  lives = 0;
  readonly #meters: CpuMeters;
  #begun: { readonly lives: number; readonly spent: Readonly<Record<string, number>> } | null = null;
  #costs: Readonly<Record<string, number>> | null = null;

  constructor(meters: CpuMeters) {
    this.#meters = meters;
  }

  /** From here. */
  begin(): void {
    this.#begun = { lives: this.lives, spent: this.#spent() };
  }

  /** Up to here, the first time that it is called: µs per life. */
  end(): Readonly<Record<string, number>> {
    const begun = this.#begun ?? { lives: 0, spent: {} };
    const lives = this.lives - begun.lives;
    this.#costs ??= Object.fromEntries(
      Object.entries(this.#spent()).map(([name, us]) => [name, round((us - (begun.spent[name] ?? Number.NaN)) / lives, 2)]),
    );
    return this.#costs;
  }

  #spent(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#meters).map(([name, meter]) => [name, meter()]));
  }
}
