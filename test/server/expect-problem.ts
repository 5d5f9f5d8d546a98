/**
 * Checks that an answer is a complete problem (RFC 9457) with a code of the catalogue.
 */
import { expect } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/contract/error-catalogue.ts';
import { problem } from '../../src/contract/problem.ts';
import type { TestResponse } from '../support/start-test-server.ts';

/** Expects this code, with the status, title, hint and media type that belong to it. */
export function expectProblem(response: TestResponse, code: ErrorCode): void {
  const { body, headers, status } = response;
  expect(body).toMatchObject({ code, status: ERRORS[code].http, type: `urn:tutti:error:${code}`, retryable: ERRORS[code].retryable });
  expect(status).toBe(ERRORS[code].http);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(problem.safeParse(body).error).toBeUndefined();
  expect(String(body['detail']) + String(body['hint'])).not.toMatch(/\{\w+\}|undefined|\[object/);
}
