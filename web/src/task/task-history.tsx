/**
 * The history of a task: every step, from the log, oldest first.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sayFields } from '../../../src/cli/output/event-text.ts';
import { duration } from '../../../src/cli/output/words.ts';
import type { HistoryEntry } from '../../../src/contract/views/task-view.ts';
import { Foreign, foreignText } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { SessionLink } from '../ui/subject-link.tsx';

/** What a step says of itself, in words. */
export function detailWords(details: unknown): string {
  return typeof details === 'object' && details !== null && !Array.isArray(details)
    ? sayFields(details as Readonly<Record<string, unknown>>)
    : foreignText(details);
}

/** The history. */
export function TaskHistory({ history }: { readonly history: readonly HistoryEntry[] }): ReactNode {
  return (
    <ol className="divide-y rounded border bg-surface">
      {history.map((entry) => (
        <li key={entry.seq} className="grid grid-cols-[4.5rem_1fr] gap-x-3 gap-y-0.5 px-3 py-1.5 sm:grid-cols-[3rem_5.5rem_7rem_1fr]">
          <Link to="/timeline" search={{ seq: entry.seq }} className="nums hidden text-right text-link hover:underline sm:block">
            {entry.seq}
          </Link>
          <TimeText time={entry.timestamp} className="text-muted" />
          <span className="font-medium">{entry.action}</span>
          <span className="col-span-2 flex min-w-0 flex-wrap gap-x-3 sm:col-span-1">
            {entry.session_id !== null && <SessionLink id={entry.session_id} />}
            {entry.duration !== null && <span className="text-muted">after {duration(entry.duration * 60)}</span>}
            {entry.lease !== null && <span className="nums text-muted">lease {entry.lease}</span>}
            {entry.details !== null && entry.details !== undefined && (
              <Foreign text={detailWords(entry.details)} className="line-clamp-3 min-w-0 basis-full text-muted" />
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
