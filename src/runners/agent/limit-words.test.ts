import { expect, test } from 'vitest';
import { limitIn, limitOfStatus, problemLimit, refusalIn } from './limit-words.ts';

const now = Date.parse('2026-11-21T10:00:00.000Z');

test.each([
  ['Claude AI usage limit reached|1795300000', 'usage', 1_795_300_000_000],
  ['API Error: Request rejected (429) · Too many requests', 'rate', null],
  ['rate_limit_exceeded: Please try again in 20s.', 'rate', now + 20_000],
  ['Quota exceeded, resets at 2026-11-21T12:00:00Z', 'usage', now + 7_200_000],
  ['RESOURCE_EXHAUSTED. Please retry in 1.5h', 'usage', now + 5_400_000],
  ['429 Too Many Requests: retry after 250 ms', 'rate', now + 250],
  ['API Error: 529 Overloaded', 'overloaded', null],
])('F3: %s', (text, limit, reset_at) => {
  expect(limitIn(text, now)).toEqual({ limit, reset_at });
});

test('what is no limit is none', () => {
  expect(limitIn('The file has 42 lines.', now)).toBeNull();
});

// As the programs and the providers' libraries say it.
test.each([
  ['access', 'Invalid API key · Fix external API key'],
  ['access', 'authentication_failed Invalid API key'],
  ['access', 'Not logged in · Please run /login'],
  ['access', 'Credit balance is too low'],
  ['access', 'billing_error Internal error: Credit balance is too low'],
  ['access', 'unexpected status 401 Unauthorized: Incorrect API key provided: sk-1., url: http://127.0.0.1/v1/responses'],
  ['access', 'Quota exceeded. Check your plan and billing details.'],
  ['access', '[API Error: {"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]'],
  [
    'access',
    '[API Error: {"error":{"code":403,"message":"This API method requires billing to be enabled.","status":"PERMISSION_DENIED"}}]',
  ],
  ['access', '402 Insufficient Balance'],
  ['access', '401 Authentication Fails, Your api key: ****cdef is invalid'],
  ['model', "There's an issue with the selected model (m). It may not exist or you may not have access to it."],
  ['model', 'The model `no-such-model` does not exist or you do not have access to it.'],
  ['model', '[API Error: models/no-such-model is not found for API version v1beta.]'],
  ['model', 'Internal error: {"errorKind":"model_not_found"}'],
  ['model', '400 Model Not Exist'],
  ['model', "The 'm' model is not supported when using Codex with a ChatGPT account."],
])('F3: %s is refused: %s', (limit, text) => {
  expect(problemLimit(text, now)).toEqual({ limit, reset_at: null });
});

test.each([
  'You exceeded your current quota, please check your plan and billing details. Please retry in 20s.',
  'usage limit reached',
  '429 Too Many Requests',
  'The test of the login page failed with 12 errors.',
  'The data model has 401 rows.',
])('F3: a person need not act: %s', (text) => {
  expect(refusalIn(text)).toBeNull();
});

test('F3: what a status means', () => {
  expect([400, 401, 402, 403, 404, 429, 500, 503, 529, null].map(limitOfStatus)).toEqual([
    null,
    'access',
    'access',
    'access',
    'model',
    'rate',
    null,
    'overloaded',
    'overloaded',
    null,
  ]);
});
