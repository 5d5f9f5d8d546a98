/** How a failure looks on the wire. */
import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../contract/error-catalogue.ts';
import { Failure } from '../contract/failure.ts';
import { problem } from '../contract/problem.ts';
import { asFailure, problemHeaders, problemOf } from './problem.ts';

test.each(Object.keys(ERRORS) as ErrorCode[])('%s is a complete problem', (code) => {
  const made = problemOf(new Failure(code));
  expect(problem.safeParse(JSON.parse(JSON.stringify(made))).error).toBeUndefined();
  expect(made).toMatchObject({ code, status: ERRORS[code].http, retryable: ERRORS[code].retryable, type: `urn:tutti:error:${code}` });
  expect(made.title).toMatch(/^[A-Z][a-z0-9 ]+$/);
});

test('says how long to wait, what is allowed, and how to authenticate', () => {
  expect(problemHeaders(new Failure('too_many_requests', { reason: 'x', retry_after: 1.2 }))).toEqual({ 'retry-after': '2' });
  expect(problemHeaders(new Failure('too_many_requests', { reason: 'x' }))).toEqual({ 'retry-after': '1' });
  expect(problemHeaders(new Failure('method_not_allowed', { path: '/', method: 'PUT', allowed: 'GET, POST' }))).toEqual({
    allow: 'GET, POST',
  });
  expect(problemHeaders(new Failure('unauthenticated'))).toEqual({ 'www-authenticate': 'Bearer' });
  expect(problemHeaders(new Failure('task_unknown', { task_id: 'x' }))).toEqual({});
});

test('what was not foreseen is internal, and keeps its cause', () => {
  const cause = new TypeError('x is not a function');
  const failure = asFailure(cause);
  expect([failure.code, failure.cause]).toEqual(['internal', cause]);
  expect(problemOf(failure)).toMatchObject({ status: 500, detail: 'Tutti made a mistake: x is not a function' });
  expect(asFailure('thrown text')).toMatchObject({ code: 'internal', params: { reason: 'thrown text' } });
  const known = new Failure('forbidden');
  expect(asFailure(known)).toBe(known);
});
