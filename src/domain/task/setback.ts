/**
 * What is remembered of an attempt that came to nothing (setbacks.ts).
 */

/** An attempt that came to nothing. */
export interface Setback {
  readonly session_id: string;
  /** Until when it should rather wait for another session, ms since 1970; 0: it need not wait. */
  readonly until: number;
}

/** Setbacks by the id of the task. */
export type Setbacks = Map<string, readonly Setback[]>;
