/**
 * What a task or a session has used, in one line.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { dollars, tokenWords } from './spend-words.ts';

/** The line; a dash while nothing was reported. */
export function SpendText(of: { readonly task_id: string } | { readonly session_id: string }): ReactNode {
  const { data } = useOperation('usage.show', of);
  if (data === undefined || data.usage.runs === 0) return '–';
  const { usage, budget } = data;
  return (
    <span className={budget?.exhausted === true ? 'text-offline' : ''}>
      {dollars(usage.cost_usd)}, {tokenWords(usage.tokens)} tokens
      {budget !== null && (
        <span className="text-muted">
          {' '}
          of {budget.cost_usd === null ? `${tokenWords(budget.tokens ?? 0)} tokens` : dollars(budget.cost_usd)}
        </span>
      )}
      {budget?.exhausted === true && ', used up'}
    </span>
  );
}
