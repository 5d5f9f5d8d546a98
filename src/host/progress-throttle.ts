/**
 * Thins out reports: at most one per interval, the newest wins, and the last one is never lost to the interval.
 * Invariant: one report is under way at a time, so that they arrive in order.
 */
import type { Clock } from '../contract/ports.ts';

/** Takes reports as fast as they come. */
export interface ProgressThrottle<T> {
  /** Offers a report; it replaces one that still waits. */
  offer(report: T): void;
  /** Drops what waits and takes nothing more. Resolves when nothing is under way. */
  close(): Promise<void>;
}

/** Makes a throttle. `send` must not reject; `interval_ms` is the least time between the starts of two sends. */
export function createProgressThrottle<T>(clock: Clock, interval_ms: number, send: (report: T) => Promise<void>): ProgressThrottle<T> {
  let waiting: { readonly report: T } | null = null;
  let cancelTimer: (() => void) | null = null;
  let sending: Promise<void> | null = null;
  let closed = false;

  const pump = (): void => {
    if (closed || waiting === null || cancelTimer !== null || sending !== null) return;
    const { report } = waiting;
    waiting = null;
    cancelTimer = clock.after(interval_ms, () => {
      cancelTimer = null;
      pump();
    });
    sending = send(report).then(() => {
      sending = null;
      pump();
    });
  };

  return {
    offer: (report) => {
      if (closed) return;
      waiting = { report };
      pump();
    },
    close: async () => {
      closed = true;
      waiting = null;
      cancelTimer?.();
      cancelTimer = null;
      await sending;
    },
  };
}
