/**
 * What a client takes from its surroundings beside the network: time and randomness.
 */

/** Time. The engine's clock fits. */
export interface ClientClock {
  /** ms since 1970. */
  now(): number;
  /** Runs once after at least `ms`. Returns how to end it. */
  after(ms: number, run: () => void): () => void;
}

/** Randomness. */
export interface ClientRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh id of letters, digits and hyphens. */
  id(): string;
}
