import { expect, test } from 'vitest';
import type { RunUsage } from '../runner.ts';
import { createTurnTally } from './turn-tally.ts';

function usage(tokens_in: number, cost_usd: number | null, model = 'sonnet-5-20270101'): RunUsage {
  return { model, tokens_in, tokens_out: 0, cache_read: 0, cache_write: 0, cost_usd };
}

test('F3: what was told while a turn went on is not told again at its end, under a shorter name of its model either', () => {
  const tally = createTurnTally(() => null);
  tally.add(usage(100, null));
  tally.add(usage(50, null));
  expect(tally.rest([usage(150, null, 'sonnet-5')])).toEqual([]);
  tally.add(usage(10, null));
  expect(tally.rest([usage(15, null), usage(3, null, 'title')])).toEqual([usage(5, null), usage(3, null, 'title')]);
});

test('F3: a cost that comes at the end is told once, with the tokens that it prices', () => {
  const tally = createTurnTally(() => null);
  tally.add(usage(100, null));
  expect(tally.rest([usage(120, 0.5)])).toEqual([{ ...usage(20, 0.5), prices_tokens: 100 }]);
  tally.add(usage(100, null));
  expect(tally.rest([usage(100, 0)])).toEqual([{ ...usage(0, 0), prices_tokens: 100 }]);
});

test('F3: what was estimated of it before is left out of the cost', () => {
  const tally = createTurnTally(({ tokens_in }) => tokens_in / 1000);
  tally.add(usage(100, null));
  expect(tally.rest([usage(100, 0.25)])).toEqual([usage(0, 0.15)]);
  tally.add(usage(100, null));
  expect(tally.rest([usage(100, 0.05)])).toEqual([]);
});
