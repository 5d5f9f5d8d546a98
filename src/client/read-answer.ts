/**
 * Turns an HTTP response into an operation's output or a Failure. Unknown fields are kept: a newer server may send more.
 */
import { ERRORS, type ErrorCode } from '../contract/error-catalogue.ts';
import { type ErrorParams, Failure } from '../contract/failure.ts';
import type { TransportResponse } from './transport.ts';

/** The output of a successful call. Throws the server's Failure, or `server_unreachable` when no Tutti answered. */
export function readAnswer(url: string, response: TransportResponse): unknown {
  const body = parsed(response.body);
  if (response.status >= 200 && response.status < 300) {
    if (isObject(body)) return body;
    throw new Failure('server_unreachable', { url, reason: 'something other than Tutti answers there' });
  }
  if (isObject(body) && typeof body['code'] === 'string') throw failureFrom(body, response.retry_after);
  const reason = `the answer was HTTP ${response.status}${response.media_type === '' ? '' : ` ${response.media_type}`}`;
  throw new Failure('server_unreachable', { url, reason });
}

/** The output of the only call of a batch. Throws its Failure, or `server_unreachable` when that is no answer to a batch. */
export function readBatchOfOne(url: string, answer: unknown): unknown {
  const results: unknown = isObject(answer) ? answer['results'] : null;
  const result: unknown = Array.isArray(results) ? results[0] : null;
  if (!isObject(result)) throw new Failure('server_unreachable', { url, reason: 'something other than Tutti answers there' });
  if (result['ok'] === true) return result['output'];
  throw failureFrom(isObject(result['error']) ? result['error'] : {});
}

/** The Failure of a problem as servers describe it: {code, params, detail, retry_after}. */
export function failureFrom(problem: Readonly<Record<string, unknown>>, retryAfter: string | null = null): Failure {
  const { code, detail } = problem;
  const params: Record<string, ErrorParams[string]> = { ...simple(problem['params']) };
  const wait = problem['retry_after'] ?? params['retry_after'] ?? retryAfter;
  if (wait !== null && wait !== undefined && Number.isFinite(Number(wait))) params['retry_after'] = Number(wait);
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code)) return new Failure(code as ErrorCode, params);
  return new Failure('internal', { ...params, reason: typeof detail === 'string' ? detail : String(code) });
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function simple(params: unknown): ErrorParams {
  if (!isObject(params)) return {};
  return Object.fromEntries(
    Object.entries(params).filter(
      (entry): entry is [string, string | number | boolean | null] => typeof entry[1] !== 'object' || entry[1] === null,
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
