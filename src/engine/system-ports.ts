/**
 * The ports as the operating system gives them.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../contract/ports.ts';

/** The longest a Node timer can wait, in ms. */
const LONGEST_TIMER = 2_147_483_647;

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER));
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    setImmediate(run);
  },
};

/** The machine's randomness. */
export const systemRandom: Random = { next: () => Math.random(), id: () => randomUUID() };
