/**
 * Estimates what tokens cost where the provider does not say, from a table in the configuration.
 * Invariant: an estimate is always marked as one; without a price there is none.
 */
import type { RunUsage } from './runner.ts';

/** USD for a million tokens of a model. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Left out: as much as input. */
  readonly cache_read?: number | undefined;
  /** Left out: as much as input. */
  readonly cache_write?: number | undefined;
}

/** Prices by model, or by the beginning of its name; the longest that fits holds. */
export type PriceTable = Readonly<Record<string, ModelPrice>>;

/** The cost of a part of a run. */
export interface PricedUsage {
  /** null: nobody knows. */
  readonly cost_usd: number | null;
  readonly estimated: boolean;
}

/** What it cost: as the provider reports it, else as the table has it. */
export function priceOf(usage: RunUsage, prices: PriceTable): PricedUsage {
  if (usage.cost_usd !== null) return { cost_usd: usage.cost_usd, estimated: false };
  const names = Object.keys(prices).filter((name) => usage.model.startsWith(name));
  const [longest] = names.sort((a, b) => b.length - a.length);
  const price = longest === undefined ? undefined : prices[longest];
  if (price === undefined) return { cost_usd: null, estimated: false };
  const { input, output, cache_read = input, cache_write = input } = price;
  const { tokens_in, tokens_out } = usage;
  const total = tokens_in * input + tokens_out * output + usage.cache_read * cache_read + usage.cache_write * cache_write;
  return { cost_usd: total / 1_000_000, estimated: true };
}
