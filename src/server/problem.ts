/**
 * Turns what was thrown into a problem (RFC 9457) with the status of the error catalogue.
 */
import { ERRORS } from '../contract/error-catalogue.ts';
import { Failure, reasonOf } from '../contract/failure.ts';
import type { Problem } from '../contract/problem.ts';

/** Media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** What was thrown as a Failure: anything unforeseen is `internal`. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('internal', { reason: reasonOf(error) }, error);
}

/** A failure as it goes over the wire. */
export function problemOf(failure: Failure): Problem {
  const { code, params } = failure;
  const words = code.replaceAll('_', ' ');
  return {
    type: `urn:tutti:error:${code}`,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    status: ERRORS[code].http,
    detail: failure.message,
    code,
    hint: failure.hint,
    retryable: failure.retryable,
    params,
  };
}

/** Headers that a failure adds to its response. */
export function problemHeaders(failure: Failure): Record<string, string> {
  const { code, params } = failure;
  if (code === 'too_many_requests') return { 'retry-after': String(Math.ceil(Number(params['retry_after'] ?? 1))) };
  if (code === 'unauthenticated' || code === 'credential_invalid') return { 'www-authenticate': 'Bearer' };
  return code === 'method_not_allowed' ? { allow: String(params['allowed']) } : {};
}
