/**
 * When and how often a failed attempt is repeated. Delays double with each attempt, and half of each is jitter,
 * so that many clients of one server that comes back do not return in step.
 */
import type { Failure } from '../contract/failure.ts';

/** How attempts are repeated. */
export interface RetryPolicy {
  /** Attempts in all; 1 never repeats. Default 3. */
  readonly attempts: number;
  /** Pause before the second attempt in ms. Default 200. */
  readonly first_delay_ms: number;
  /** Longest pause in ms. Default 5,000. */
  readonly longest_delay_ms: number;
}

/** The policy of a client that names none. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 3, first_delay_ms: 200, longest_delay_ms: 5000 };

/** The pause after the given number of failed attempts, in ms; never shorter than what the server asked for. */
export function retryDelay(policy: RetryPolicy, failed: number, random: number, failure?: Failure): number {
  const full = Math.min(policy.longest_delay_ms, policy.first_delay_ms * 2 ** Math.min(failed - 1, 30));
  const pause = full * (0.5 + random / 2);
  const asked = Number(failure?.params['retry_after'] ?? 0) * 1000;
  return Number.isFinite(asked) && asked > pause ? asked + pause / 2 : pause;
}
