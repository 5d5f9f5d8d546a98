/**
 * What was told of a turn while it went on, held against what its program tells at its end.
 * Invariant: tokens and cost are told once; a cost that comes at the end says which tokens it prices that were told without.
 */
import type { RunUsage } from '../runner.ts';

/** What was told of one turn, by model. */
export interface TurnTally {
  /** Was told. */
  readonly add: (usage: RunUsage) => void;
  /** The turn is over: what its program tells of it and nobody was told yet. The next turn begins. */
  readonly rest: (usages: readonly RunUsage[]) => readonly RunUsage[];
}

/** What was told of a model, and what of its cost. */
interface Told {
  readonly usage: RunUsage;
  /** USD that were reported or estimated. */
  readonly priced_usd: number;
  /** Tokens that had no cost yet. */
  readonly unpriced_tokens: number;
}

/** Makes a tally. `price`: what tokens cost that are told without their cost, as far as anybody knows; null: nobody does. */
export function createTurnTally(price: (usage: RunUsage) => number | null): TurnTally {
  let told = new Map<string, Told>();
  return {
    add(usage) {
      const before = told.get(usage.model);
      const cost = usage.cost_usd ?? price(usage);
      told.set(usage.model, {
        usage: before === undefined ? usage : sum(before.usage, usage),
        priced_usd: (before?.priced_usd ?? 0) + (cost ?? 0),
        unpriced_tokens: (before?.unpriced_tokens ?? 0) + (cost === null ? tokensOf(usage) : 0),
      });
    },
    rest(usages) {
      const left = usages.flatMap((usage) => {
        const same = Array.from(told).flatMap(([name, each]) => (isSameModel(name, usage.model) ? [each] : []));
        // The only model may have another name here.
        const known = same.length > 0 ? same : usages.length === 1 ? [...told.values()] : [];
        const more = known.length === 0 ? usage : exceeding(usage, known);
        return more === null ? [] : [more];
      });
      told = new Map();
      return left;
    },
  };
}

/** A model goes by a shorter name, too: without the day it was made. */
function isSameModel(one: string, other: string): boolean {
  return one === other || (one !== '' && other !== '' && (one.startsWith(other) || other.startsWith(one)));
}

function sum(usage: RunUsage, more: RunUsage): RunUsage {
  return {
    ...usage,
    tokens_in: usage.tokens_in + more.tokens_in,
    tokens_out: usage.tokens_out + more.tokens_out,
    cache_read: usage.cache_read + more.cache_read,
    cache_write: usage.cache_write + more.cache_write,
  };
}

/** What is more than was told; null for nothing. Some programs tell cached tokens among those that went in. */
function exceeding(usage: RunUsage, told: readonly Told[]): RunUsage | null {
  const all = told.map((each) => each.usage).reduce(sum);
  const went = (of: RunUsage): number => of.tokens_in + of.cache_read + of.cache_write;
  const more = (field: 'tokens_in' | 'tokens_out' | 'cache_read' | 'cache_write'): number => Math.max(0, usage[field] - all[field]);
  const grew = went(usage) > went(all);
  const left = {
    model: usage.model === '' ? all.model : usage.model,
    tokens_in: grew ? more('tokens_in') : 0,
    tokens_out: more('tokens_out'),
    cache_read: grew ? more('cache_read') : 0,
    cache_write: grew ? more('cache_write') : 0,
  };
  if (usage.cost_usd === null) return tokensOf(left) === 0 ? null : { ...left, cost_usd: null };
  const priced_usd = told.reduce((total, each) => total + each.priced_usd, 0);
  const prices_tokens = told.reduce((total, each) => total + each.unpriced_tokens, 0);
  const cost_usd = Math.max(0, usage.cost_usd - priced_usd);
  if (tokensOf(left) + prices_tokens === 0 && cost_usd === 0) return null;
  return { ...left, cost_usd, ...(prices_tokens === 0 ? {} : { prices_tokens }) };
}

function tokensOf({ tokens_in, tokens_out, cache_read, cache_write }: Omit<RunUsage, 'model' | 'cost_usd'>): number {
  return tokens_in + tokens_out + cache_read + cache_write;
}
