/**
 * How likely a session is to complete a task of a type: decayed counts, shrunk from the pair to the
 * session to the type. p_k = (S_k + 2)/(N_k + 3); p⁰_sk = (S_s + 4 p_k)/(N_s + 4);
 * p̂_sk = (S_sk + 4 p⁰_sk)/(N_sk + 4). Source: beta-binomial shrinkage (Efron & Morris 1975), weights
 * measured in reference simulations.
 */

/** Decayed numbers of successes and of observations, as of a time (ms). */
export interface SuccessCount {
  readonly successes: number;
  readonly observations: number;
  readonly at: number;
}

/** Decay per observation. */
const DECAY_PER_OBSERVATION = 0.95;

/** Half-life of what was observed, in ms: seven days. */
export const HALF_LIFE_MS = 7 * 24 * 3_600_000;

/** A count without observations. */
export const NO_OBSERVATIONS: SuccessCount = { successes: 0, observations: 0, at: 0 };

/** A count as of a later time: halved every seven days. */
export function decayedCount(count: SuccessCount, now: number): SuccessCount {
  const factor = count.observations === 0 ? 1 : 0.5 ** (Math.max(0, now - count.at) / HALF_LIFE_MS);
  return { successes: count.successes * factor, observations: count.observations * factor, at: now };
}

/** A count after one more observation; earlier ones weigh 0.95 of what they did. */
export function observeSuccess(count: SuccessCount, success: boolean, now: number): SuccessCount {
  const { successes, observations } = decayedCount(count, now);
  return {
    successes: successes * DECAY_PER_OBSERVATION + (success ? 1 : 0),
    observations: observations * DECAY_PER_OBSERVATION + 1,
    at: now,
  };
}

/** p̂_sk from the counts of the type (k), the session (s) and the pair (sk), all as of the same time. */
export function successEstimate(type: SuccessCount, session: SuccessCount, pair: SuccessCount): number {
  const ofType = (type.successes + 2) / (type.observations + 3);
  const prior = (session.successes + 4 * ofType) / (session.observations + 4);
  return (pair.successes + 4 * prior) / (pair.observations + 4);
}
