/**
 * The first things that wait for a person.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { NeedsYou } from '../inbox/needs-you.ts';
import { Foreign } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The list; says so when nothing waits. */
export function NeedsYouList({ items }: { readonly items: readonly NeedsYou[] }): ReactNode {
  if (items.length === 0) return <p className="px-3 py-4 text-muted">Nothing waits for you.</p>;
  return (
    <ul className="divide-y">
      {items.map((item) => (
        <li key={item.id} className="flex min-h-8 items-center gap-2 px-3 py-1">
          <span aria-hidden="true" className={`mark ${item.blocks ? 'text-offline' : 'text-busy'}`}>
            ▲
          </span>
          <span className="w-20 shrink-0 text-12 text-muted">{item.kind.replaceAll('_', ' ')}</span>
          <Link to="/inbox" search={{ item: item.id }} className="min-w-0 flex-1 truncate hover:underline">
            <Foreign text={item.title} />
          </Link>
          <TimeText time={item.since} className="text-muted" />
        </li>
      ))}
    </ul>
  );
}
