/**
 * The limits of E14, and whether a run kept them: the bench judges itself, and a test the committed result.
 */

/** One figure beside its limit. */
export interface Judgement {
  readonly what: string;
  readonly measured: number;
  readonly limit: string;
  readonly kept: boolean;
}

/** Limits at p99 in ms, by the part of the result that is under them. */
export const LIMITS_P99_MS = {
  session_start: 100,
  state_query: 50,
  hook: 200,
  dashboard_refresh: 500,
  agent_spawn: 1000,
  critical_operation: 100,
} as const;

/** The others: shares in percent, and how much faster than a file state operations are. */
const OTHER_LIMITS = { available_percent: 99.9, error_percent: 0.1, ratio: 3 } as const;

/** What is judged of a result, whatever else it holds. */
export type Judged = Readonly<Record<keyof typeof LIMITS_P99_MS, unknown>> & {
  readonly available_percent: number;
  readonly error_percent: number;
  readonly state_operations_per_second: { readonly ratio: number };
};

/** Every figure beside its limit. A part without a figure breaks its limit. */
export function judge(result: Judged): Judgement[] {
  const times = Object.entries(LIMITS_P99_MS).flatMap(([part, limit]) => {
    const figures = tailsIn(result[part as keyof typeof LIMITS_P99_MS], part);
    if (figures.length === 0) figures.push({ what: part, measured: Number.NaN });
    return figures.map((each) => ({ ...each, limit: `< ${limit} ms`, kept: each.measured < limit }));
  });
  const { available_percent, error_percent, state_operations_per_second } = result;
  const { ratio } = state_operations_per_second;
  return [
    ...times,
    { what: 'available', measured: available_percent, limit: '>= 99.9 %', kept: available_percent >= OTHER_LIMITS.available_percent },
    { what: 'errors', measured: error_percent, limit: '< 0.1 %', kept: error_percent < OTHER_LIMITS.error_percent },
    { what: 'times a file', measured: ratio, limit: '>= 3', kept: ratio >= OTHER_LIMITS.ratio },
  ];
}

/** The figures at p99 in a part: its own, or those below it by name. */
function tailsIn(part: unknown, what: string): { what: string; measured: number }[] {
  if (typeof part !== 'object' || part === null) return [];
  if ('p99_ms' in part) return [{ what, measured: Number(part.p99_ms) }];
  return Object.entries(part).flatMap(([name, each]) => tailsIn(each, `${what} ${name}`));
}
