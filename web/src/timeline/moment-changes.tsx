/**
 * What changed between the moment that is shown and now, as sentences.
 */
import type { ReactNode } from 'react';
import { useOperation } from '../data/operation-query.ts';
import { Foreign } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';

const SHOWN = 200;

/** The changes. */
export function MomentChanges({ moment }: { readonly moment: number }): ReactNode {
  const diff = useOperation('event.diff', { from: moment, limit: SHOWN }, { now: true });
  return (
    <Answer query={diff} what="the changes" rows={3}>
      {({ changes, changes_total }) =>
        changes.length === 0 ? (
          <p className="text-muted">Nothing is different now.</p>
        ) : (
          <>
            <ul aria-label="Changes since then" className="max-h-56 divide-y overflow-auto">
              {changes.map(({ kind, id, text }) => (
                <li key={`${kind} ${id}`} className="py-1">
                  <Foreign text={text} />
                </li>
              ))}
            </ul>
            {changes_total > changes.length && <p className="text-muted">And {changes_total - changes.length} more.</p>}
          </>
        )
      }
    </Answer>
  );
}
