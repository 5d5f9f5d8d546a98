/**
 * A clock whose timers end together: what is closed leaves no timer behind that keeps the process alive.
 */
import type { CancelTimer, Clock } from '../contract/ports.ts';

/** A clock that can be closed. */
export interface ClosableClock extends Clock {
  /** Ends every timer that waits; later ones never run. */
  close(): void;
}

/** Wraps a clock. */
export function closableClock(clock: Clock): ClosableClock {
  const timers = new Set<CancelTimer>();
  let closed = false;
  return {
    now: () => clock.now(),
    soon: (run) => clock.soon(run),
    after: (ms, run) => {
      if (closed) return () => undefined;
      const cancelTimer = clock.after(ms, () => {
        timers.delete(cancelTimer);
        run();
      });
      timers.add(cancelTimer);
      return () => {
        timers.delete(cancelTimer);
        cancelTimer();
      };
    },
    close: () => {
      closed = true;
      for (const cancelTimer of timers) cancelTimer();
      timers.clear();
    },
  };
}
