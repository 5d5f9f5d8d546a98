/**
 * Whether the estimates deserve trust: the intervals must cover what they claim, and the success probabilities must beat
 * the base rate. Judged by what was predicted before each outcome; earlier outcomes fade. Source: Brier 1950; Gneiting &
 * Raftery 2007.
 */
import { normalQuantile } from './normal-distribution.ts';

/** Weight of an outcome beside the next one. */
const DECAY = 0.99;

/** Half the width of the central 50 and 90 % intervals of a normal, in standard deviations. */
const REACH_50 = normalQuantile(0.75);
const REACH_90 = normalQuantile(0.95);

/** Outcomes from which a judgement is made, and how far the coverage may be off. */
const ENOUGH = 20;
const TOLERANCE = 0.05;

/** Faded sums of judged predictions. */
export interface CalibrationSums {
  durations: number;
  inside_50: number;
  inside_90: number;
  outcomes: number;
  successes: number;
  squared_error: number;
}

/** Nothing judged yet. */
export function createCalibration(): CalibrationSums {
  return { durations: 0, inside_50: 0, inside_90: 0, outcomes: 0, successes: 0, squared_error: 0 };
}

/** Takes in one more duration, which was `deviations` standard deviations from what was expected. */
export function judgeDuration(sums: CalibrationSums, deviations: number): void {
  const distance = Math.abs(deviations);
  sums.durations = sums.durations * DECAY + 1;
  sums.inside_50 = sums.inside_50 * DECAY + (distance <= REACH_50 ? 1 : 0);
  sums.inside_90 = sums.inside_90 * DECAY + (distance <= REACH_90 ? 1 : 0);
}

/** Takes in one more outcome, to which this probability of success was given. */
export function judgeSuccess(sums: CalibrationSums, predicted: number, success: boolean): void {
  const outcome = success ? 1 : 0;
  const error = predicted - outcome;
  sums.outcomes = sums.outcomes * DECAY + 1;
  sums.successes = sums.successes * DECAY + outcome;
  sums.squared_error = sums.squared_error * DECAY + error * error;
}

/** What a calibration report says; null where too little was judged. */
export interface CalibrationReport {
  /** Parts of the durations inside their 50 and 90 % intervals. */
  readonly coverage_50: number | null;
  readonly coverage_90: number | null;
  /** Mean squared error of the probabilities: 0 is perfect. */
  readonly brier: number | null;
  /** The same for always predicting the share of successes, p(1 - p). */
  readonly base_rate: number | null;
  /** Covered 50 and 90 ± 5 points. */
  readonly durations_trusted: boolean | null;
  /** Not worse than the base rate. */
  readonly success_trusted: boolean | null;
}

/** Judges the estimates. */
export function calibrationReport({
  durations,
  inside_50,
  inside_90,
  outcomes,
  successes,
  squared_error,
}: Readonly<CalibrationSums>): CalibrationReport {
  const knowsDurations = durations >= ENOUGH * 0.9;
  const knowsOutcomes = outcomes >= ENOUGH * 0.9;
  const coverage50 = inside_50 / durations;
  const coverage90 = inside_90 / durations;
  const rate = successes / outcomes;
  const brier = squared_error / outcomes;
  const isNear = (coverage: number, claimed: number): boolean => Math.abs(coverage - claimed) <= TOLERANCE;
  return {
    coverage_50: knowsDurations ? coverage50 : null,
    coverage_90: knowsDurations ? coverage90 : null,
    brier: knowsOutcomes ? brier : null,
    base_rate: knowsOutcomes ? rate * (1 - rate) : null,
    durations_trusted: knowsDurations ? isNear(coverage50, 0.5) && isNear(coverage90, 0.9) : null,
    success_trusted: knowsOutcomes ? brier <= rate * (1 - rate) + 1e-9 : null,
  };
}
