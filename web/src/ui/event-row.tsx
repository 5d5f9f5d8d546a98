/**
 * An event on one line: number, time, what happened, to whom, in words.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sayFields } from '../../../src/cli/output/event-text.ts';
import type { EventView } from '../../../src/contract/views/event-view.ts';
import { Foreign } from './foreign.tsx';
import { TimeText } from './time-text.tsx';

const SUBJECTS = ['task_id', 'session_id', 'topic', 'name', 'mailbox', 'channel'];

/** What an event is about, and the rest of it in words. */
export function eventWords({ data }: EventView): {
  readonly subjects: readonly (readonly [field: string, id: string])[];
  readonly rest: string;
} {
  const subjects = SUBJECTS.flatMap((field) => (typeof data[field] === 'string' ? [[field, data[field]] as const] : []));
  const rest = Object.fromEntries(Object.entries(data).filter(([field]) => !SUBJECTS.includes(field)));
  return { subjects, rest: sayFields(rest) };
}

/** The line. */
export function EventRow({ event }: { readonly event: EventView }): ReactNode {
  const { subjects, rest } = eventWords(event);
  return (
    <div className="flex h-7 min-w-0 items-center gap-3 px-3 max-sm:gap-2">
      <span className="nums w-14 shrink-0 text-right text-muted max-sm:hidden">{event.seq}</span>
      <TimeText time={event.time} className="w-20 shrink-0 text-muted max-sm:w-[4.75rem]" />
      <span className="w-36 shrink-0 truncate font-mono text-12 max-sm:w-28" title={event.type}>
        {event.type}
      </span>
      <span className="flex min-w-0 flex-1 gap-3">
        {subjects.map(([field, id]) => (
          <SubjectLink key={field} field={field} id={id} />
        ))}
        <span className="min-w-0 flex-1 truncate text-muted max-sm:hidden">
          <Foreign text={rest} />
        </span>
      </span>
    </div>
  );
}

/** The thing an event names, as a link where it has a page. */
export function SubjectLink({ field, id }: { readonly field: string; readonly id: string }): ReactNode {
  const look = 'foreign max-w-48 min-w-0 truncate text-link hover:underline';
  if (field === 'task_id') {
    return (
      <Link to="/tasks/$taskId" params={{ taskId: id }} className={look}>
        {id}
      </Link>
    );
  }
  if (field === 'session_id') {
    return (
      <Link to="/sessions/$sessionId" params={{ sessionId: id }} className={look}>
        {id}
      </Link>
    );
  }
  if (field === 'topic') {
    return (
      <Link to="/knowledge" search={{ topic: id }} className={look}>
        {id}
      </Link>
    );
  }
  return <Foreign text={id} className="max-w-48 min-w-0 truncate" />;
}
