/**
 * Numbers by name, as explanations give them.
 */
import type { ReactNode } from 'react';
import { Foreign } from './foreign.tsx';

/** The table. */
export function TermTable({ title, terms }: { readonly title: string; readonly terms: Readonly<Record<string, number>> }): ReactNode {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-12 font-semibold text-muted uppercase">{title}</h3>
      <dl className="grid w-fit grid-cols-[max-content_max-content] gap-x-6 rounded border bg-surface px-3 py-1">
        {Object.entries(terms).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">
              <Foreign text={name.replaceAll('_', ' ')} />
            </dt>
            <dd className="nums text-right">{Number(value.toPrecision(6))}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
