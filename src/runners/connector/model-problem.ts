/**
 * Reads the errors of the providers' official libraries, which have a status and headers in common: whether another
 * attempt can help, and when the provider itself says that it may come.
 */
import { reasonOf } from '../../contract/failure.ts';
import { limitOfStatus, refusalIn } from '../agent/limit-words.ts';
import type { LimitKind } from '../runner.ts';
import type { ModelProblem } from './model-provider.ts';

const RETRYABLE = new Set([408, 409, 429, 500, 502, 503, 504, 529]);

/** What an error of a request means. `now` in ms since 1970. */
export function problemOf(error: unknown, now: number): ModelProblem {
  const { status, headers, code } = partsOf(error);
  const message = reasonOf(error);
  // Without a status there was no answer: the connection broke.
  if (status === null) return { message, retryable: isConnection(error), limit: null, wait_ms: null };
  const limit = limitOf(status, `${code} ${message}`);
  return {
    message,
    retryable: RETRYABLE.has(status) && !needsPerson(limit),
    limit,
    wait_ms: headers === null ? null : waitIn(headers, now),
  };
}

function limitOf(status: number, words: string): LimitKind | null {
  const refused = status < 500 ? refusalIn(words) : null;
  if (refused !== null) return refused.limit;
  return status === 429 && /quota|usage limit/i.test(words) ? 'usage' : limitOfStatus(status);
}

function needsPerson(limit: LimitKind | null): boolean {
  return limit === 'access' || limit === 'model';
}

/** `retry-after` in seconds or as a date, its variant in ms, or the time at which an allowance is renewed. */
function waitIn(headers: Headers, now: number): number | null {
  const ms = numberIn(headers.get('retry-after-ms'));
  if (ms !== null) return ms;
  const after = headers.get('retry-after');
  const seconds = numberIn(after);
  if (seconds !== null) return seconds * 1_000;
  const date = after === null ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const unix = numberIn(headers.get('anthropic-ratelimit-unified-reset'));
  return unix === null ? null : Math.max(0, unix * 1_000 - now);
}

function numberIn(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

function partsOf(error: unknown): { status: number | null; headers: Headers | null; code: string } {
  if (typeof error !== 'object' || error === null) return { status: null, headers: null, code: '' };
  const { status, headers, code, type } = error as { status?: unknown; headers?: unknown; code?: unknown; type?: unknown };
  return {
    status: typeof status === 'number' ? status : null,
    headers: headers instanceof Headers ? headers : null,
    code: [code, type].filter((each) => typeof each === 'string').join(' '),
  };
}

function isConnection(error: unknown): boolean {
  return error instanceof Error && /connection|timed? ?out|fetch failed|terminated|ECONN|socket/i.test(`${error.name} ${error.message}`);
}
