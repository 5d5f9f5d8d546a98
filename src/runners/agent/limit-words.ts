/**
 * Recognises that a provider takes no more for now, and when it will again, or that it refuses the key or the model: from the
 * status of its answer, or from an agent's own words where a program tells it only so. A typed report always comes first.
 */
import type { LimitKind } from '../runner.ts';

/** A limit that was recognised. */
export interface FoundLimit {
  readonly limit: LimitKind;
  /** ms since 1970, or null when it does not say. */
  readonly reset_at: number | null;
}

/** A key that is refused, a login that has ended, a bill that is not paid. A quota alone may be back tomorrow. */
const ACCESS = new RegExp(
  [
    '(?:invalid|incorrect|expired|missing) (?:x-)?api[ _-]?key',
    'api[ _-]?key (?:not valid|not found|expired|is (?:invalid|not valid|expired|missing))',
    'invalid_api_key|api_key_invalid|permission_error|permission_denied|billing_error|billing_not_active',
    'authentication[ _](?:failed|fails|error)|invalid (?:bearer|auth(?:entication)?) token|oauth token (?:has |is )?(?:expired|revoked|invalid)',
    'not logged in|please run /login|payment required|credit balance|out of credits|insufficient[_ ](?:quota|balance|credits?|funds)',
    'quota exceeded\\. check your plan',
    '(?:status|code|error|http|rejected)\\W{0,12}40[123]\\b|401 unauthorized|403 forbidden',
  ].join('|'),
  'i',
);
const MODEL =
  /model_not_found|(?:unknown|unsupported) model|\bmodels?\b.{0,120}?(?:(?:does|do|may) not exist|\bnot exist\b|(?:is |was )?not found\b|is not (?:supported|available))/i;
const USAGE = /usage limit|quota|limit reached|RESOURCE_EXHAUSTED/i;
const RATE = /rate.?limit|too many requests|\b429\b|rejected \(429\)/i;
const OVERLOADED = /overloaded|\b529\b|\b503\b/i;
const UNIX_SECONDS = /\b(1[6-9]\d{8}|[2-9]\d{9})\b/;
const ISO = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/;
const WITHIN = /(?:retry|try again|reset)\D{0,40}?(\d+(?:\.\d+)?)\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?)\b/i;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const LIMIT_OF_STATUS: Readonly<Record<number, LimitKind>> = {
  401: 'access',
  402: 'access',
  403: 'access',
  404: 'model',
  429: 'rate',
  503: 'overloaded',
  529: 'overloaded',
};

/** What an HTTP status of a provider means for whoever asked; null when it is no limit. */
export function limitOfStatus(status: number | null): LimitKind | null {
  return status === null ? null : (LIMIT_OF_STATUS[status] ?? null);
}

/** Whether a report of a provider speaks of a key or a model that it refuses. */
export function refusalIn(text: string): FoundLimit | null {
  const limit = MODEL.test(text) ? 'model' : ACCESS.test(text) ? 'access' : null;
  return limit === null ? null : { limit, reset_at: null };
}

/** What stands against a program's turn, from the words that it reports as its problem; null when it is no limit. */
export function problemLimit(text: string, now: number): FoundLimit | null {
  return refusalIn(text) ?? limitIn(text, now);
}

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
