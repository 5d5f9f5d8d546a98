/**
 * Times as they are shown: ISO 8601 in UTC.
 */

/** A time in ms since 1970 as ISO text. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Like isoTime, with null for 0: not yet. */
export function isoTimeOrNull(ms: number): string | null {
  return ms === 0 ? null : isoTime(ms);
}

/** Minutes, to the thousandth. */
export function minutesOf(ms: number): number {
  return Math.round(ms / 60) / 1000;
}
