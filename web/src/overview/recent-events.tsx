/**
 * The ten newest events: those of before from the log, the others as they come.
 */
import type { ReactNode } from 'react';
import { useEventTail } from '../data/event-tail.ts';
import { useOperation } from '../data/operation-query.ts';
import { EventRow } from '../ui/event-row.tsx';
import { Answer } from '../ui/panels.tsx';

const SHOWN = 10;

/** The newest events, newest first. */
export function RecentEvents(): ReactNode {
  const before = useOperation('event.list', { limit: SHOWN });
  const tail = useEventTail();
  return (
    <Answer query={before} what="the events" rows={SHOWN}>
      {({ events }) => {
        const known = new Map([...events, ...tail].map((event) => [event.seq, event]));
        const newest = [...known.values()].sort((a, b) => b.seq - a.seq).slice(0, SHOWN);
        return newest.length === 0 ? (
          <p className="px-3 py-4 text-muted">Nothing has happened yet.</p>
        ) : (
          <ol className="divide-y overflow-hidden">
            {newest.map((event) => (
              <li key={event.seq}>
                <EventRow event={event} />
              </li>
            ))}
          </ol>
        );
      }}
    </Answer>
  );
}
