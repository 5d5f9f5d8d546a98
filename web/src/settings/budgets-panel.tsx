/**
 * What has been spent, and what may be: the budgets of the swarm, of sessions and of tasks.
 */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useRefusal } from '../app/swarm-access.ts';
import { amount } from '../../../src/cli/output/words.ts';
import type { BudgetView } from '../../../src/contract/views/budget-view.ts';
import { useCommand } from '../data/command.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/panels.tsx';
import { dollars, tokenWords } from '../ui/spend-words.ts';
import { BudgetDialog } from './budget-dialog.tsx';
import { RowButtons } from './row-buttons.tsx';

/** The budgets. */
export function BudgetsPanel(): ReactNode {
  const list = useOperation('budget.list', {});
  const [setting, setSetting] = useState<BudgetView | 'new' | null>(null);
  const refusal = useRefusal('budget.set');
  return (
    <Answer query={list} what="the budgets" rows={6}>
      {({ budgets, usage }) => (
        <div className="flex flex-col gap-3">
          <Section title="Spent by the whole swarm">
            <dl className="grid grid-cols-2 gap-x-6 gap-y-2 p-3 sm:grid-cols-3 xl:grid-cols-6 [&_dd]:nums [&_dd]:font-medium [&_dt]:text-12 [&_dt]:text-muted">
              <Figure name="Cost" value={dollars(usage.cost_usd)} />
              <Figure name="Of it estimated" value={dollars(usage.estimated_usd)} />
              <Figure name="Tokens" value={amount(usage.tokens)} />
              <Figure name="In / out" value={`${tokenWords(usage.tokens_in)} / ${tokenWords(usage.tokens_out)}`} />
              <Figure name="From / to a cache" value={`${tokenWords(usage.cache_read)} / ${tokenWords(usage.cache_write)}`} />
              <Figure name="Reports" value={amount(usage.runs)} />
            </dl>
            {usage.unpriced_tokens > 0 && (
              <p className="border-t px-3 py-1.5 text-busy">
                Nobody knows the price of {amount(usage.unpriced_tokens)} tokens: the cost is at least what stands here.
              </p>
            )}
          </Section>
          <Section
            title={`Budgets (${budgets.length})`}
            aside={
              <Button look="primary" disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setSetting('new')}>
                Set a budget
              </Button>
            }
          >
            {budgets.length === 0 ? (
              <Empty title="Nothing limits what is spent">
                <p>A budget stops the runs of the swarm, a session or a task the moment it is used up; raising it lets them go on.</p>
              </Empty>
            ) : (
              <BudgetTable budgets={budgets} refusal={refusal} onChange={setSetting} />
            )}
          </Section>
          {setting !== null && <BudgetDialog budget={setting === 'new' ? null : setting} onClose={() => setSetting(null)} />}
        </div>
      )}
    </Answer>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface TableProps {
  readonly budgets: readonly BudgetView[];
  readonly refusal: string | null;
  readonly onChange: (budget: BudgetView) => void;
}

function BudgetTable({ budgets, refusal, onChange }: TableProps): ReactNode {
  const remove = useCommand('budget.set', { doing: () => 'remove the budget', done: () => 'The budget is removed.' });
  return (
    <DataTable
      label="Budgets"
      rows={budgets}
      keyOf={({ scope, target }) => `${scope} ${target}`}
      columns={[
        { head: 'Of', renderCell: (budget) => <Target budget={budget} /> },
        {
          head: 'Cost',
          number: true,
          renderCell: (budget) => <Spent spent={budget.spent.cost_usd} limit={budget.cost_usd} words={dollars} />,
        },
        {
          head: 'Tokens',
          number: true,
          renderCell: (budget) => <Spent spent={budget.spent.tokens} limit={budget.tokens} words={amount} />,
        },
        {
          head: 'State',
          renderCell: ({ exhausted }) =>
            exhausted ? (
              <span className="text-offline">
                <span aria-hidden="true" className="mark">
                  ✕
                </span>{' '}
                used up
              </span>
            ) : (
              'within it'
            ),
        },
        {
          head: 'Change',
          renderCell: (budget) => (
            <RowButtons
              what={`the budget of ${budget.target === '' ? 'the swarm' : budget.target}`}
              refusal={refusal}
              onChange={() => onChange(budget)}
              onRemove={() => remove.mutate({ ...targetOf(budget), tokens: null, cost_usd: null })}
            />
          ),
        },
      ]}
    />
  );
}

/** What a budget is for, as the fields of its operation. */
function targetOf({ scope, target }: BudgetView): { readonly task_id?: string; readonly session_id?: string } {
  if (scope === 'task') return { task_id: target };
  return scope === 'session' ? { session_id: target } : {};
}

function Target({ budget: { scope, target } }: { readonly budget: BudgetView }): ReactNode {
  const look = 'foreign text-link underline';
  if (scope === 'swarm') return 'the swarm';
  return scope === 'task' ? (
    <>
      task{' '}
      <Link to="/tasks/$taskId" params={{ taskId: target }} className={look}>
        {target}
      </Link>
    </>
  ) : (
    <>
      session{' '}
      <Link to="/sessions/$sessionId" params={{ sessionId: target }} className={look}>
        {target}
      </Link>
    </>
  );
}

interface SpentProps {
  readonly spent: number;
  readonly limit: number | null;
  readonly words: (value: number) => string;
}

function Spent({ spent, limit, words }: SpentProps): ReactNode {
  return (
    <>
      {words(spent)} <span className="text-muted">{limit === null ? 'no limit' : `of ${words(limit)}`}</span>
    </>
  );
}
