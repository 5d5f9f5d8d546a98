/**
 * How long tasks of one type take: mean and spread of ln(duration), kept by Welford's recurrence.
 */

/** Running mean and sum of squared deviations of ln(duration in ms). */
export interface DurationEstimate {
  count: number;
  mean: number;
  squares: number;
}

const Z95 = 1.645;
const ENOUGH = 5;

/** Takes in one observed duration in ms (Welford 1962). */
export function observe(estimate: DurationEstimate, durationMs: number): void {
  const x = Math.log(Math.max(1, durationMs));
  const delta = x - estimate.mean;
  estimate.count += 1;
  estimate.mean += delta / estimate.count;
  estimate.squares += delta * (x - estimate.mean);
}

/** The 95 % quantile of a lognormal with these moments, exp(m + 1.645·s), in ms; 0 with fewer than 5 observations. */
export function percentile95(estimate: DurationEstimate | undefined): number {
  if (estimate === undefined || estimate.count < ENOUGH) return 0;
  return Math.exp(estimate.mean + Z95 * Math.sqrt(estimate.squares / (estimate.count - 1)));
}
