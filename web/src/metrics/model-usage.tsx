/**
 * Tokens and cost by model.
 */
import type { ReactNode } from 'react';
import type { OutputOf } from '../../../src/contract/operations.ts';
import { useOperation } from '../data/operation-query.ts';
import { DataTable } from '../ui/data-table.tsx';
import { type ExportedCell, ExportMenu } from '../ui/export-rows.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/panels.tsx';
import { dollars, tokenWords } from '../ui/spend-words.ts';

type Row = OutputOf<'usage.list'>['usage'][number];

const EXPORTED: Readonly<Record<string, (row: Row) => ExportedCell>> = {
  model: ({ name }) => name,
  runs: ({ usage }) => usage.runs,
  tokens_in: ({ usage }) => usage.tokens_in,
  tokens_out: ({ usage }) => usage.tokens_out,
  cost_usd: ({ usage }) => usage.cost_usd,
};

/** The table. */
export function ModelUsage(): ReactNode {
  const list = useOperation('usage.list', { by: 'model', limit: 100 });
  return (
    <Section
      title="Tokens and cost by model"
      aside={
        list.data !== undefined && list.data.usage.length > 0 ? (
          <ExportMenu name="models" rows={list.data.usage} columns={EXPORTED} />
        ) : undefined
      }
    >
      <Answer query={list} what="the usage" rows={3}>
        {({ usage }) =>
          usage.length === 0 ? (
            <p className="px-3 py-10 text-center text-muted">No run has reported what it used. Commands use no model.</p>
          ) : (
            <DataTable
              label="Tokens and cost by model"
              rows={usage}
              keyOf={({ name }) => name}
              columns={[
                {
                  head: 'Model',
                  renderCell: ({ name }) => (name === '' ? <span className="text-muted">unnamed</span> : <Foreign text={name} />),
                },
                { head: 'Reports', number: true, renderCell: ({ usage: { runs } }) => runs },
                { head: 'Tokens', number: true, renderCell: ({ usage: { tokens } }) => tokenWords(tokens) },
                { head: 'Cost', number: true, renderCell: ({ usage: { cost_usd } }) => dollars(cost_usd) },
              ]}
            />
          )
        }
      </Answer>
    </Section>
  );
}
