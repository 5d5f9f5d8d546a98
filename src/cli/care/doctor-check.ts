/**
 * What a check of tutti doctor is, and what it finds.
 */
import type { CliContext } from '../cli-context.ts';

/** What a check found. */
export interface Finding {
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly detail: string;
  /** What to do; null when there is nothing to do. */
  readonly fix: string | null;
}

/** One check. */
export type DoctorCheck = (context: CliContext) => Finding | Promise<Finding>;

/** A finding that all is well. */
export function fine(detail: string): Finding {
  return { status: 'ok', detail, fix: null };
}
