/**
 * Asks again whenever something happened that matters, until the answer is enough, the time is over, or the caller has gone.
 * Invariant: it listens before it asks, so nothing that happens in between is missed; it asks once at a time.
 */
import type { LogEvent } from '../contract/event.ts';
import type { Feed } from '../engine/feed.ts';

/** How long to wait, and for what. */
export interface Patience<T> {
  /** Events after which the answer may be another one. */
  readonly concerns: (event: LogEvent) => boolean;
  readonly isEnough: (answer: T) => boolean;
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The first answer that is enough, or the last one when the time is over. */
export async function awaitEvents<T>(feed: Feed, ask: () => Promise<T>, { concerns, isEnough, waitMs, signal }: Patience<T>): Promise<T> {
  let over = signal?.aborted === true;
  let happened = false;
  let wake: () => void = () => undefined;
  const nudge = (events: readonly LogEvent[]): void => {
    if (!events.some(concerns)) return;
    happened = true;
    wake();
  };
  const end = (): void => {
    over = true;
    wake();
  };
  const stop = feed.listen(nudge);
  const timer = setTimeout(end, waitMs);
  signal?.addEventListener('abort', end);
  try {
    for (;;) {
      happened = false;
      const answer = await ask();
      if (isEnough(answer) || over) return answer;
      if (!happened) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop();
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}
