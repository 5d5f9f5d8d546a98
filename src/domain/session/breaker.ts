/**
 * The circuit breaker of a session (B9): who fails again and again gets nothing for a while, then one task to try.
 *
 * States: closed → open     after failures at `breaker_failures` different tasks without a success between them
 *         open → half-open  after `breaker_pause`, doubled with every opening in a row, at most five minutes
 *         half-open → closed by a success, → open by a failure
 * Only what is given out goes by it: a task that a session claims by name is its own decision. What fails elsewhere too
 * says nothing about the session: a task that failed at another one, or a kind that others fail at more often than not.
 */
import type { Settings } from '../../contract/settings.ts';

const LONGEST_PAUSE_MS = 300_000;

/** What a breaker remembers. */
export interface Breaker {
  /** Tasks that failed here since the last success or opening. */
  failed: readonly string[];
  /** Openings in a row. */
  opened: number;
  /** When it may try again, ms since 1970; 0 while it is closed. */
  until: number;
}

/** A state of a breaker. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** A closed breaker. */
export function createBreaker(): Breaker {
  return { failed: [], opened: 0, until: 0 };
}

/** The state at `now`. */
export function breakerState({ until }: Breaker, now: number): BreakerState {
  if (until === 0) return 'closed';
  return now < until ? 'open' : 'half_open';
}

/** A task failed at the session at `time`. */
export function noteFailure(breaker: Breaker, taskId: string, time: number, rules: Settings): void {
  const state = breakerState(breaker, time);
  if (state === 'open') return;
  if (!breaker.failed.includes(taskId)) breaker.failed = [...breaker.failed, taskId];
  if (state === 'closed' && breaker.failed.length < rules.breaker_failures) return;
  breaker.until = time + Math.min(LONGEST_PAUSE_MS, rules.breaker_pause * 1000 * 2 ** breaker.opened);
  breaker.opened += 1;
  breaker.failed = [];
}

/** A task that had failed at the session failed at another one too. */
export function forgetFailure(breaker: Breaker, taskId: string): void {
  if (breaker.failed.includes(taskId)) breaker.failed = breaker.failed.filter((id) => id !== taskId);
}

/** The session completed a task. */
export function noteSuccess(breaker: Breaker): void {
  if (breaker.failed.length === 0 && breaker.opened === 0) return;
  breaker.failed = [];
  breaker.opened = 0;
  breaker.until = 0;
}
