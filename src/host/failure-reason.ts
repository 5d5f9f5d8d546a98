/**
 * Why an attempt failed, as a reason of the catalogue: what follows from it is decided by the server.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { ReportedReason } from '../contract/ids.ts';
import type { TaskResult } from './task-result.ts';

/** The longest message that is sent. */
const LONGEST_MESSAGE = 2000;

const REASONS: Partial<Record<ErrorCode, ReportedReason>> = {
  merge_conflict: 'conflict',
  merge_contended: 'conflict',
  invalid_input: 'invalid_spec',
  repository_unusable: 'invalid_spec',
  base_unknown: 'invalid_spec',
  script_missing: 'invalid_spec',
  agent_limited: 'rate_limited',
  agent_refused: 'environment',
  worktree_failed: 'environment',
  git_failed: 'environment',
  script_not_started: 'environment',
  evidence_unwritable: 'environment',
};

/** The reason of a failed attempt, with its message where there is one. */
export function failureReasonOf({ outcome, signal, error }: TaskResult): { readonly reason: ReportedReason; readonly message?: string } {
  const coded = error === undefined ? undefined : REASONS[error.code];
  const reason = outcome === 'timed_out' ? 'timed_out' : (coded ?? (signal === null ? 'reported' : 'crashed'));
  return error === undefined ? { reason } : { reason, message: error.message.slice(0, LONGEST_MESSAGE) };
}
