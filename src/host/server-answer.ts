/**
 * What a refusal of the server means for a worker. Invariant: every code has exactly one meaning here; a code that is
 * not named means that this one request was wrong, and nothing else.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';

/**
 * replaced: another process registered our session; the worker ends.
 * session_gone: the server does not know our session any more; register again.
 * denied: the token is not accepted, or this server is none for us; the worker ends.
 * lease_gone: the task is no longer ours; stop its run.
 * refused: this request was wrong.
 */
export type RefusalMeaning = 'replaced' | 'session_gone' | 'denied' | 'lease_gone' | 'refused';

const MEANINGS: Partial<Record<ErrorCode, RefusalMeaning>> = {
  incarnation_stale: 'replaced',
  session_unknown: 'session_gone',
  session_ended: 'session_gone',
  credential_invalid: 'session_gone',
  unauthenticated: 'denied',
  forbidden: 'denied',
  host_refused: 'denied',
  operation_unknown: 'denied',
  swarm_unknown: 'denied',
  lease_stale: 'lease_gone',
  not_holder: 'lease_gone',
  task_terminal: 'lease_gone',
  task_cancelled: 'lease_gone',
  task_unknown: 'lease_gone',
  task_retired: 'lease_gone',
};

/** What a refusal means. */
export function meaningOf(code: ErrorCode): RefusalMeaning {
  return MEANINGS[code] ?? 'refused';
}
