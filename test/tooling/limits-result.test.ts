/**
 * Row E14: the committed run of `npm run bench:limits` keeps every limit, judged as the bench judges itself.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, type Judged, LIMITS_P99_MS } from '../../bench/limits/judge.ts';

const RESULT = join(import.meta.dirname, '../../bench/results/limits.json');

test('E14: the committed run has 100 sessions and keeps every limit', () => {
  const result = JSON.parse(readFileSync(RESULT, 'utf8')) as Judged & { readonly sessions: number; readonly limits_p99_ms: object };
  expect([result.sessions, result.limits_p99_ms]).toEqual([100, LIMITS_P99_MS]);
  expect(judge(result).filter(({ kept }) => !kept)).toEqual([]);
});
