/**
 * What is remembered of a speculative copy of a task (copies.ts).
 */

/** A copy, and the lease of the attempt that it was made for. */
export interface CopyRecord {
  readonly copy_id: string;
  readonly lease: number;
}
