/**
 * The calendar by croner, used purely: it never looks at the clock and starts no timer.
 * A fixed time of day that a change to summer time leaves out comes right after the gap, and one that a change to winter
 * time repeats comes once; whatever comes every hour or more often goes by the time that passes.
 */
import { Cron } from 'croner';
import { reasonOf } from '../contract/failure.ts';
import type { CronCalendar } from '../domain/schedule/calendar.ts';

/** Parsed expressions that are kept; the one that was made first goes first. */
const PARSED_AT_MOST = 2000;
const parsed = new Map<string, Cron>();

/** Cron expressions of five fields, or six with seconds first, in IANA time zones. */
export const cronCalendar: CronCalendar = {
  problemOf: (cron, timeZone) => {
    try {
      Intl.DateTimeFormat('en', { timeZone });
    } catch {
      return { field: 'time_zone', reason: `${timeZone} is no IANA time zone, such as Europe/Berlin or UTC` };
    }
    try {
      cronOf(cron, timeZone);
      return null;
    } catch (error) {
      return {
        field: 'cron',
        reason: reasonOf(error)
          .replace(/^CronPattern: /, '')
          .replace(/\.$/, ''),
      };
    }
  },
  next: (cron, timeZone, after) => cronOf(cron, timeZone).nextRun(new Date(after))?.getTime() ?? null,
  last: (cron, timeZone, { until, count }) =>
    // The end of the range is not counted in, and parts of seconds are not looked at.
    cronOf(cron, timeZone)
      .previousRuns(count, new Date(Math.floor(until / 1000) * 1000 + 1000))
      .map((time) => time.getTime())
      .filter((time) => time > 0)
      .toSorted((a, b) => a - b),
};

function cronOf(cron: string, timeZone: string): Cron {
  const key = `${timeZone} ${cron}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const made = new Cron(cron, { timezone: timeZone, paused: true });
  parsed.set(key, made);
  if (parsed.size > PARSED_AT_MOST) for (const oldest of parsed.keys()) if (parsed.size > PARSED_AT_MOST) parsed.delete(oldest);
  return made;
}
