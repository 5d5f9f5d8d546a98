/**
 * Turns whatever broke a writer into the failure that its callers are told.
 */
import { Failure, reasonOf } from '../contract/failure.ts';

/** The failure as it is, or `journal_failed` for anything else that was thrown. */
export function asEngineFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('journal_failed', { reason: reasonOf(error) }, error);
}
