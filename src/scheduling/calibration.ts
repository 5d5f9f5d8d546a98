/**
 * Whether the estimates deserve trust: the intervals must cover what they claim, and the success
 * probabilities must beat the base rate. Source: Brier 1950; Gneiting & Raftery 2007.
 */

/** One judged prediction of a duration: the interval and what it was. */
export interface IntervalOutcome {
  readonly low: number;
  readonly high: number;
  readonly actual: number;
}

/** Part of the outcomes inside their intervals; NaN without outcomes. */
export function intervalCoverage(outcomes: readonly IntervalOutcome[]): number {
  const inside = outcomes.filter(({ low, high, actual }) => actual >= low && actual <= high).length;
  return inside / outcomes.length;
}

/** One judged prediction of success. */
export interface SuccessOutcome {
  readonly predicted: number;
  readonly success: boolean;
}

/** Mean squared error of the probabilities: 0 is perfect, 0.25 a coin. NaN without outcomes. */
export function brierScore(outcomes: readonly SuccessOutcome[]): number {
  return outcomes.reduce((sum, { predicted, success }) => sum + (predicted - (success ? 1 : 0)) ** 2, 0) / outcomes.length;
}

/** The score of always predicting the share of successes: p(1 - p). */
export function baseRateScore(outcomes: readonly SuccessOutcome[]): number {
  const rate = outcomes.filter(({ success }) => success).length / outcomes.length;
  return rate * (1 - rate);
}

/** What a calibration report says. */
export interface CalibrationReport {
  readonly coverage_50: number;
  readonly coverage_90: number;
  readonly brier: number;
  readonly base_rate: number;
  /** False: use the priors per type. */
  readonly durations_trusted: boolean;
  readonly success_trusted: boolean;
}

/** Judges estimates: coverage within 5 points of 50 and 90 %, Brier below the base rate. */
export function calibrationReport(
  half: readonly IntervalOutcome[],
  ninety: readonly IntervalOutcome[],
  success: readonly SuccessOutcome[],
): CalibrationReport {
  const coverage50 = intervalCoverage(half);
  const coverage90 = intervalCoverage(ninety);
  const brier = brierScore(success);
  const baseRate = baseRateScore(success);
  return {
    coverage_50: coverage50,
    coverage_90: coverage90,
    brier,
    base_rate: baseRate,
    durations_trusted: Math.abs(coverage50 - 0.5) <= 0.05 && Math.abs(coverage90 - 0.9) <= 0.05,
    success_trusted: brier < baseRate,
  };
}
