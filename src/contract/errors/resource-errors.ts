/**
 * What the rules of resources and limits refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of resources and limits refuse. */
export const RESOURCE_ERRORS = {
  resource_unknown: entry(
    404,
    EXIT.missing,
    'There is no resource {resource}. {suggestion}',
    '`tutti resource list` shows them, `tutti resource set {resource} 1` makes it.',
  ),
  resource_too_small: entry(
    422,
    EXIT.conflict,
    'The task asks for {amount} of {resource}, whose capacity is {capacity}.',
    'Ask for less, or raise it with `tutti resource set {resource}`.',
  ),
  resource_in_use: entry(
    409,
    EXIT.conflict,
    '{tasks} unfinished tasks ask for the resource {resource}.',
    'Let them end, or cancel them; `tutti resource show {resource}` shows who holds it.',
  ),
  resource_invalid: entry(
    422,
    EXIT.usage,
    'The resource {resource} cannot be set so: {reason}.',
    'Correct it; `tutti resource show {resource}` shows what there is, `tutti resource remove {resource}` removes it.',
  ),
  resource_limit: entry(
    409,
    EXIT.conflict,
    'There are {limit} resources, and no more are taken in.',
    'Remove one: `tutti resource remove`.',
  ),
  limit_unknown: entry(404, EXIT.missing, 'No limit is set for {key}.', '`tutti limit list` shows the limits.'),
  limit_invalid: entry(
    422,
    EXIT.usage,
    'The limit of {key} cannot be set: {reason}.',
    'For example `tutti limit set {key} --concurrency 2`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
