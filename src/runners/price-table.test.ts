import { expect, test } from 'vitest';
import { priceOf } from './price-table.ts';

const usage = { model: 'gpt-5-mini', tokens_in: 1_000_000, tokens_out: 100_000, cache_read: 200_000, cache_write: 0, cost_usd: null };
const prices = { gpt: { input: 100, output: 100 }, 'gpt-5': { input: 2, output: 10, cache_read: 0.5 } };

test('F3: a cost that the provider reports is taken as it is', () => {
  expect(priceOf({ ...usage, cost_usd: 0.25 }, prices)).toEqual({ cost_usd: 0.25, estimated: false });
});

test('F3: else it is estimated from the longest name that fits, and marked', () => {
  expect(priceOf(usage, prices)).toEqual({ cost_usd: 3.1, estimated: true });
});

test('F3: without a price nobody knows', () => {
  expect(priceOf({ ...usage, model: 'other' }, prices)).toEqual({ cost_usd: null, estimated: false });
});
