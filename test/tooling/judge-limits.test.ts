/**
 * Row E14: `npm run bench:limits` judges every limit.
 */
import { expect, test } from 'vitest';
import { judge, type Judged, LIMITS_P99_MS } from '../../bench/limits/judge.ts';

const tail = { p99_ms: 1 };
const GOOD: Judged = {
  session_start: tail,
  state_query: { '/swarm/status': tail },
  hook: { SessionStart: tail, Stop: tail },
  dashboard_refresh: tail,
  agent_spawn: tail,
  critical_operation: { 'work.claim': tail },
  available_percent: 99.9,
  error_percent: 0.09,
  state_operations_per_second: { ratio: 3 },
};

test('E14: a run within its limits keeps them, figure by figure', () => {
  expect(judge(GOOD).map(({ what, limit, kept }) => `${what} ${limit} ${kept}`)).toEqual([
    'session_start < 100 ms true',
    'state_query /swarm/status < 50 ms true',
    'hook SessionStart < 200 ms true',
    'hook Stop < 200 ms true',
    'dashboard_refresh < 500 ms true',
    'agent_spawn < 1000 ms true',
    'critical_operation work.claim < 100 ms true',
    'available >= 99.9 % true',
    'errors < 0.1 % true',
    'times a file >= 3 true',
  ]);
});

test.each(Object.keys(LIMITS_P99_MS) as (keyof typeof LIMITS_P99_MS)[])(
  'E14: %s: beyond the limit and without a figure it is broken',
  (part) => {
    const broken = (value: unknown): string[] =>
      judge({ ...GOOD, [part]: value })
        .filter(({ kept }) => !kept)
        .map(({ what }) => what);
    expect(broken({ here: { p99_ms: LIMITS_P99_MS[part] }, there: { p99_ms: LIMITS_P99_MS[part] - 0.01 } })).toEqual([`${part} here`]);
    expect(broken({})).toEqual([part]);
  },
);

test('E14: availability, errors and the comparison with a file are judged too', () => {
  const state_operations_per_second = { ratio: 2.99 };
  const worse = judge({ ...GOOD, available_percent: 99.89, error_percent: 0.1, state_operations_per_second });
  expect(worse.filter(({ kept }) => !kept).map(({ what }) => what)).toEqual(['available', 'errors', 'times a file']);
});
