/**
 * Time and randomness as the platform gives them: Node and browsers alike.
 */
import type { Clock, Random } from '../contract/ports.ts';

/** The platform's clock. Unlike the engine's, its timers keep the process alive: a caller waits for each of them. */
export const clientClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    setTimeout(run, 0);
  },
};

/** The platform's randomness. randomUUID is missing on pages that came over plain HTTP, getRandomValues never is. */
export const clientRandom: Random = {
  next: () => Math.random(),
  id: () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
};
