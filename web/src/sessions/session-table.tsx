/**
 * Sessions as a table; a narrow screen shows the same rows as cards.
 */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { Foreign } from '../ui/foreign.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { TimeText } from '../ui/time-text.tsx';

const SHOWN = 300;

/** The table. */
export function SessionTable({ sessions, label }: { readonly sessions: readonly SessionView[]; readonly label: string }): ReactNode {
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="w-full table-fixed text-left max-md:block">
        <thead className="text-12 text-muted max-md:hidden">
          <tr className="[&_th]:h-7 [&_th]:px-3 [&_th]:font-medium">
            <th className="w-40">Session</th>
            <th className="w-24">Status</th>
            <th>Task</th>
            <th className="w-32">Role</th>
            <th className="w-44">Can</th>
            <th className="w-24">Heard of</th>
            <th className="w-28 text-right">Done / failed</th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {sessions.slice(0, SHOWN).map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </tbody>
      </table>
      {sessions.length > SHOWN && <p className="px-3 py-2 text-muted">And {sessions.length - SHOWN} more: filter to see them.</p>}
    </div>
  );
}

function SessionRow({ session }: { readonly session: SessionView }): ReactNode {
  return (
    <tr className="h-8 border-t hover:bg-raised max-md:flex max-md:h-auto max-md:flex-wrap max-md:gap-x-3 max-md:py-2 [&>td]:truncate [&>td]:px-3 max-md:[&>td]:w-auto">
      <td>
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId: session.id }}
          className="foreign inline-flex min-h-6 items-center text-link hover:underline"
        >
          {session.id}
        </Link>
      </td>
      <td>
        <StateMark state={session.status} />
      </td>
      <td className="max-md:basis-full">
        {session.tasks.length === 0 ? (
          <span className="text-muted">–</span>
        ) : (
          session.tasks.map((id) => (
            <Link
              key={id}
              to="/tasks/$taskId"
              params={{ taskId: id }}
              className="foreign mr-2 inline-flex min-h-6 items-center text-link hover:underline"
            >
              {id}
            </Link>
          ))
        )}
      </td>
      <td className="text-muted">{session.role === null ? '–' : <Foreign text={session.role} />}</td>
      <td className="text-muted">
        <Foreign text={session.capabilities.join(', ') || 'anything that needs nothing'} />
      </td>
      <td className="text-muted">
        <TimeText time={session.last_heartbeat} />
      </td>
      <td className="nums text-right">
        {session.performance.tasks_completed} / {session.performance.tasks_failed}
      </td>
    </tr>
  );
}
