/**
 * Turns whatever broke a writer into the failure that its callers are told.
 * Invariant: what they are told can be sent again; why it could not be done is named once.
 */
import { Failure, reasonOf } from '../contract/failure.ts';

/** The failure as it is, or `journal_failed` for anything else that was thrown. */
export function asEngineFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('journal_failed', { reason: reasonOf(error) }, error);
}

/** True when the log is lost to its writer: another one has it, or its files are not there any more. */
export function isLost({ code }: Failure): boolean {
  return code === 'journal_taken' || code === 'journal_removed';
}

/** What callers are told while `fault` keeps the writer from writing. */
export function refusalOf(fault: Failure | null): Failure {
  if (fault === null) return new Failure('journal_failed', { reason: 'unknown' });
  if (isLost(fault) || fault.code === 'journal_failed') return new Failure(fault.code, fault.params, fault);
  return new Failure('journal_failed', { reason: fault.message }, fault);
}
