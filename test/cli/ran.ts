/**
 * How a run of the command line ended.
 */

/** How a command ended and what it wrote. */
export interface Ran {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
