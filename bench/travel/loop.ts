/**
 * The worst delay of the engine's loop under a light load, without checkpoints and while they are made one after the other.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadCheckpoints } from '../../src/travel/thread-checkpoints.ts';
import { callsOf } from '../engine/in-process.ts';
import { live, sessionToRegister } from '../engine/lives.ts';
import { round } from '../engine/statistics.ts';
import { openDefault } from './sample-log.ts';

const SECONDS = 8;

/** ms. */
export interface LoopDelays {
  readonly without_ms: number;
  readonly with_ms: number;
  readonly without_p99_ms: number;
  readonly with_p99_ms: number;
  readonly checkpoints_made: number;
}

/** Measures on the log in this folder. */
export async function measureLoop(folder: string): Promise<LoopDelays> {
  const engine = await openDefault(folder);
  const call = callsOf(engine);
  await call('session.register', sessionToRegister('loop', 1));
  let going = true;
  const load = (async () => {
    for (let number = 0; going; number += 1) {
      await live(call, 'loop', number);
      await sleep(2);
    }
  })();
  await delaysOf(async () => sleep(2000));
  const without = await delaysOf(async () => sleep(SECONDS * 1000));
  const checkpoints = new ThreadCheckpoints({ folder, swarm: 'default' }, 0, 1);
  let made = 0;
  const withThem = await delaysOf(async () => {
    for (const end = performance.now() + SECONDS * 1000; performance.now() < end; made += 1) await checkpoints.make(engine.feed.head);
  });
  going = false;
  await load;
  await engine.close();
  return {
    without_ms: without.worst,
    with_ms: withThem.worst,
    without_p99_ms: without.p99,
    with_p99_ms: withThem.p99,
    checkpoints_made: made,
  };
}

async function delaysOf(work: () => Promise<unknown>): Promise<{ readonly worst: number; readonly p99: number }> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return { worst: round(histogram.max / 1e6, 1), p99: round(histogram.percentile(99) / 1e6, 1) };
}
