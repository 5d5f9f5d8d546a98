/**
 * What the rules of the capability registry refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of the capability registry refuse. */
export const CAPABILITY_ERRORS = {
  capability_unknown: entry(
    404,
    EXIT.missing,
    'The capability {capability} is not defined. {suggestion}',
    '`tutti capability list` shows those that are, `tutti capability define {capability}` adds it.',
  ),
  capability_built_in: entry(
    409,
    EXIT.conflict,
    'The capability {capability} comes with Tutti and cannot be removed.',
    'Define it anew to change it: `tutti capability define {capability}`.',
  ),
  capability_limit: entry(
    409,
    EXIT.conflict,
    '{limit} capabilities are defined, and no more are taken in.',
    'Remove one: `tutti capability remove`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
