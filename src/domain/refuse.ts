/**
 * Makes refusals inside the rules.
 */
import type { ErrorCode } from '../contract/error-catalogue.ts';
import type { ErrorParams, Refusal } from '../contract/failure.ts';

/** A rule's no. */
export function refusal(code: ErrorCode, params: ErrorParams = {}): Refusal {
  return { refused: code, params };
}

/** True when a decision or a looked-up value is a refusal. */
export function isRefused(value: object): value is Refusal {
  return 'refused' in value;
}
