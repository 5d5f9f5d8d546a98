import { expect, test } from 'vitest';
import { createAgentRecord } from '../agent/agent-record.ts';
import { readOpencodeLine } from './opencode-events.ts';

test.each([
  ['access', 401, 'Incorrect API key provided: sk-1.', '{"error":{"code":"invalid_api_key"}}'],
  ['access', 429, 'You exceeded your current quota, please check your plan.', '{"error":{"code":"insufficient_quota"}}'],
  ['model', 404, 'Not Found', '{}'],
  ['usage', 429, 'You exceeded your current quota.', '{"error":{"status":"RESOURCE_EXHAUSTED"}}'],
])('F3: what OpenCode tells of a provider that refuses is %s at the status %d', (limit, statusCode, message, responseBody) => {
  const record = createAgentRecord();
  const error = { name: 'APIError', data: { message, statusCode, isRetryable: false, responseBody } };
  const events = readOpencodeLine('m')({ type: 'error', sessionID: 's', error }, record);
  expect([record.problem, record.limited?.limit, events.at(-1)]).toEqual([
    message,
    limit,
    expect.objectContaining({ kind: 'limited', limit }),
  ]);
});
