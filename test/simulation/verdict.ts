/**
 * What is said of a simulated world once it ended.
 */

/** How a world ended. */
export interface Verdict {
  readonly seed: string;
  readonly violations: readonly string[];
  /** Events of the log, and of the world. */
  readonly events: number;
  readonly steps: number;
  /** Tasks that were acknowledged, and those that were completed. */
  readonly tasks: number;
  readonly completed: number;
  /** The same for the same seed, whatever happened in it. */
  readonly trace: string;
  /** Every fault that happened, with how often. */
  readonly faults: ReadonlyMap<string, number>;
}
