/**
 * How it goes on: what share has ended, when the rest will have, and what it has cost.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { amount, duration } from '../../../src/cli/output/words.ts';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { useOperation } from '../data/operation-query.ts';
import { dollars, tokenWords } from '../ui/spend-words.ts';
import { useNow } from '../ui/time-mode.ts';

/** Done in, and spent. */
export function OutlookStrip(): ReactNode {
  const forecast = useOperation('swarm.forecast', {}, { keep: true });
  const list = useOperation('budget.list', {}, { keep: true });
  const now = useNow();
  const budget = list.data?.budgets.find(({ scope }) => scope === 'swarm');
  return (
    <div className="grid gap-px overflow-hidden rounded border bg-hairline sm:grid-cols-2">
      <p className="flex flex-wrap items-baseline gap-x-2 bg-surface px-3 py-1.5">
        <Link to="/metrics" className="text-12 text-muted hover:underline">
          Done in
        </Link>
        <span className="nums font-medium">{forecast.data === undefined ? '…' : forecastWords(forecast.data, now)}</span>
        {(forecast.data?.unreachable ?? 0) > 0 && <span className="text-busy">without what no session can do</span>}
      </p>
      <p className="flex flex-wrap items-baseline gap-x-2 bg-surface px-3 py-1.5">
        <Link to="/settings" search={{ tab: 'budgets' }} className="text-12 text-muted hover:underline">
          Spent
        </Link>
        {list.data === undefined ? (
          '…'
        ) : (
          <span className="nums font-medium">
            {dollars(list.data.usage.cost_usd)}
            {typeof budget?.cost_usd === 'number' && <span className="text-muted"> of {dollars(budget.cost_usd)}</span>}
          </span>
        )}
        {list.data !== undefined && <span className="nums text-muted">{tokenWords(list.data.usage.tokens)} tokens</span>}
        {list.data?.budgets.some(({ exhausted }) => exhausted) === true && <span className="text-offline">a budget is used up</span>}
      </p>
    </div>
  );
}

function forecastWords({ unknown, from, to, ended, ended_needed }: OutputOf<'swarm.forecast'>, now: number): string {
  switch (unknown) {
    case 'nothing_open':
      return 'nothing is open';
    case 'too_few_ended':
      return `not enough data yet (${ended} of ${ended_needed})`;
    case 'too_many_open':
      return 'too much is open to tell';
    case 'no_sessions':
      return 'no session is there to do it';
    case null:
      return `${span(from, now)} to ${span(to, now)}`;
  }
}

function span(time: string | null, now: number): string {
  return time === null ? amount(0) : duration(Math.max(0, (Date.parse(time) - now) / 1000));
}
