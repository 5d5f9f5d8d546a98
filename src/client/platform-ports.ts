/**
 * Time and randomness as the platform gives them: Node and browsers alike.
 */
import type { ClientClock, ClientRandom } from './client-ports.ts';

/** The platform's clock. A timer keeps the process alive: somebody waits for it. */
export const platformClock: ClientClock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The platform's randomness. randomUUID is missing on pages that came over plain HTTP, getRandomValues never is. */
export const platformRandom: ClientRandom = {
  next: () => Math.random(),
  id: () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
};
