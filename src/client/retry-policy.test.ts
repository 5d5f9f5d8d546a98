/** Delays between attempts. */
import { expect, test } from 'vitest';
import { Failure } from '../contract/failure.ts';
import { DEFAULT_RETRY, retryDelay } from './retry-policy.ts';

test('delays double up to the longest, and half of each is jitter', () => {
  const delays = [1, 2, 3, 10, 1000].map((failed) => [retryDelay(DEFAULT_RETRY, failed, 0), retryDelay(DEFAULT_RETRY, failed, 1)]);
  expect(delays).toEqual([
    [100, 200],
    [200, 400],
    [400, 800],
    [2500, 5000],
    [2500, 5000],
  ]);
});

test('the server may ask for a longer pause, never for a shorter one', () => {
  const busy = (retry_after: number): Failure => new Failure('too_many_requests', { reason: '', retry_after });
  expect(retryDelay(DEFAULT_RETRY, 1, 0, busy(3))).toBe(3050);
  expect(retryDelay(DEFAULT_RETRY, 1, 0, busy(0))).toBe(100);
  expect(retryDelay(DEFAULT_RETRY, 1, 0, new Failure('shutting_down'))).toBe(100);
});
