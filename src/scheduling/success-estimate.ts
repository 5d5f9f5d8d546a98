/**
 * How likely a session is to complete a task of a type: decayed counts, shrunk from the pair to the
 * session to the type. p_k = (S_k + 2)/(N_k + 3); p⁰_sk = (S_s + 4 p_k)/(N_s + 4);
 * p̂_sk = (S_sk + 4 p⁰_sk)/(N_sk + 4). Source: beta-binomial shrinkage (Efron & Morris 1975), weights
 * measured in reference simulations.
 */

/** Decayed numbers of successes and of observations, as of a time (ms). */
export interface SuccessCount {
  successes: number;
  observations: number;
  at: number;
}

/** Decay per observation. */
const DECAY_PER_OBSERVATION = 0.95;

/** Half-life of what was observed, in ms: seven days. */
export const HALF_LIFE_MS = 7 * 24 * 3_600_000;

/** A count without observations. */
export const NO_OBSERVATIONS: Readonly<SuccessCount> = Object.freeze(createSuccessCount());

/** A count that begins. */
export function createSuccessCount(): SuccessCount {
  return { successes: 0, observations: 0, at: 0 };
}

/** A count as of a later time: halved every seven days. */
export function decayedCount(count: Readonly<SuccessCount>, now: number): SuccessCount {
  const decayed = { ...count };
  decay(decayed, now);
  return decayed;
}

/** Brings a count to a later time: halved every seven days. */
export function decay(count: SuccessCount, now: number): void {
  if (count.observations > 0 && now > count.at) {
    const factor = 0.5 ** ((now - count.at) / HALF_LIFE_MS);
    count.successes *= factor;
    count.observations *= factor;
  }
  count.at = now;
}

/** Counts one more observation as of the count's own time; earlier ones weigh 0.95 of what they did. */
export function observeSuccess(count: SuccessCount, success: boolean): void {
  count.successes = count.successes * DECAY_PER_OBSERVATION + (success ? 1 : 0);
  count.observations = count.observations * DECAY_PER_OBSERVATION + 1;
}

/** p̂_sk from the counts of the type (k), the session (s) and the pair (sk), all as of the same time. */
export function successEstimate(type: Readonly<SuccessCount>, session: Readonly<SuccessCount>, pair: Readonly<SuccessCount>): number {
  const ofType = (type.successes + 2) / (type.observations + 3);
  const prior = (session.successes + 4 * ofType) / (session.observations + 4);
  return (pair.successes + 4 * prior) / (pair.observations + 4);
}
