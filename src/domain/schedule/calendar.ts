/**
 * What the rules ask of a calendar. It is pure, with the time given in; what it says enters the log, so a replay asks
 * nothing.
 */

/** Cron expressions in time zones. Times are ms since 1970. */
export interface CronCalendar {
  /** Why the expression or the zone makes no sense; null when it does. */
  readonly problemOf: (cron: string, timeZone: string) => { readonly field: 'cron' | 'time_zone'; readonly reason: string } | null;
  /** The first time after `after`; null when it never comes again. */
  readonly next: (cron: string, timeZone: string, after: number) => number | null;
  /** The last `count` times up to `until` and not before 1970, oldest first. */
  readonly last: (cron: string, timeZone: string, range: { readonly until: number; readonly count: number }) => readonly number[];
}
