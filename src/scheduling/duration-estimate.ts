/**
 * How long a task will take: y = ln(actual / estimate) is normal; its mean for a session and a type is
 * shrunk to m₀ = ȳ_k + δ_s. Precision P = n/σ² + 1/τ², μ = (Σy/σ² + m₀/τ²)/P,
 * E[D] = estimate · exp(μ + (σ² + 1/P)/2). Source: normal–normal shrinkage (Gelman et al., BDA3, 2.5).
 * An attempt that failed or was stopped says only that the duration was at least what it ran: it is
 * counted at its expected completion, never dropped.
 */
import { normalCdf, normalQuantile } from './normal-distribution.ts';

/** Variance of ln(actual / estimate) within a pair, to start with. */
export const WITHIN_VARIANCE = 0.25;

/** Variance of the pairs' means around m₀, to start with. */
export const BETWEEN_VARIANCE = 0.06;

/** Weight of an observation beside the next one. */
const DECAY = 0.95;

/** Decayed number and sum of the observed y. */
export interface LogRatioSum {
  n: number;
  sum: number;
}

/** Mean and variance of ln(duration / estimate). */
export interface LogRatioBelief {
  readonly mean: number;
  /** 1/P: what is not known of the mean. */
  readonly meanVariance: number;
  /** σ² + 1/P: of one more duration. */
  readonly variance: number;
}

/** The belief about a pair from its observations and the prior mean m₀. */
export function durationBelief(
  observed: Readonly<LogRatioSum>,
  priorMean: number,
  within = WITHIN_VARIANCE,
  between = BETWEEN_VARIANCE,
): LogRatioBelief {
  const precision = observed.n / within + 1 / between;
  const mean = (observed.sum / within + priorMean / between) / precision;
  return { mean, meanVariance: 1 / precision, variance: within + 1 / precision };
}

/** m₀: the type's mean log ratio plus the session's offset δ_s, or ln(time_multiplier) while the type has no observations. */
export function priorLogRatio(type: Readonly<LogRatioSum>, sessionOffset: number, timeMultiplier: number): number {
  return (type.n > 0 ? type.sum / type.n : Math.log(timeMultiplier)) + sessionOffset;
}

/** E[D] of a task with this estimate. */
export function expectedDuration(estimate: number, belief: LogRatioBelief): number {
  return estimate * Math.exp(belief.mean + belief.variance / 2);
}

/** The interval that holds the duration with this probability, equal parts left out on both sides. */
export function durationInterval(
  estimate: number,
  belief: LogRatioBelief,
  probability: number,
): { readonly low: number; readonly high: number } {
  const reach = normalQuantile(0.5 + probability / 2) * Math.sqrt(belief.variance);
  return { low: estimate * Math.exp(belief.mean - reach), high: estimate * Math.exp(belief.mean + reach) };
}

/** Takes one more y into a sum; each observation weighs 0.95 of the next. */
export function observeRatio(observed: LogRatioSum, y: number): void {
  observed.n = observed.n * DECAY + 1;
  observed.sum = observed.sum * DECAY + y;
}

/**
 * The y of an attempt that ended without a result after `ran`: it is at least c = ln(ran / estimate),
 * so it counts as E[y | y > c] = μ + σ·φ(z)/(1 - Φ(z)) with z = (c - μ)/σ (Tobin 1958).
 */
export function censoredRatio(ran: number, estimate: number, belief: LogRatioBelief): number {
  const spread = Math.sqrt(belief.variance);
  const z = (Math.log(Math.max(ran, estimate * 1e-6) / estimate) - belief.mean) / spread;
  return belief.mean + spread * inverseMills(z);
}

/** φ(z) / (1 - Φ(z)); grows like z. */
function inverseMills(z: number): number {
  if (z > 30) return z + 1 / z;
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / normalCdf(-z);
}
