/**
 * What is expected of a task at a session, from what was learned of its kind, of the session and of both.
 */
import {
  BETWEEN_VARIANCE,
  durationBelief,
  type LogRatioBelief,
  priorLogRatio,
  WITHIN_VARIANCE,
} from '../../scheduling/duration-estimate.ts';
import { normalQuantile } from '../../scheduling/normal-distribution.ts';
import type { SessionEstimate } from '../../scheduling/session-table.ts';
import { decayedCount, NO_OBSERVATIONS, successEstimate } from '../../scheduling/success-estimate.ts';
import type { KindRecord, PairRecord, SessionRecord, SpreadSum } from './state.ts';

/** How many observations the starting variance, and a session's offset of nothing, are worth. */
const PRIOR_WEIGHT = 4;
const ENOUGH = 5;
const Z95 = normalQuantile(0.95);
/** Estimates that differ by less are the same: 5 % of time, two points of success. */
const FACTOR_STEP = 0.05;
const SUCCESS_STEP = 0.02;

/** Variance of ln(duration ÷ expected) within a kind: what was seen, shrunk to 0.25. Sessions that differ in speed do not add to it. */
export function spreadOf({ n, squares }: SpreadSum): number {
  return (PRIOR_WEIGHT * WITHIN_VARIANCE + squares) / (PRIOR_WEIGHT + n);
}

/** Mean and variance of ln(duration ÷ nominal) of a kind at a session. */
export function beliefOf(kind: KindRecord, session: SessionRecord | undefined, pair: PairRecord | undefined): LogRatioBelief {
  const offset = session === undefined ? 0 : session.offset.sum / (session.offset.n + PRIOR_WEIGHT);
  const mean = priorLogRatio(kind.durations, offset, 1);
  return durationBelief(pair?.durations ?? { n: 0, sum: 0 }, mean, spreadOf(kind.durations), BETWEEN_VARIANCE);
}

/** The probability that an attempt at a kind succeeds at a session. */
function chanceOf(kind: KindRecord, session: SessionRecord, pair: PairRecord | undefined, now: number): number {
  return successEstimate(
    decayedCount(kind.success, now),
    decayedCount(session.success, now),
    decayedCount(pair?.success ?? NO_OBSERVATIONS, now),
  );
}

/** The factor on the nominal duration and the probability of success, for the dispatch; 1 and 1 for a kind that nobody has done. */
export function estimateOf(kinds: ReadonlyMap<string, KindRecord>, session: SessionRecord, kind: string, now: number): SessionEstimate {
  const known = kinds.get(kind);
  if (known === undefined) return { factor: 1, success: 1 };
  const pair = session.pairs.get(kind);
  const { mean, meanVariance, variance } = beliefOf(known, session, pair);
  const success = chanceOf(known, session, pair, now);
  const factor = Math.exp(Math.round((mean + variance / 2) / FACTOR_STEP) * FACTOR_STEP);
  return { factor, success: Math.max(SUCCESS_STEP, Math.round(success / SUCCESS_STEP) * SUCCESS_STEP), unsure: meanVariance };
}

/** The 95 % quantile of a task's duration at a session, in ms; 0 with fewer than 5 ended attempts of its kind. */
export function percentile95(kinds: ReadonlyMap<string, KindRecord>, session: SessionRecord | undefined, task: NominalTask): number {
  return durationQuantile(kinds, session, task, Z95);
}

/** What a task is taken to last before anything is learned, in ms, and its kind. */
export interface NominalTask {
  readonly kind: string;
  readonly nominal: number;
}

/** The duration `z` standard deviations above the mean, exp(m + z·s) times the nominal one, in ms; 0 with fewer than 5 ended attempts. */
export function durationQuantile(
  kinds: ReadonlyMap<string, KindRecord>,
  session: SessionRecord | undefined,
  task: NominalTask,
  z: number,
): number {
  const known = kinds.get(task.kind);
  if (known === undefined || known.count < ENOUGH) return 0;
  const { mean, variance } = beliefOf(known, session, session?.pairs.get(task.kind));
  return task.nominal * Math.exp(mean + z * Math.sqrt(variance));
}
