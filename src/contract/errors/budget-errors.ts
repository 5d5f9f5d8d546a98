/**
 * What budgets refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What budgets refuse. */
export const BUDGET_ERRORS = {
  budget_exhausted: entry(
    409,
    EXIT.conflict,
    'The budget of {whose} is used up: {spent} of {limit} {unit}.',
    'Raise it: `tutti budget set`; what waits then goes on.',
  ),
  budget_limit: entry(409, EXIT.conflict, 'There are {limit} budgets already.', 'Remove some that are no longer needed.'),
} as const satisfies Record<string, ErrorEntry>;
