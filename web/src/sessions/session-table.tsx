/**
 * Sessions as a table; a narrow screen shows the same rows as cards.
 */
import type { ReactNode } from 'react';
import type { UsageView } from '../../../src/contract/views/budget-view.ts';
import type { SessionView } from '../../../src/contract/views/session-view.ts';
import { Foreign } from '../ui/foreign.tsx';
import { dollars, tokenWords } from '../ui/spend-words.ts';
import { TimeText } from '../ui/time-text.tsx';
import { LastSaid } from './last-said.tsx';
import { SessionState } from './session-state.tsx';
import { SessionLink, TaskLink } from '../ui/subject-link.tsx';

const SHOWN = 300;

/** Rows that also show what was said last: each is a question of its own. */
const SAID = 40;

/** What the table is given. */
interface TableProps {
  readonly sessions: readonly SessionView[];
  readonly label: string;
  readonly usage: ReadonlyMap<string, UsageView>;
}

/** The table. */
export function SessionTable({ sessions, label, usage }: TableProps): ReactNode {
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="w-full table-fixed text-left max-md:block">
        <thead className="text-12 text-muted max-md:hidden">
          <tr className="[&_th]:h-7 [&_th]:px-3 [&_th]:font-medium">
            <th className="w-32">Session</th>
            <th className="w-32">Status</th>
            <th>Task and last line</th>
            <th className="w-28">Role</th>
            <th className="w-28 max-xl:hidden">Where</th>
            <th className="w-20">Heard of</th>
            <th className="w-20 text-right">Spent</th>
            <th className="w-20 text-right">Tokens</th>
            <th className="w-24 text-right">Done/failed</th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {sessions.slice(0, SHOWN).map((session, index) => (
            <SessionRow key={session.id} session={session} spent={usage.get(session.id)} said={index < SAID} />
          ))}
        </tbody>
      </table>
      {sessions.length > SHOWN && <p className="px-3 py-2 text-muted">And {sessions.length - SHOWN} more: filter to see them.</p>}
    </div>
  );
}

interface RowProps {
  readonly session: SessionView;
  readonly spent: UsageView | undefined;
  readonly said: boolean;
}

function SessionRow({ session, spent, said }: RowProps): ReactNode {
  return (
    <tr className="h-8 border-t hover:bg-raised max-md:flex max-md:h-auto max-md:flex-wrap max-md:gap-x-3 max-md:py-2 [&>td]:truncate [&>td]:px-3 max-md:[&>td]:w-auto">
      <td>
        <SessionLink id={session.id} className="inline-flex min-h-6 items-center" />
      </td>
      <td>
        <SessionState session={session} />
      </td>
      <td className="max-md:basis-full">
        {session.tasks.length === 0 ? (
          <span className="text-muted">–</span>
        ) : (
          session.tasks.map((id) => (
            <span key={id} className="flex min-w-0 items-center gap-2">
              <TaskLink id={id} className="inline-flex min-h-6 shrink-0 items-center" />
              {said && <LastSaid taskId={id} />}
            </span>
          ))
        )}
      </td>
      <td className="text-muted">{session.role === null ? '–' : <Foreign text={session.role} />}</td>
      <td className="text-muted max-xl:hidden">
        <Foreign text={session.user_context?.workspace_path ?? session.host ?? '–'} />
      </td>
      <td className="text-muted">
        <TimeText time={session.last_heartbeat} />
      </td>
      <td className="nums text-right">{spent === undefined ? '–' : dollars(spent.cost_usd)}</td>
      <td className="nums text-right max-md:before:mr-1 max-md:before:text-muted max-md:before:content-['tokens']">
        {spent === undefined ? '–' : tokenWords(spent.tokens)}
      </td>
      <td className="nums text-right max-md:before:mr-1 max-md:before:text-muted max-md:before:content-['done/failed']">
        {session.performance.tasks_completed} / {session.performance.tasks_failed}
      </td>
    </tr>
  );
}
