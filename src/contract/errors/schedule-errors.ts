/**
 * What the rules of schedules refuse.
 */
import { EXIT, entry, type ErrorEntry } from './error-entry.ts';

/** What the rules of schedules refuse. */
export const SCHEDULE_ERRORS = {
  schedule_unknown: entry(404, EXIT.missing, 'There is no schedule {schedule_id}.', '`tutti schedule list` shows the schedules.'),
  schedule_exists: entry(
    409,
    EXIT.conflict,
    'The schedule {schedule_id} exists already with other content.',
    'Remove it first, `tutti schedule remove {schedule_id}`, or choose another id.',
  ),
  schedule_invalid: entry(
    422,
    EXIT.usage,
    'The schedule {schedule_id} makes no sense: {field}: {reason}.',
    'Five fields: minute hour day month weekday, for example "30 2 * * 1-5"; and a zone such as Europe/Berlin.',
  ),
  schedule_limit: entry(
    409,
    EXIT.conflict,
    'There are {limit} schedules, and no more are taken in.',
    'Remove one: `tutti schedule remove`.',
  ),
} as const satisfies Record<string, ErrorEntry>;
