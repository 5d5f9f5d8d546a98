/**
 * The locks that sessions hold: on names and on files.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Section } from '../ui/page.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { SessionLink } from '../ui/subject-link.tsx';

/** The locks; nothing while there are none. */
export function LockTable({ sessionId }: { readonly sessionId?: string }): ReactNode {
  const { data } = useOperation('lock.list', { limit: 100, ...(sessionId === undefined ? {} : { session_id: sessionId }) });
  if (data === undefined || data.locks.length === 0) return null;
  return (
    <Section title={`Locks (${data.locks.length})`} className="shrink-0">
      <ul className="divide-y">
        {data.locks.map((lock) => (
          <li key={lock.token} className="flex min-h-8 flex-wrap items-center gap-x-3 px-3">
            <Foreign text={lock.name} className="min-w-40 font-mono text-12" />
            <SessionLink id={lock.session_id} />
            {lock.reason !== null && <Foreign text={lock.reason} className="text-muted" />}
            <span className="nums ml-auto text-muted">token {lock.token}</span>
            <span className="text-muted">
              until <TimeText time={lock.expires_at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
