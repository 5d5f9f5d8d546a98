import { describe, expect, test } from 'vitest';
import { createAgentRecord } from '../agent/agent-record.ts';
import { createAppServerReader } from './app-server-events.ts';

const breakdown = (input: number, cached: number, output: number) => ({
  inputTokens: input,
  cachedInputTokens: cached,
  cacheWriteInputTokens: 0,
  outputTokens: output,
});

function usage(turnId: string, total: object, last: object): Record<string, unknown> {
  return { turnId, tokenUsage: { total, last } };
}

describe('notifications of codex app-server', () => {
  test.each([
    ['usageLimitExceeded', 'usage'],
    ['rateLimitExceeded', 'rate'],
    ['serverOverloaded', 'overloaded'],
    [{ httpConnectionFailed: { httpStatusCode: 529 } }, 'overloaded'],
    [{ responseTooManyFailedAttempts: { httpStatusCode: 429 } }, 'rate'],
  ] as const)('F3: the error %j is a limit of the kind %s', (codexErrorInfo, limit) => {
    const record = createAgentRecord();
    const reader = createAppServerReader(record);
    const events = reader.read('error', { error: { message: 'It is over.', codexErrorInfo } });
    expect(events).toEqual([{ kind: 'limited', limit, reset_at: null, message: 'It is over.' }]);
    expect(record.limited).toEqual({ limit, reset_at: null });
  });

  test('F3: the time of reset is that of the last allowance that is used up', () => {
    const record = createAgentRecord();
    const reader = createAppServerReader(record);
    const primary = { usedPercent: 100, resetsAt: 1_800_000_000 };
    reader.read('account/rateLimits/updated', { rateLimits: { primary, secondary: { usedPercent: 40, resetsAt: 1_900_000_000 } } });
    reader.read('error', { error: { message: 'It is over.', codexErrorInfo: 'usageLimitExceeded' } });
    expect(record.limited).toEqual({ limit: 'usage', reset_at: 1_800_000_000_000 });
  });

  test('other errors are no limits, and a turn that ends well forgets what it got past', () => {
    const record = createAgentRecord();
    const reader = createAppServerReader(record);
    expect(reader.read('error', { error: { message: 'Odd.', codexErrorInfo: 'badRequest' } })).toEqual([]);
    expect([record.problem, record.limited]).toEqual(['Odd.', null]);
    reader.read('error', { error: { message: 'Slow.', codexErrorInfo: 'serverOverloaded' }, willRetry: true });
    reader.read('turn/completed', { turn: { status: 'completed' } });
    expect([record.ended, record.problem, record.limited]).toEqual([true, null, null]);
  });

  test('usage is what a total has grown by; what was used before the conversation was taken up again is not counted', () => {
    const reader = createAppServerReader(createAgentRecord());
    reader.begin('m');
    expect(reader.read('thread/tokenUsage/updated', usage('old', breakdown(80, 30, 7), breakdown(80, 30, 7)))).toEqual([]);
    reader.read('turn/started', { turn: { id: 'a' } });
    const events = [
      ...reader.read('thread/tokenUsage/updated', usage('a', breakdown(180, 50, 17), breakdown(100, 20, 10))),
      ...reader.read('thread/tokenUsage/updated', usage('a', breakdown(180, 50, 17), breakdown(100, 20, 10))),
    ];
    const counts = { model: 'm', tokens_in: 80, tokens_out: 10, cache_read: 20, cache_write: 0, cost_usd: null };
    expect(events).toEqual([{ kind: 'usage', usage: counts }]);
  });

  test('hostile notifications amount to nothing', () => {
    const record = createAgentRecord();
    const reader = createAppServerReader(record);
    for (const method of ['item/started', 'item/completed', 'error', 'turn/completed', 'thread/tokenUsage/updated', 'constructor'])
      for (const params of [
        {},
        { item: 7, error: [], turn: null, tokenUsage: 'x' },
        { item: { type: 'constructor', id: 'x' } },
        { error: { message: '', codexErrorInfo: 'constructor' } },
      ])
        expect(reader.read(method, params)).toEqual([]);
  });
});
