/**
 * The worst delay of the engine's loop under a light load: windows without checkpoints and windows in which they are made one
 * after the other, in turn, so that what the machine does besides meets both.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { callsOf } from '../engine/in-process.ts';
import { live, sessionToRegister } from '../engine/lives.ts';
import { round } from '../engine/statistics.ts';
import { openDefault } from './sample-log.ts';

const WINDOWS = 5;
const WINDOW_MS = 6000;
const WARM_MS = 3000;

/** ms, over windows of one kind. */
interface WindowDelays {
  /** The worst of all windows, and the middle one of the windows' worst. */
  readonly worst_ms: number;
  readonly middle_worst_ms: number;
  readonly p99_ms: number;
  /** How much of the time this thread wanted a core and had none: on a quiet machine next to nothing. */
  readonly waited_for_core: number;
}

/** What checkpoints cost the loop. */
export interface LoopDelays {
  readonly tasks_in_memory: number;
  readonly without: WindowDelays;
  readonly with: WindowDelays;
  /** With less without: of the worst, and of the middle window. */
  readonly added_ms: number;
  readonly added_middle_ms: number;
  readonly checkpoints_made: number;
  readonly slowest_checkpoint_s: number;
}

interface Window {
  readonly worst: number;
  readonly p99: number;
  readonly waited: number;
}

/** Measures on the log in this folder. */
export async function measureLoop(folder: string): Promise<LoopDelays> {
  const engine = await openDefault(folder);
  const call = callsOf(engine);
  await call('session.register', sessionToRegister('loop', 1));
  const tasks_in_memory = await engine.read((state) => state.tasks.size);
  let going = true;
  const load = (async () => {
    for (let number = 0; going; number += 1) {
      await live(call, 'loop', number);
      await sleep(2);
    }
  })();
  const checkpoints = new ThreadCheckpoints({ folder, swarm: 'default' }, 0, 1);
  let made = 0;
  let slowest = 0;
  const make = async (): Promise<void> => {
    for (const end = performance.now() + WINDOW_MS; performance.now() < end; made += 1)
      slowest = Math.max(slowest, await checkpoints.make(engine.feed.head));
  };
  await sleep(WARM_MS);
  const [without, withThem]: [Window[], Window[]] = [[], []];
  for (let turn = 0; turn < WINDOWS; turn += 1) {
    const begun = performance.now();
    withThem.push(await watch(make));
    // As long as the window before: what comes by chance comes to both.
    const took = performance.now() - begun;
    without.push(await watch(() => sleep(took)));
  }
  going = false;
  await load;
  await engine.close();
  const [a, b] = [summed(without), summed(withThem)];
  return {
    tasks_in_memory,
    without: a,
    with: b,
    added_ms: round(b.worst_ms - a.worst_ms, 1),
    added_middle_ms: round(b.middle_worst_ms - a.middle_worst_ms, 1),
    checkpoints_made: made,
    slowest_checkpoint_s: round(slowest / 1000, 2),
  };
}

async function watch(work: () => Promise<unknown>): Promise<Window> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const [begun, waited] = [performance.now(), waitedMs()];
  histogram.enable();
  await work();
  histogram.disable();
  const share = (waitedMs() - waited) / (performance.now() - begun);
  return { worst: histogram.max / 1e6, p99: histogram.percentile(99) / 1e6, waited: share };
}

function summed(windows: readonly Window[]): WindowDelays {
  const worst = windows.map((each) => each.worst).toSorted((a, b) => a - b);
  return {
    worst_ms: round(worst.at(-1) ?? Number.NaN, 1),
    middle_worst_ms: round(worst[Math.floor(worst.length / 2)] ?? Number.NaN, 1),
    p99_ms: round(Math.max(...windows.map(({ p99 }) => p99)), 1),
    waited_for_core: round(windows.reduce((sum, { waited }) => sum + waited, 0) / windows.length, 3),
  };
}

/** ms that this thread stood in line for a core; NaN where the system does not tell. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
