/**
 * One event, whole: its data as it is in the log, and the way to travel to it.
 */
import type { ReactNode } from 'react';
import type { Json } from '../../../src/contract/ids.ts';
import { useTravel } from '../data/moment.ts';
import { useOperation } from '../data/operation-query.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton, CopyMenu } from '../ui/copy-button.tsx';
import { eventWords, SubjectLink } from '../ui/event-row.tsx';
import { Foreign, ForeignBlock, foreignText } from '../ui/foreign.tsx';
import { Answer } from '../ui/panels.tsx';
import { TimeText } from '../ui/time-text.tsx';

/** The event. */
export function EventDetail({ seq, onClose }: { readonly seq: number; readonly onClose: () => void }): ReactNode {
  const travel = useTravel();
  const found = useOperation('event.list', { since: Math.max(0, seq - 1), limit: 1 }, { now: true });
  return (
    <section aria-label={`Event ${seq}`} className="min-w-0 overflow-auto rounded border bg-surface p-3">
      <Answer query={found} what={`event ${seq}`}>
        {({ events }) => {
          const event = events.find((each) => each.seq === seq);
          if (event === undefined) return <p className="text-muted">There is no event {seq} yet.</p>;
          return (
            <div className="flex flex-col gap-2">
              <header className="flex flex-wrap items-center gap-2">
                <h2 className="font-mono font-medium">
                  {event.seq} {event.type}
                </h2>
                <CopyButton text={foreignText(event)} what="the event" />
                <CopyMenu
                  id={String(event.seq)}
                  path={`/timeline?seq=${event.seq}`}
                  command={`tutti event list --since ${event.seq - 1} --limit 1`}
                />
                <span className="ml-auto flex gap-2">
                  <Button look="primary" onClick={() => travel(event.seq)}>
                    Travel to here
                  </Button>
                  <Button onClick={onClose}>Close</Button>
                </span>
              </header>
              <p className="flex flex-wrap gap-x-3 text-muted">
                <TimeText time={event.time} />
                <span>
                  by <Foreign text={event.actor} />
                </span>
                {event.command_id !== null && <Foreign text={`command ${event.command_id}`} />}
              </p>
              <p className="flex flex-wrap gap-x-3">
                {eventWords(event).subjects.map(([field, id]) => (
                  <SubjectLink key={field} field={field} id={id} />
                ))}
              </p>
              <ForeignBlock label="Data of the event" value={event.data as Json} />
            </div>
          );
        }}
      </Answer>
    </section>
  );
}
