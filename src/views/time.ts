/**
 * Times as they are shown: ISO 8601 in UTC.
 */

/** Texts of recent times, by the low bits of the time: what is shown together happened within a moment. */
const SLOTS = 256;
const times = new Float64Array(SLOTS).fill(Number.NaN);
const texts: string[] = Array.from({ length: SLOTS }, () => '');

/** A time in ms since 1970 as ISO text. */
export function isoTime(ms: number): string {
  const slot = ms & (SLOTS - 1);
  if (times[slot] !== ms) {
    texts[slot] = new Date(ms).toISOString();
    times[slot] = ms;
  }
  return texts[slot] as string;
}

/** Like isoTime, with null for 0: not yet. */
export function isoTimeOrNull(ms: number): string | null {
  return ms === 0 ? null : isoTime(ms);
}

/** Minutes, to the thousandth. */
export function minutesOf(ms: number): number {
  return Math.round(ms / 60) / 1000;
}

/** A time for a sentence: to the second, rounded up, so that what begins then has begun. */
export function spokenTime(ms: number): string {
  return `${new Date(Math.ceil(ms / 1000) * 1000).toISOString().slice(0, -5)}Z`;
}
