/**
 * The first things that wait for a person, and the newest work that waits for a review; before them what the log itself lacks.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { StatusView } from '../../../src/contract/views/status-view.ts';
import type { TaskCard } from '../../../src/contract/views/board-view.ts';
import type { NeedsYou } from '../inbox/needs-you.ts';
import { buttonClass } from '../ui/button.tsx';
import { Foreign } from '../ui/foreign.tsx';
import { TimeText } from '../ui/time-text.tsx';

const REVIEWS_SHOWN = 3;

/** What the list is given. */
interface ListProps {
  readonly items: readonly NeedsYou[];
  readonly reviews: readonly TaskCard[];
  readonly archiveMissing: StatusView['archive_missing'];
}

/** The list; says so when nothing waits. */
export function NeedsYouList({ items, reviews, archiveMissing }: ListProps): ReactNode {
  if (items.length === 0 && reviews.length === 0 && archiveMissing === undefined)
    return <p className="px-3 py-4 text-muted">Nothing waits for you.</p>;
  return (
    <ul className="divide-y">
      {archiveMissing !== undefined && <ArchiveAlert missing={archiveMissing} />}
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
      {reviews.slice(-REVIEWS_SHOWN).map(({ id, title, work, completed_at }) => (
        <li key={id} className="flex min-h-8 items-center gap-2 px-3 py-1">
          <span aria-hidden="true" className="mark text-busy">
            ▲
          </span>
          <span className="w-20 shrink-0 text-12 text-muted">review</span>
          <span className="min-w-0 flex-1 truncate">
            Merge <Foreign text={`${id}: ${title}`} />?
          </span>
          {work !== null && work.insertions !== null && work.deletions !== null && (
            <span className="nums shrink-0 max-sm:hidden">
              <span className="text-idle">+{work.insertions}</span> <span className="text-offline">−{work.deletions}</span>
            </span>
          )}
          <TimeText time={completed_at} className="text-muted max-sm:hidden" />
          <Link
            to="/tasks/$taskId"
            params={{ taskId: id }}
            search={{ tab: 'diff' }}
            aria-label={`Review ${id}`}
            className={buttonClass('plain', 'h-6')}
          >
            Review
          </Link>
        </li>
      ))}
      {reviews.length > REVIEWS_SHOWN && (
        <li className="px-3 py-1">
          <Link to="/board" search={{ status: 'review' }} className="text-link hover:underline">
            {reviews.length - REVIEWS_SHOWN} more to review
          </Link>
        </li>
      )}
    </ul>
  );
}

/** Work goes on without archived events; the past does not, and neither would a newer version. */
function ArchiveAlert({
  missing: { first_seq, last_seq, folder },
}: {
  readonly missing: NonNullable<StatusView['archive_missing']>;
}): ReactNode {
  return (
    <li className="flex min-h-8 items-baseline gap-2 px-3 py-1">
      <span aria-hidden="true" className="mark text-offline">
        ▲
      </span>
      <span className="w-20 shrink-0 text-12 text-muted">log</span>
      <span className="min-w-0 flex-1">
        Events {first_seq} to {last_seq} are archived, and not in <Foreign text={folder} />: work goes on, but earlier moments cannot be
        shown and a newer Tutti could not start. Put the files back; <code>tutti event archive --list</code> says which.
      </span>
      <Link to="/timeline" search={{ panel: 'log' }} className={buttonClass('plain', 'h-6')}>
        Look
      </Link>
    </li>
  );
}
