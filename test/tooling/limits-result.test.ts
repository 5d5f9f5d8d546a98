/**
 * Row E14: the committed run of `npm run bench:limits` keeps every limit, as the bench judges it; and the bench judges every one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, type Judged, LIMITS_P99_MS } from '../../bench/limits/judge.ts';

const RESULT = join(import.meta.dirname, '../../bench/results/limits.json');

type Result = Judged & { readonly sessions: number; readonly limits_p99_ms: object };

function committed(): Result {
  return JSON.parse(readFileSync(RESULT, 'utf8')) as Result;
}

test('E14: the committed run has 100 sessions and keeps every limit', () => {
  const result = committed();
  expect([result.sessions, result.limits_p99_ms]).toEqual([100, LIMITS_P99_MS]);
  expect(judge(result).filter(({ kept }) => !kept)).toEqual([]);
});

test.each(Object.keys(LIMITS_P99_MS) as (keyof typeof LIMITS_P99_MS)[])(
  'E14: %s: beyond the limit and without a figure it is broken',
  (part) => {
    const broken = (value: unknown): string[] =>
      judge({ ...committed(), [part]: value })
        .filter(({ kept }) => !kept)
        .map(({ what }) => what);
    expect(broken({ here: { p99_ms: LIMITS_P99_MS[part] }, there: { p99_ms: LIMITS_P99_MS[part] - 0.01 } })).toEqual([`${part} here`]);
    expect(broken({})).toEqual([part]);
  },
);

test('E14: availability, errors and the comparison with a file are judged too', () => {
  const state_operations_per_second = { ratio: 2.99 };
  const worse = judge({ ...committed(), available_percent: 99.89, error_percent: 0.1, state_operations_per_second });
  expect(worse.filter(({ kept }) => !kept).map(({ what }) => what)).toEqual(['available', 'errors', 'times a file']);
});
