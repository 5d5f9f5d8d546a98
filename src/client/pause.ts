/**
 * Waiting that can be ended early.
 */
import type { Clock } from '../contract/ports.ts';

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancelTimer();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancelTimer = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
