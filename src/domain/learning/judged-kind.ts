/**
 * What is expected of a kind of task, and how its expectations fared.
 */
import { type CalibrationReport, calibrationReport } from '../../scheduling/calibration.ts';
import { decayedCount } from '../../scheduling/success-estimate.ts';
import { spreadOf } from './estimate.ts';
import type { KindRecord } from './state.ts';

/** A kind of task, judged. */
export interface JudgedKind extends CalibrationReport {
  readonly attempts: number;
  readonly success_rate: number;
  /** Usual duration over the nominal one. */
  readonly median_factor: number;
  /** Standard deviation of ln(duration ÷ expected). */
  readonly spread: number;
}

/** Judges a kind at `now`. */
export function judgedKind({ count, success, durations, judged }: KindRecord, now: number): JudgedKind {
  const { successes, observations } = decayedCount(success, now);
  return {
    attempts: count,
    success_rate: observations === 0 ? 0 : successes / observations,
    median_factor: durations.n === 0 ? 1 : Math.exp(durations.sum / durations.n),
    spread: Math.sqrt(spreadOf(durations)),
    ...calibrationReport(judged),
  };
}
