/**
 * Recognises from an agent's own words that its provider takes no more for now, and when it will again.
 * Used where a program tells it only in words; a typed report always comes first.
 */
import type { LimitKind } from '../runner.ts';

/** A limit that was recognised. */
export interface FoundLimit {
  readonly limit: LimitKind;
  /** ms since 1970, or null when it does not say. */
  readonly reset_at: number | null;
}

const USAGE = /usage limit|quota|limit reached|insufficient_quota|RESOURCE_EXHAUSTED|out of credits|credit balance/i;
const RATE = /rate.?limit|too many requests|\b429\b|rejected \(429\)/i;
const OVERLOADED = /overloaded|\b529\b|\b503\b/i;
const UNIX_SECONDS = /\b(1[6-9]\d{8}|[2-9]\d{9})\b/;
const ISO = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/;
const WITHIN = /(?:retry|try again|reset)\D{0,40}?(\d+(?:\.\d+)?)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?)\b/i;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The limit that a text speaks of, or null. `now` in ms since 1970. */
export function limitIn(text: string, now: number): FoundLimit | null {
  const limit = USAGE.test(text) ? 'usage' : RATE.test(text) ? 'rate' : OVERLOADED.test(text) ? 'overloaded' : null;
  return limit === null ? null : { limit, reset_at: resetIn(text, now) };
}

function resetIn(text: string, now: number): number | null {
  const iso = ISO.exec(text);
  if (iso !== null) return Date.parse(iso[0]);
  const unix = UNIX_SECONDS.exec(text);
  if (unix !== null) return Number(unix[0]) * 1_000;
  const [, amount, unit] = WITHIN.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  const factor = unit === 'ms' ? 1 : (UNIT_MS[unit[0] ?? 's'] ?? 1_000);
  return now + Number(amount) * factor;
}
