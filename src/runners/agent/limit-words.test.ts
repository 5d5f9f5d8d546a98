import { expect, test } from 'vitest';
import { limitIn } from './limit-words.ts';

const now = Date.parse('2026-11-21T10:00:00.000Z');

test.each([
  ['Claude AI usage limit reached|1795300000', 'usage', 1_795_300_000_000],
  ['API Error: Request rejected (429) · Too many requests', 'rate', null],
  ['rate_limit_exceeded: Please try again in 20s.', 'rate', now + 20_000],
  ['Quota exceeded, resets at 2026-11-21T12:00:00Z', 'usage', now + 7_200_000],
  ['RESOURCE_EXHAUSTED. Please retry in 1.5h', 'usage', now + 5_400_000],
  ['429 Too Many Requests: retry after 250 ms', 'rate', now + 250],
  ['API Error: 529 Overloaded', 'overloaded', null],
])('F3: %s', (text, limit, reset_at) => {
  expect(limitIn(text, now)).toEqual({ limit, reset_at });
});

test('what is no limit is none', () => {
  expect(limitIn('The file has 42 lines.', now)).toBeNull();
});
