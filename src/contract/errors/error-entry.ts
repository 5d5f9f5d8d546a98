/**
 * What an entry of the error catalogue is made of.
 */

/** One line of the catalogue. */
export interface ErrorEntry {
  readonly message: string;
  readonly http: number;
  readonly exit: number;
  readonly retryable: boolean;
  readonly hint: string;
}

/** Exit codes of the command line by their sense. `replaced`: another process has the session; whoever restarts what ends must not. */
export const EXIT = {
  failed: 1,
  usage: 2,
  missing: 3,
  auth: 4,
  unreachable: 5,
  conflict: 6,
  workFailed: 7,
  pending: 8,
  replaced: 9,
} as const;

/** An entry that a retry does not help. */
export function entry(http: number, exit: number, message: string, hint: string): ErrorEntry {
  return { message, http, exit, retryable: false, hint };
}

/** An entry that passes by itself: the same thing may succeed later. */
export function passing(http: number, exit: number, message: string, hint: string): ErrorEntry {
  return { message, http, exit, retryable: true, hint };
}
