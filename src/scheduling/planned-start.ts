/**
 * One entry of a plan: which task starts when, and where.
 */

/** One task of a plan: where and when it should start (the board's unit). */
export interface PlannedStart {
  readonly task: number;
  readonly session: number;
  readonly start: number;
}
