/**
 * Times as they are shown: ISO 8601 in UTC.
 */

let lastTime = 0;
let lastText = '1970-01-01T00:00:00.000Z';

/** A time in ms since 1970 as ISO text. The last one is kept: most times that are shown together are the same. */
export function isoTime(ms: number): string {
  if (ms !== lastTime) {
    lastText = new Date(ms).toISOString();
    lastTime = ms;
  }
  return lastText;
}

/** Like isoTime, with null for 0: not yet. */
export function isoTimeOrNull(ms: number): string | null {
  return ms === 0 ? null : isoTime(ms);
}

/** Minutes, to the thousandth. */
export function minutesOf(ms: number): number {
  return Math.round(ms / 60) / 1000;
}
